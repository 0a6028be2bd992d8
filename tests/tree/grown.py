"""A tree kept as a database keeps it, and a text that was tampered with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from consent.tree.merkle import Frontier, leaf_hash
from consent.tree.paths import Span


class Grown:
    """Every leaf hash, and every tile once it is complete; which of them were read."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.frontier = Frontier()
        self.rows: dict[int, list[bytes]] = {0: []}
        self.reads: list[Span] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        self.rows[0].append(leaf_hash(leaf))
        for tile in self.frontier.append(leaf_hash(leaf)):
            row = self.rows.setdefault(tile.level, [])
            assert tile.index == len(row)
            row.append(tile.hash)

    def read(self, span: Span) -> Sequence[bytes]:
        self.reads.append(span)
        found = self.rows[span.level][span.start : span.stop]
        assert len(found) == span.stop - span.start
        return found


def one_bit_off(text: str) -> Iterator[str]:
    """Every text that differs from another in one bit of its UTF-8."""
    raw = bytearray(text.encode())
    for at in range(len(raw)):
        for bit in range(8):
            raw[at] ^= 1 << bit
            with suppress(UnicodeDecodeError):
                yield raw.decode()
            raw[at] ^= 1 << bit
