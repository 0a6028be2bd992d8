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
from consent.verify.witnessed import Answer, is_stamp_of

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


class Ahead:
    """Rows by size, the first column, of which the next one can be seen before it is taken."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows: Iterator[tuple[Any, ...]] = iter(rows)
        self._next = next(self._rows, None)

    @property
    def size(self) -> int:
        """Of the next one; that of no tree where there is none."""
        return self._next[0] if self._next else NEVER

    def until(self, size: int) -> Iterator[tuple[Any, ...]]:
        """Take all up to this size."""
        while self._next and self._next[0] <= size:
            row, self._next = self._next, next(self._rows, None)
            yield row


class Checkpoints:
    """Compares what was signed with what is there, at each size that was signed.

    Args:
        signed: size and note of each checkpoint of the log, by size.
        answered: what witnesses answered, and the log's checkpoint of that size, by size.
        copies: what was kept elsewhere; copies of other logs are left aside.
    """

    def __init__(
        self,
        signed: Iterable[tuple[int, str]],
        answered: Iterable[tuple[int, Answer]],
        copies: Iterable[Copy],
        *,
        origin: str,
        trust: Trust,
        report: Report,
    ) -> None:
        self._report = report
        self._trust = trust
        self._origin = origin
        self._signed = Ahead(signed)
        self._answered = Ahead(answered)
        self._copies = Ahead(self._mine(list(copies)))
        self._due()

    def meet(self, edge: Edge) -> None:
        """The tree has reached ``due``: what was signed for this size."""
        root = edge.root()
        for size, note in self._signed.until(edge.size):
            if size == edge.size:
                self._check(size, note, root)
            else:
                self._report.add(Code.CHECKPOINT, f"checkpoint {size}", "no tree has this size")
        for size, answer in self._answered.until(edge.size):
            self._check_answer(size, answer, root)
        for _, copy in self._copies.until(edge.size):
            self._compare(copy, root)
        self._due()

    def finish(self, size: int) -> None:
        """What was signed for a larger tree is not there any more."""
        gone = [(f"checkpoint {row[0]}", row[0]) for row in self._signed.until(NEVER)]
        gone += [(answer.where, signed) for signed, answer in self._answered.until(NEVER)]
        gone += [(copy.where, signed) for signed, copy in self._copies.until(NEVER)]
        for where, signed in gone:
            what = f"signed when the log had {signed} leaves; now it has {size}"
            self._report.add(Code.ROLLED_BACK, where, what)

    def _due(self) -> None:
        self.due: int = min(self._signed.size, self._answered.size, self._copies.size)
        """The next size of the tree at which something was signed."""

    def _mine(self, copies: list[Copy]) -> list[tuple[int, Copy]]:
        mine = [copy for copy in copies if copy.checkpoint.origin == self._origin]
        if copies and not mine:
            self._report.add(Code.OUTSIDE, copies[0].where, f"no copy is of {self._origin!r}")
        self._report.counts["copies"] = len(mine)
        for copy in mine:
            self._check_signed(copy, Code.OUTSIDE)
        return sorted(((copy.checkpoint.size, copy) for copy in mine), key=lambda pair: pair[0])

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
        self._check_signed(copy, Code.SIGNATURE, newest=self._signed.size == NEVER)
        self._report.checkpoint, self._report.signed_size = content, size

    def _check_answer(self, size: int, answer: Answer, root: bytes) -> None:
        self._report.counts["witnessed"] += 1
        if answer.is_note:
            self._check_cosigned(size, answer, root)
        elif not answer.is_stamp:
            self._report.add(Code.UNREAD, answer.where, "of a kind that is not known")
        elif answer.note is None:
            self._report.add(Code.UNREAD, answer.where, "the checkpoint that it stamps is gone")
        elif not is_stamp_of(answer.content, answer.note.encode()):
            self._report.add(Code.OUTSIDE, answer.where, "a time stamp of something else")

    def _check_cosigned(self, size: int, answer: Answer, root: bytes) -> None:
        try:
            copy = read_copy(answer.where, answer.content.decode())
        except ValueError as error:
            self._report.add(Code.OUTSIDE, answer.where, str(error))
            return
        if (copy.checkpoint.origin, copy.checkpoint.size) != (self._origin, size):
            self._report.add(Code.OUTSIDE, answer.where, "of another log, or another size")
        self._check_signed(copy, Code.OUTSIDE)
        self._compare(copy, root)

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
