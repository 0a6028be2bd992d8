"""Stored roots of whole subtrees: they make proofs cheap, and follow from the leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent.verify.database import Database
from consent.verify.hashes import Edge, Tile
from consent.verify.report import Code, Report
from consent.verify.tables import PROOF, read

LEVELS = "SELECT DISTINCT level FROM tile ORDER BY level"
MOST_LEVELS = 8
"""Of 256 leaves each: more than there can be indexes."""


class Tiles:
    """Compares each tile as the leaves complete it; of each level one is in memory."""

    def __init__(self, database: Database, report: Report) -> None:
        self._report = report
        self._rows: dict[int, Iterator[tuple[Any, ...]]] = {}
        for (level,) in database.rows(LEVELS):
            if type(level) is not int or not 0 < level <= MOST_LEVELS:
                report.add(Code.TILE, f"tile level {level!r:.20}", "there is no such level")
                continue
            query = f"SELECT level, idx, hash FROM tile WHERE level = {level} ORDER BY idx"  # noqa: S608
            self._rows[level] = read(database, query, PROOF["tile"].values(), report, "table tile")
        self._next = {level: next(rows, None) for level, rows in self._rows.items()}

    def meet(self, edge: Edge) -> None:
        """What the last leaf completed."""
        for tile in edge.tiles:
            self._report.counts["tiles"] += 1
            self._skip(tile.level, before=tile.number)
            found = self._next.get(tile.level)
            if found is None or found[1] != tile.number:
                self._tell(tile, "is missing")
                continue
            if found[2] != tile.hash:
                self._tell(tile, "is not the root of its leaves")
            self._advance(tile.level)
        edge.tiles.clear()

    def finish(self) -> None:
        """There are no leaves under what is left."""
        for level in self._rows:
            self._skip(level, before=None)

    def _skip(self, level: int, *, before: int | None) -> None:
        while (found := self._next.get(level)) and (before is None or found[1] < before):
            self._tell(Tile(*found), "is there once too often, or without its leaves")
            self._advance(level)

    def _advance(self, level: int) -> None:
        self._next[level] = next(self._rows[level], None)

    def _tell(self, tile: Tile, what: str) -> None:
        self._report.add(Code.TILE, f"tile {tile.number} of level {tile.level}", what)
