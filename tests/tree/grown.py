"""A tree kept as a database keeps it: every leaf hash, and every tile once it is complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from consent.tree.merkle import Frontier, leaf_hash
from consent.tree.paths import Span


class Grown:
    """Rows of hashes by level, and how many were read."""

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
