"""Takes cookies away from a browser: on every domain and path they could have (FR-19, H16)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from consent.registrable import domains

UNNAMEABLE = re.compile(rb"[^!-:<-~]")
"""No Path attribute can hold these."""
CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
LONGEST_PATH = 1024
"""Octets: an attribute longer than this is ignored (RFC 6265bis §5.6)."""
SLASH = ord("/")
SECURE = b"; Secure"
HOST_ONLY = b"__host-"
PREFIXES = (HOST_ONLY, b"__secure-", b"__http-")
HTTP_ONLY = (b"__host-http-", b"__http-")
OVERHEAD = len(b"set-cookie: \r\n")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request went; of the cookies that came with it, each belongs to a part of that."""

    host: str
    """Without port."""
    path: bytes
    """As sent, without query."""
    secure: bool = True
    embedded: bool = False
    """In a frame of another site, where a browser takes ``SameSite=None`` only."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be added to the headers of one response; the rest waits for the next."""

    lines: int
    octets: int


DIRECT: Final = Room(400, 24576)
"""Browsers take 256 kB and more."""
PROXIED: Final = Room(40, 2560)
"""nginx takes 4 kB of headers in all, Varnish 64 lines, unless they are told otherwise."""


def expiring(names: Iterable[bytes], place: Place, *, room: Room, turn: int) -> list[bytes]:
    """Set-Cookie values that take cookies away, whatever Domain and Path they were set with.

    Likely places first. Where not all fit, a quarter of the room goes round with ``turn``, so that
    no cookie is left behind for ever, and none of them can stand in the way of the others.

    Args:
        names: the cookies' names, as the browser sent them.
        place: of the request that they came with.
        room: what one response has for them.
        turn: any number that differs between requests.
    """
    variants = _Variants(names, place)
    most = Room(room.lines * 3 // 4, room.octets * 3 // 4)
    values, used = _filled(variants, range(variants.count), most)
    rest = variants.count - used
    turned = (used + (turn + step) % rest for step in range(rest))
    left = Room(room.lines - len(values), room.octets - sum(map(_cost, values)))
    return values + _filled(variants, turned, left)[0]


def _filled(variants: _Variants, numbers: Iterable[int], room: Room) -> tuple[list[bytes], int]:
    """What fits of these variants, and how many have been looked at for that."""
    values: list[bytes] = []
    octets, seen = room.octets, 0
    for number in numbers:
        value = variants.value(number)
        octets -= _cost(value) if value else 0
        if octets < 0 or (value and len(values) == room.lines):
            break
        values += [value] if value else []
        seen += 1
    return values, seen


def _cost(value: bytes) -> int:
    return len(value) + OVERHEAD


class _Variants:
    """Every place of every name by number: counted, not listed.

    A request that names many of each must not make us hold their product.
    """

    def __init__(self, names: Iterable[bytes], place: Place) -> None:
        self._names = [name for name in dict.fromkeys(names) if not CONTROLS.search(name)]
        self._path = place.path if place.path.startswith(b"/") else b"/"
        self._cuts = _cuts(self._path)
        self._domains = [
            b"",
            *(b"; Domain=" + name.encode("ascii") for name in domains(place.host)),
        ]
        self._flags = _flags(place)
        self.count = len(self._names) * len(self._cuts) * len(self._domains) * len(self._flags)

    def value(self, number: int) -> bytes:
        """One Set-Cookie value; empty where a cookie of that name cannot be."""
        rest, name_at = divmod(number, len(self._names))
        rest, domain_at = divmod(rest, len(self._domains))
        flags_at, cut_at = divmod(rest, len(self._cuts))
        name, domain, cut = self._names[name_at], self._domains[domain_at], self._cuts[cut_at]
        prefix = name[:12].lower()
        if prefix.startswith(HOST_ONLY) and (domain or cut != 1):
            return b""
        path = b"; Path=" + self._path[:cut] if cut else b""
        # RFC 6265bis §4.1.3: a cookie of such a name is not even deleted without these.
        flags = self._flags[flags_at]
        if prefix.startswith(PREFIXES) and SECURE not in flags:
            flags += SECURE
        if prefix.startswith(HTTP_ONLY):
            flags += b"; HttpOnly"
        return name + b"=; Max-Age=0" + path + domain + flags


def _flags(place: Place) -> list[bytes]:
    """A partitioned cookie is another one than that of the same name, domain and path (CHIPS)."""
    plain = b"; Secure; SameSite=None" if place.embedded else b""
    return [plain, (plain or SECURE) + b"; Partitioned"] if place.secure else [plain]


def _cuts(path: bytes) -> list[int]:
    """Where the path ends in the attribute that a cookie sent with it could have.

    The root, then the folder, which cookies without the attribute get, then all others. 0 stands
    for no attribute: where a folder cannot be named, leaving it out names it (RFC 6265 §5.1.4).
    """
    bad = UNNAMEABLE.search(path)
    longest = min(bad.start() if bad else len(path), LONGEST_PATH)
    folder = max(path.rfind(b"/"), 1)
    ends = [end for end in range(1, longest) if path[end] == SLASH][::-1]
    each = [1, folder, *(cut for end in ends for cut in (end, end + 1)), len(path)]
    named = [cut for cut in dict.fromkeys(each) if cut <= longest]
    return named if folder <= longest else [*named, 0]
