"""Cookies a browser still has of held services: the site does not see them, and they go (H16)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import ip_address

from consent.headers import depends_on_choice
from consent.model import NECESSARY, Service
from consent.policy import Ruling

WSP = b" \t"
MOST_EXPIRED = 30
"""Set-Cookie headers added to one response: more could exceed what a proxy takes of headers."""
UNNAMEABLE = re.compile(rb"[^!-:<-~]")
"""No Path attribute can hold these."""
HEADERS_KEPT = 1024
LONGEST_KEPT = 4096


class HeldCookies:
    """Which of a request's cookies belong to services that wait for consent."""

    def __init__(self, services: Iterable[Service]) -> None:
        names = {
            item.name
            for service in services
            if service.purpose != NECESSARY
            for item in service.items
            if item.kind == "cookie" and not item.third_party
        }
        some = "|".join(re.escape(name).replace(r"\*", "[^;=]*") for name in sorted(names))
        self._declared = re.compile(rf"(?:^|;)[ \t]*(?:{some})[ \t]*=".encode()) if some else None
        self._kept = lru_cache(HEADERS_KEPT)(self._search)

    def may_be_in(self, header: bytes) -> bool:
        """Is there a cookie of any service that has to be asked for? Cheap: asked each time."""
        if self._declared is None:
            return False
        return self._kept(header) if len(header) <= LONGEST_KEPT else self._search(header)

    def _search(self, header: bytes) -> bool:
        return self._declared is not None and self._declared.search(header) is not None


def split(header: bytes, ruling: Ruling) -> tuple[bytes, list[bytes]]:
    """A Cookie header without those of held services, and their names."""
    kept, held = [], []
    for pair in header.split(b";"):
        name, equals, _ = pair.partition(b"=")
        verdict = ruling.cookie(name.strip(WSP).decode("latin-1"))
        if equals and not verdict.allowed and depends_on_choice(verdict):
            held.append(name.strip(WSP))
        else:
            kept.append(pair)
    return (b";".join(kept).strip(WSP) if held else header), held


def expiring(names: list[bytes], host: str, path: bytes, *, turn: int) -> list[bytes]:
    """Set-Cookie values that take cookies away, whatever Domain and Path they were set with.

    Args:
        names: the cookies' names, as the browser sent them.
        host: of the request, without port.
        path: of the request, as sent: a cookie that came with it has a prefix of it.
        turn: any number that differs between requests. Where not all fit, it says where to begin,
            so that no cookie is left behind for ever.
    """
    places = [b"; Path=" + p + d for p in _paths(path) for d in _domains(host)]
    every = [name + b"=; Max-Age=0" + place + _secure(name) for place in places for name in names]
    start = turn % len(every) if len(every) > MOST_EXPIRED else 0
    return (every[start:] + every[:start])[:MOST_EXPIRED]


def _secure(name: bytes) -> bytes:
    # RFC 6265bis §4.1.3: a cookie of such a name is not even deleted without it.
    return b"; Secure" if name.lower().startswith((b"__secure-", b"__host-")) else b""


def _domains(host: str) -> Iterator[bytes]:
    yield b""
    if _is_address(host):
        return
    # A browser refuses a Domain that is a public suffix, so that one does no harm.
    while "." in host:
        yield b"; Domain=" + host.encode("ascii")
        host = host.partition(".")[2]


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _paths(path: bytes) -> Iterator[bytes]:
    yield b"/"
    if UNNAMEABLE.search(path):
        return
    for end in range(1, len(path)):
        if path[end : end + 1] == b"/":
            yield from (path[:end], path[: end + 1])
    if len(path) > 1 and not path.endswith(b"/"):
        yield path
