"""Cookies a browser still has of held services: the site does not see them, and they go (H16)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import ip_address
from itertools import islice

from consent.headers import depends_on_choice
from consent.model import NECESSARY, Service
from consent.policy import Ruling

WSP = b" \t"
MOST_EXPIRED = 30
"""Set-Cookie headers added to one response: more could exceed what a proxy takes of headers."""
MOST_OCTETS = 4096
"""Of all those together, for the same reason."""
UNNAMEABLE = re.compile(rb"[^!-:<-~]")
"""No Path attribute can hold these."""
CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")
HOST_NAME = re.compile(r"[a-z0-9_.-]{1,253}")
"""What a Domain attribute can hold; a URL's host may have more in it, ``;`` for one."""
HEADERS_KEPT = 1024
LONGEST_KEPT = 4096
LONGEST_NAME = 256
"""Octets; no service calls its cookies anything longer, and patterns are matched against names."""
LONGEST_PATH = 1024
"""Octets: an attribute longer than this is ignored (RFC 6265bis §5.6)."""
DEEPEST = 20
"""Segments of a path, counted from its start."""


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
        some = "|".join(re.escape(name).replace(r"\*", ".*") for name in sorted(names))
        self._declared = re.compile(some.encode(), re.DOTALL) if some else None
        self._kept = lru_cache(HEADERS_KEPT)(self._search)

    def may_be_in(self, header: bytes) -> bool:
        """Is there a cookie of any service that has to be asked for? Cheap: asked each time."""
        if self._declared is None:
            return False
        return self._kept(header) if len(header) <= LONGEST_KEPT else self._search(header)

    def _search(self, header: bytes) -> bool:
        # Cut first, matched then: one pattern over the whole header would go back and forth in it.
        return any(map(self._is_declared, header.split(b";")))

    def _is_declared(self, pair: bytes) -> bool:
        name, equals, _ = pair.partition(b"=")
        name = name.strip(WSP)
        if not equals or len(name) > LONGEST_NAME or self._declared is None:
            return False
        return self._declared.fullmatch(name) is not None


def split(header: bytes, ruling: Ruling) -> tuple[bytes, list[bytes]]:
    """A Cookie header without those of held services, and their names."""
    kept, held = [], []
    for pair in header.split(b";"):
        name, equals, _ = pair.partition(b"=")
        name = name.strip(WSP)
        if equals and len(name) <= LONGEST_NAME and _is_held(name, ruling):
            held.append(name)
        else:
            kept.append(pair)
    return (b";".join(kept).strip(WSP) if held else header), held


def _is_held(name: bytes, ruling: Ruling) -> bool:
    verdict = ruling.cookie(name.decode("latin-1"))
    return not verdict.allowed and depends_on_choice(verdict)


def expiring(names: list[bytes], host: str, path: bytes, *, turn: int) -> list[bytes]:
    """Set-Cookie values that take cookies away, whatever Domain and Path they were set with.

    Args:
        names: the cookies' names, as the browser sent them.
        host: of the request, without port.
        path: of the request, as sent: a cookie that came with it has a prefix of it.
        turn: any number that differs between requests. Where not all fit, it says where to begin,
            so that no cookie is left behind for ever.
    """
    each = [name for name in dict.fromkeys(names) if not CONTROLS.search(name)]
    domains, paths = list(_domains(host)), list(_paths(path))
    every = len(each) * len(domains) * len(paths)
    start = turn % every if every > MOST_EXPIRED else 0
    values, room = [], MOST_OCTETS
    # Counted, not listed: a request that names many of each must not make us hold their product.
    for number in range(start, start + min(every, MOST_EXPIRED)):
        place, at = divmod(number % every, len(each))
        of_path, of_domain = divmod(place, len(domains))
        values.append(_deletion(each[at], paths[of_path], domains[of_domain]))
        room -= len(values[-1])
        if room < 0:
            break
    return values


def _deletion(name: bytes, path: bytes, domain: bytes) -> bytes:
    # RFC 6265bis §4.1.3: a cookie of such a name is not even deleted without it.
    secure = b"; Secure" if name.lower().startswith((b"__secure-", b"__host-")) else b""
    return name + b"=; Max-Age=0; Path=" + path + domain + secure


def _domains(host: str) -> Iterator[bytes]:
    yield b""
    if _is_address(host) or not HOST_NAME.fullmatch(host):
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
    if len(path) > LONGEST_PATH or UNNAMEABLE.search(path):
        return
    ends = (end for end in range(1, len(path)) if path[end : end + 1] == b"/")
    for end in islice(ends, DEEPEST):
        yield from (path[:end], path[: end + 1])
    if len(path) > 1 and not path.endswith(b"/"):
        yield path
