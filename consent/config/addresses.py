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

LONGEST_PLACE = 190
"""Characters of a place outside of the log that the log has room to name."""
_VKEY = re.compile(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}")
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


def witness(text: str) -> str:
    """Where copies of what the log has signed are kept: a folder, or an address on the web.

    Raises:
        PydanticCustomError: it is neither, or cannot be written into the log.
    """
    kind, _, rest = text.partition(":")
    place, _, key = rest.partition("#") if kind in ("https", "http") else (rest, "", "")
    is_folder = kind == "dir" and place.isprintable() and place
    address = place if kind == "tsa" else f"{kind}:{place}"
    known = (is_folder or _is_safe(address)) and (not key or _VKEY.fullmatch(key))
    if not known or len(place) > LONGEST_PLACE:  # it may hold a password, so it is not repeated
        raise wrong(
            Code.WITNESS,
            "This is no place to keep copies in.",
            "Write 'dir:/path', 'https://…' for a witness or 'tsa:https://…' for time stamps.",
        )
    return text


def _is_safe(address: str) -> bool:
    """Over HTTPS, or on the machine itself; without a password, because the log names it."""
    url = ada_url.URL(address) if ada_url.URL.can_parse(address) else None
    if url is None or url.username or url.password or url.hash:
        return False
    return url.protocol == "https:" or (url.protocol == "http:" and is_loopback(url.hostname))


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
