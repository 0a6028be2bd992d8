"""One warning to a site whose server does not know that its visitors come over HTTPS."""

from __future__ import annotations

import logging

from ada_url import URL
from starlette.types import Scope

from consent.config import ConsentConfig
from consent.config.addresses import is_loopback

logger = logging.getLogger("consent")


class ProxyHint:
    """Behind a proxy that ends TLS, a request looks like plain HTTP unless the proxy is trusted.

    Then the cookie lacks ``Secure`` and its prefix, and our absolute origins are wrong.
    """

    def __init__(self, config: ConsentConfig) -> None:
        self._expects_https = config.site.url.lower().startswith("https:")

    def look(self, scope: Scope) -> None:
        """Warn at the first request over plain HTTP to a host that is not this machine."""
        if not self._expects_https or scope.get("scheme") != "http":
            return
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if _names_this_machine(host):
            return
        self._expects_https = False
        logger.warning(
            "site.url is https, but this request came over plain HTTP: if a proxy ends TLS, let the"
            " server believe its X-Forwarded-Proto (uvicorn: --proxy-headers --forwarded-allow-ips,"
            " hypercorn: ProxyFixMiddleware); until then the choice cookie is sent without Secure"
        )


def _names_this_machine(host: bytes) -> bool:
    """Whether a ``Host`` header names the machine itself (RFC 6761 §6.3)."""
    try:
        return is_loopback(URL(f"http://{host.decode('latin-1')}").hostname)
    except ValueError:
        return False
