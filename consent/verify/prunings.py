"""What the log says of what it pruned: without a gap, signed, and no sooner than it was to be.

Each note names the one before it by its hash, so the newest vouches for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from consent.verify.bodies import in_ms
from consent.verify.notes import read_note
from consent.verify.report import Code, Report
from consent.verify.trust import Trust, identity

TEXT = re.compile(
    r"asgi-consent/pruned/v1\n(?P<origin>.+)\nleaves (?P<first>\d+) (?P<end>\d+)\n"
    r"before (?P<before>\S+)\nat (?P<at>\S+)\nkept (?P<years>\d{1,4}) (?P<months>\d{1,4})\n"
    r"after (?P<after>-|[0-9a-f]{64})\n",
    re.ASCII,
)
SHORTEST_YEAR, SHORTEST_MONTH = timedelta(days=365), timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Pruning:
    """What one note says."""

    origin: str
    first: int
    end: int
    before: datetime
    at: datetime
    kept: timedelta
    """At least, however the calendar fell."""
    after: str


def read_pruning(text: str) -> Pruning:
    """What the text of a note says.

    Raises:
        ValueError: it is not that of a pruning.
    """
    if (found := TEXT.fullmatch(text)) is None:
        raise ValueError("not the lines of a pruning")
    years, months = int(found["years"]), int(found["months"])
    return Pruning(
        found["origin"],
        int(found["first"]),
        int(found["end"]),
        _moment(found["before"]),
        _moment(found["at"]),
        years * SHORTEST_YEAR + months * SHORTEST_MONTH,
        found["after"],
    )


class Prunings:
    """The notes of one log, by the first leaf of each.

    Args:
        rows: first leaf and note.
        minimum: the first leaf that still has its record, as the head says.
    """

    def __init__(
        self,
        rows: Iterable[tuple[int, str]],
        *,
        origin: str,
        minimum: int,
        trust: Trust,
        report: Report,
    ) -> None:
        self._origin = origin
        self._trust = trust
        self._report = report
        self._known: list[Pruning] = []
        self._at = 0
        self._vouched = True
        """Of the newest: is its key vouched for?"""
        before = "-"
        for first, note in rows:
            report.counts["prunings"] += 1
            self._check(first, note, before)
            before = sha256(note.encode()).hexdigest()
        if not self._vouched:
            self._add("the newest", "signed by no key that is vouched for")
        if self._end != minimum:
            self._add(f"leaf {self._end}", f"nobody signed for what is gone up to leaf {minimum}")

    def before_ms(self, index: int) -> int | None:
        """The time before which the record of this leaf was made, if it was pruned as signed.

        Indexes are asked in their order.
        """
        while self._at < len(self._known) and index >= self._known[self._at].end:
            self._at += 1
        known = self._at < len(self._known) and index >= self._known[self._at].first
        return in_ms(self._known[self._at].before) if known else None

    @property
    def _end(self) -> int:
        return self._known[-1].end if self._known else 0

    def _check(self, first: int, content: str, before: str) -> None:
        where = f"from leaf {first}"
        self._vouched = False
        try:
            note = read_note(content)
            said = read_pruning(note.text)
            signers = note.signers(self._trust.keys)
        except ValueError as error:
            self._add(where, str(error))
            return
        self._vouched = not self._trust.vouched.isdisjoint(map(identity, signers))
        if not signers:
            self._add(where, "signed by no key of this log")
        if (said.origin, said.first, said.after) != (self._origin, first, before):
            self._add(where, "signed for another log, for other leaves, or after another one")
        if said.first != self._end or said.end <= said.first:
            self._add(where, f"leaf {self._end} should be the first")
        if said.at - said.before < said.kept:
            self._report.add(Code.TOO_EARLY, f"pruning {where}", "sooner than it says itself")
        self._known.append(said)

    def _add(self, where: str, what: str) -> None:
        self._report.add(Code.PRUNING, f"pruning {where}", what)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
