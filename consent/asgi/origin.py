"""Whose page sent this request? ``Sec-Fetch-Site`` decides, then ``Origin``; never a token."""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache

from ada_url import URL
from starlette.requests import HTTPConnection

from consent.config import ConsentConfig

KNOWN = 64
"""Spellings of origins that are not parsed again; whoever sends others only loses that."""


class Sender(Enum):
    """Where a request comes from, as far as the browser says."""

    OWN = auto()
    FOREIGN = auto()
    UNKNOWN = auto()
    """An old browser, or no browser."""


class Origins:
    """The origins that count as the site itself."""

    def __init__(self, config: ConsentConfig) -> None:
        self._trusted = frozenset(map(origin_of, config.site.trusted_origins)) - {""}
        self._public = origin_of(config.site.url)

    def own(self, request: HTTPConnection) -> frozenset[str]:
        """``trusted_origins`` where set; else that of the request, and the configured public one.

        Behind a proxy that passes neither ``Host`` nor the scheme on, only the public one is right.
        A forwarded host is never looked at: anybody can send one (edges.md E2).
        """
        if self._trusted:
            return self._trusted
        asked = f"{request.scope.get('scheme', 'http')}://{request.headers.get('host', '')}"
        return frozenset({origin_of(asked), self._public}) - {""}

    def sender(self, request: HTTPConnection) -> Sender:
        """Who posted this (edges.md E1, E2).

        A site's other subdomains (``same-site``) are strangers too: ``SameSite=Lax`` does not stop
        them (law.md TECH-07). Two values of one header are doubt, and doubt is foreign.
        """
        site = ", ".join(request.headers.getlist("sec-fetch-site"))
        origin = ", ".join(request.headers.getlist("origin"))
        if site:
            return self._vouched_for(request, site, origin)
        if origin:
            return Sender.OWN if origin in self.own(request) else Sender.FOREIGN
        return Sender.UNKNOWN

    def _vouched_for(self, request: HTTPConnection, site: str, origin: str) -> Sender:
        """The browser compared the origins itself; ``none`` is the visitor's own doing.

        It says ``Origin: null`` of a form on a page with ``Referrer-Policy: no-referrer``. Schemes
        are not compared, since a proxy may have ended TLS; another host is foreign all the same.
        """
        if site not in ("same-origin", "none"):
            return Sender.FOREIGN
        if origin in ("", "null"):
            return Sender.OWN
        return Sender.OWN if _host(origin) in map(_host, self.own(request)) else Sender.FOREIGN


@lru_cache(KNOWN)
def origin_of(url: str) -> str:
    """Scheme, host and port as browsers write them; "" if ``url`` has no such origin."""
    try:
        parsed = URL(url)
    except ValueError:
        return ""
    return parsed.origin if parsed.protocol in ("http:", "https:") else ""


def _host(origin: str) -> str:
    return origin.partition("://")[2]
