"""What was looked at, and what was found."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST = 400
"""Characters of a finding that are told; what a database holds has no end of its own."""
EXAMPLES = 20
"""Findings of one kind that are told one by one; the others are counted."""


class Code(StrEnum):
    """What can be found; every member has a line in docs/verifying.md."""

    SCHEMA = "schema"
    """A table or column of the proof is missing."""
    BODY = "body"
    COLUMN = "column"
    TIME = "time"
    DUPLICATE = "duplicate"
    NOTICE = "notice"
    SCREEN = "screen"
    COMMITMENT = "commitment"
    LEAF = "leaf"
    TILE = "tile"
    INDEX = "index"
    MISSING = "missing"
    PROOF = "proof"
    UNPRUNED = "unpruned"
    TOO_EARLY = "pruned-early"
    PRUNING = "pruning"
    STRAY = "stray"
    PROMISE = "promise"
    UNPROMISED = "unpromised"
    FOREIGN = "foreign"
    HEAD = "head"
    CHECKPOINT = "checkpoint"
    ROOT = "root"
    SIGNATURE = "signature"
    KEY = "key"
    UNENDORSED = "unendorsed"
    OUTSIDE = "outside"
    ROLLED_BACK = "rolled-back"
    ARCHIVE = "archive"
    DOSSIER = "dossier"
    CONSISTENCY = "consistency"
    SAMPLE = "sample"
    STATISTICS = "statistics"
    PICTURE = "picture"

    UNKNOWN_TABLE = "unknown-table"
    UNKNOWN_COLUMN = "unknown-column"
    GAP = "gap"
    LATE = "late"
    FUTURE = "future"
    UNREFERENCED = "unreferenced"
    UNREAD = "unread"
    UNPINNED = "unpinned"
    UNPICTURED = "unpictured"

    @property
    def is_note(self) -> bool:
        """Worth knowing, but no reason to say that the log does not hold."""
        return self in NOTES


NOTES = frozenset(
    {
        Code.UNKNOWN_TABLE,
        Code.UNKNOWN_COLUMN,
        Code.GAP,
        Code.LATE,
        Code.FUTURE,
        Code.UNREFERENCED,
        Code.UNREAD,
        Code.UNPINNED,
        Code.UNPICTURED,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it has to be."""

    code: Code
    where: str
    """Which row, as ``record 0198…`` or ``checkpoint 1024``."""
    what: str


@dataclass(slots=True)
class Report:
    """The outcome; it grows while the log is read, and stays small whatever is found."""

    origin: str = ""
    size: int = 0
    """Leaves in the tree."""
    root: bytes = b""
    signed_size: int = 0
    """Leaves under the newest checkpoint."""
    checkpoint: str = ""
    """The newest, as it is signed: worth keeping elsewhere."""
    record: str = ""
    """What the proof of one record proves, for people to read."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many rows of each kind were looked at."""
    found: Counter[Code] = field(default_factory=Counter)
    examples: list[Finding] = field(default_factory=list)

    def add(self, code: Code, where: str, what: str) -> None:
        """Note a finding; of one kind only the first are kept whole."""
        self.found[code] += 1
        if self.found[code] <= EXAMPLES:
            self.examples.append(Finding(code, where[:LONGEST], what[:LONGEST]))

    @property
    def holds(self) -> bool:
        """Nothing was found that speaks against it."""
        return all(code.is_note for code in self.found)

    def as_json(self) -> dict[str, Any]:
        """For machines; the form is part of the documentation."""
        return {
            "holds": self.holds,
            "origin": self.origin,
            "size": self.size,
            "root": self.root.hex(),
            "checkpoint": self.checkpoint,
            "record": json.loads(self.record) if self.record else None,
            "counts": dict(sorted(self.counts.items())),
            "found": {code.value: number for code, number in sorted(self.found.items())},
            "findings": [
                {
                    "code": each.code.value,
                    "note": each.code.is_note,
                    "where": each.where,
                    "what": each.what,
                }
                for each in self.examples
            ],
        }
