"""Cookies that a browser still has of services that were not granted: the site sees none (H16)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache

from consent.model import NECESSARY, Service
from consent.policy import Ruling

WSP = b" \t"
HEADERS_KEPT = 1024
LONGEST_KEPT = 4096
LONGEST_NAME = 256
"""Octets; no service calls its cookies anything longer, and patterns are matched against names."""


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
        some = b"|".join(spelling for name in sorted(names) for spelling in _spellings(name))
        self._declared = re.compile(some, re.DOTALL) if some else None
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
    """A Cookie header without those of services that were not granted, and their names."""
    kept, held = [], []
    forgotten: dict[bytes, bool] = {}
    for pair in header.split(b";"):
        name, equals, _ = pair.partition(b"=")
        name = name.strip(WSP)
        if not equals or len(name) > LONGEST_NAME:
            kept.append(pair)
            continue
        if name not in forgotten:
            forgotten[name] = ruling.forgets(as_text(name))
        if forgotten[name]:
            held.append(name)
        else:
            kept.append(pair)
    return (b";".join(kept).strip(WSP) if held else header), held


def as_text(name: bytes) -> str:
    """A cookie's name as it is declared: scripts write it in UTF-8, servers often in Latin-1."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")


def _spellings(name: str) -> Iterator[bytes]:
    for coding in ("utf-8",) if name.isascii() else ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            yield b".*".join(re.escape(part.encode(coding)) for part in name.split("*"))
