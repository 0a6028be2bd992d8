"""The records that are in the tree, leaf by leaf, and the root at every size that was signed."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import NamedTuple

from consent.verify.bodies import made_ms_of
from consent.verify.checkpoints import Checkpoints
from consent.verify.database import Database
from consent.verify.hashes import Edge, leaf_hash
from consent.verify.prunings import Prunings
from consent.verify.records import Records, Row
from consent.verify.report import Code, Report
from consent.verify.tables import BYTES, NUMBER, PROOF, TEXT, Types, all_of, read
from consent.verify.tiles import Tiles

RECORD = "r.id, r.idempotency_key, r.body_hash, r.notice, r.body, s.subject, s.seq, s.salt"
LEAVES = f"""
SELECT l.idx, l.record_id, l.hash, {RECORD} FROM leaf l
LEFT JOIN record r ON r.id = l.record_id LEFT JOIN subject s ON s.record_id = l.record_id
ORDER BY l.idx
"""  # noqa: S608 - no value goes in
BODY = Row._fields.index("body")
OFTEN = 1000
"""Leaves from one sign of progress to the next."""


class Head(NamedTuple):
    """The one row that changes."""

    origin: str
    size: int
    frontier: bytes
    minimum: int


def read_head(database: Database, report: Report) -> Head | None:
    """None while nothing is in the tree."""
    rows = list(all_of(database, "head", report, "id"))
    if len(rows) > 1 or any(row[0] != 1 for row in rows):
        report.add(Code.HEAD, "head", "there is more than the one row, with id 1")
    if not rows:
        return None
    head = Head(*rows[0][1:])
    if not 0 <= head.minimum <= head.size:
        report.add(Code.HEAD, "head", f"minimum {head.minimum} of {head.size}")
    return head


class Tree:
    """Walks over the leaves once; what it keeps does not grow with them.

    Args:
        young_ms: records made since then cannot have been pruned yet.
    """

    def __init__(
        self,
        records: Records,
        checkpoints: Checkpoints,
        tiles: Tiles,
        report: Report,
        *,
        minimum: int,
        prunings: Prunings,
        young_ms: int | None,
    ) -> None:
        self._records = records
        self._checkpoints = checkpoints
        self._tiles = tiles
        self._report = report
        self._minimum = minimum
        self._prunings = prunings
        self._young_ms = young_ms
        self._edge = Edge()
        self._next = 0

    def walk(self, database: Database, progress: Callable[[int], None]) -> Edge:
        """All leaves, and whatever was signed on the way; the tree that they make."""
        edge, checkpoints = self._edge, self._checkpoints
        if checkpoints.due <= 0:
            checkpoints.meet(edge)
        for index, record_id, leaf, *row in read(
            database, LEAVES, LEAF_TYPES, self._report, "table leaf"
        ):
            self._check_index(index)
            if row[BODY] is None:
                self._check_absent(index, record_id)
            else:
                self._check_record(index, leaf, Row(*row))
            edge.append(leaf)
            if edge.size >= checkpoints.due:
                checkpoints.meet(edge)
            if edge.tiles:
                self._tiles.meet(edge)
            if not edge.size % OFTEN:
                progress(OFTEN)
        progress(edge.size % OFTEN)
        checkpoints.finish(edge.size)
        self._tiles.finish()
        return edge

    def _check_index(self, index: int) -> None:
        if index != self._next:
            self._report.add(Code.INDEX, f"leaf {index}", f"leaf {self._next} should be here")
        self._next = index + 1

    def _check_record(self, index: int, leaf: bytes, row: Row) -> None:
        if index < self._minimum:
            what = f"is still there, below the minimum index {self._minimum}"
            self._report.add(Code.UNPRUNED, f"record {row.id}", what)
        if leaf_hash(row.body) != leaf:
            self._report.add(Code.LEAF, f"leaf {index}", f"not the hash of record {row.id}")
        self._records.check(row)

    def _check_absent(self, index: int, record_id: str) -> None:
        """A pruned record leaves its leaf, and its id, which tells when it was made."""
        if index >= self._minimum:
            self._report.add(Code.MISSING, f"leaf {index}", f"record {record_id} is gone")
            return
        self._report.counts["pruned"] += 1
        made_ms = made_ms_of(record_id)
        if made_ms is None or (self._young_ms is not None and made_ms > self._young_ms):
            what = "pruned before the time that its notice gives"
            self._report.add(Code.TOO_EARLY, f"leaf {index}", what)
        before_ms = self._prunings.before_ms(index)
        if made_ms is not None and before_ms is not None and made_ms >= before_ms:
            self._report.add(Code.TOO_EARLY, f"leaf {index}", "younger than what was signed for")


RECORD_TYPES: tuple[Types, ...] = (
    *(
        (*types, NoneType)
        for table, names in (("record", Row._fields[:5]), ("subject", Row._fields[5:]))
        for types in (PROOF[table][name] for name in names)
    ),
)
LEAF_TYPES: tuple[Types, ...] = (NUMBER, TEXT, BYTES, *RECORD_TYPES)
