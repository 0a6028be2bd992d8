"""Every checkpoint against the tree that the leaves make, and against copies kept elsewhere.

Checkpoints may be thinned out: the next one covers whatever the one before it did. The newest may
not be missing, nor one that somebody has a copy of be contradicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from consent.verify.hashes import Edge
from consent.verify.notes import Checkpoint, Note, read_checkpoint, read_note
from consent.verify.report import Code, Report
from consent.verify.trust import Trust, identity

NEVER = 1 << 63


@dataclass(frozen=True, slots=True)
class Copy:
    """A checkpoint, as it was kept outside of the database or is in it."""

    where: str
    """The name of the file, or of the row."""
    note: Note
    checkpoint: Checkpoint


def read_copy(where: str, content: str) -> Copy:
    """A checkpoint from its text.

    Raises:
        ValueError: it is none.
    """
    note = read_note(content)
    return Copy(where, note, read_checkpoint(note.text))


class Checkpoints:
    """Compares what was signed with what is there, at each size that was signed.

    Args:
        rows: size and note of each checkpoint of the log, by size.
        copies: what was kept elsewhere; copies of other logs are left aside.
    """

    def __init__(
        self,
        rows: Iterator[tuple[Any, ...]],
        copies: Iterable[Copy],
        *,
        origin: str,
        trust: Trust,
        report: Report,
    ) -> None:
        self._report = report
        self._trust = trust
        self._origin = origin
        self._rows = rows
        self._next = next(rows, None)
        self._copies = self._mine(list(copies))
        self._due()

    def meet(self, edge: Edge) -> None:
        """The tree has reached ``due``: what was signed for this size."""
        root = edge.root()
        while self._next and self._next[0] <= edge.size:
            (size, note), self._next = self._next, next(self._rows, None)
            if size == edge.size:
                self._check(size, note, root)
            else:
                self._report.add(Code.CHECKPOINT, f"checkpoint {size}", "there is more than one")
        while self._copies and self._copies[0].checkpoint.size <= edge.size:
            self._compare(self._copies.pop(0), root)
        self._due()

    def finish(self, size: int) -> None:
        """What was signed for a larger tree is not there any more."""
        gone = [(copy.where, copy.checkpoint.size) for copy in self._copies]
        if self._next:
            gone.append((f"checkpoint {self._next[0]}", self._next[0]))
        for where, signed in gone:
            what = f"signed when the log had {signed} leaves; now it has {size}"
            self._report.add(Code.ROLLED_BACK, where, what)

    def _due(self) -> None:
        sizes = [self._next[0]] if self._next else []
        sizes += [copy.checkpoint.size for copy in self._copies[:1]]
        self.due: int = min(sizes, default=NEVER)
        """The next size of the tree at which something was signed."""

    def _mine(self, copies: list[Copy]) -> list[Copy]:
        mine = [copy for copy in copies if copy.checkpoint.origin == self._origin]
        if copies and not mine:
            self._report.add(Code.OUTSIDE, copies[0].where, f"no copy is of {self._origin!r}")
        self._report.counts["copies"] = len(mine)
        for copy in mine:
            self._check_signed(copy, Code.OUTSIDE)
        return sorted(mine, key=lambda copy: copy.checkpoint.size)

    def _check(self, size: int, content: str, root: bytes) -> None:
        where = f"checkpoint {size}"
        self._report.counts["checkpoints"] += 1
        try:
            copy = read_copy(where, content)
        except ValueError as error:
            self._report.add(Code.CHECKPOINT, where, str(error))
            return
        if (copy.checkpoint.origin, copy.checkpoint.size) != (self._origin, size):
            self._report.add(Code.CHECKPOINT, where, "signed for another log, or another size")
        if copy.checkpoint.root != root:
            self._report.add(Code.ROOT, where, "the leaves make another root than was signed")
        self._check_signed(copy, Code.SIGNATURE, newest=self._next is None)
        self._report.checkpoint, self._report.signed_size = content, size

    def _compare(self, copy: Copy, root: bytes) -> None:
        if copy.checkpoint.root != root:
            what = f"for {copy.checkpoint.size} leaves another root was signed: history was changed"
            self._report.add(Code.OUTSIDE, copy.where, what)

    def _check_signed(self, copy: Copy, code: Code, *, newest: bool = False) -> None:
        """The newest covers all, so it is for that one that the key has to be vouched for."""
        try:
            signers = copy.note.signers(self._trust.keys)
        except ValueError as error:
            self._report.add(code, copy.where, str(error))
            return
        if not signers:
            self._report.add(code, copy.where, "signed by no key of this log")
        elif newest and self._trust.vouched.isdisjoint(map(identity, signers)):
            self._report.add(code, copy.where, "signed by no key that is vouched for")
