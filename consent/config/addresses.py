"""Origins, addresses and domains of the site itself, in the spelling of a browser."""

from __future__ import annotations

import re
from ipaddress import ip_address

import ada_url
from pydantic_core import PydanticCustomError

from consent.catalog.forms import web_address
from consent.catalog.hosts import host_name
from consent.catalog.problems import wrong
from consent.errors import Code

_OWN_PATH = re.compile(r"/(?:[^/\\\s\x00-\x1f\x7f][^\\\s\x00-\x1f\x7f]*)?")


def is_loopback(hostname: str) -> bool:
    """Whether a host name, as a URL parser spells it, means the machine itself."""
    name = hostname.strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) and ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def origin(text: str) -> str:
    """Scheme, host and port of an http or https URL that has nothing else.

    Raises:
        PydanticCustomError: it is not an origin.
    """
    url = ada_url.URL(text) if ada_url.URL.can_parse(text) else None
    plain = url is not None and url.href == f"{url.origin}/" and not re.search(r"[\s?#\\]", text)
    if url is None or not plain or url.protocol not in ("https:", "http:"):
        raise wrong(
            Code.ORIGIN,
            f"{text!r} is not an origin: scheme and host, without path.",
            "Write it as 'https://www.example.fr'.",
        )
    return str(url.origin)


def own_address(text: str) -> str:
    """A path on the site, or a complete web address.

    Raises:
        PydanticCustomError: it is neither.
    """
    return text if _OWN_PATH.fullmatch(text) else web_address(text)


def parent_domain(text: str) -> str:
    """A domain that a cookie can be shared over: no address, no top-level domain.

    Raises:
        PydanticCustomError: it is not such a name.
    """
    try:
        name = host_name(text.removeprefix("."))
    except PydanticCustomError:
        name = ""
    if "." not in name or _is_address(name):
        raise wrong(
            Code.COOKIE_DOMAIN,
            f"{text!r} is not a domain that a cookie can be shared over.",
            "Write the registered name, as 'example.fr', or leave the key out.",
        )
    return name
