"""What is counted of the records of a period; no record, and nobody, can be told from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

MOST = 4096
"""Sets of answers that are counted as they are; then they are taken apart, so that memory stays the
same however differently visitors answer."""
NAMED = ("notice", "screen", "scripts")
"""What records name by its hash."""
UNANSWERED = ("once", "expire", "signal")
"""Actions by which nobody answered what was offered."""
Row = dict[str, Any]


class Group(NamedTuple):
    """Records that are counted together."""

    month: str
    """In UTC, as ``2026-01``."""
    site: str
    kind: str
    interface: str
    action: str
    language: str


class Question(NamedTuple):
    """What was answered."""

    month: str
    site: str
    kind: str
    about: str
    """``purpose`` or ``service``."""
    id: str


class Use:
    """Of a notice, a screen or scripts: by how many records, from when to when."""

    def __init__(self, moment: str) -> None:
        self.first = self.last = moment
        self.records = 0

    def add(self, moment: str) -> None:
        """One more; moments are all written alike, so that their order is that of the texts."""
        self.first, self.last = min(self.first, moment), max(self.last, moment)
        self.records += 1


class Counts:
    """Grows record by record."""

    def __init__(self) -> None:
        self.indexes: tuple[int, int] | None = None
        """The first leaf and the last one."""
        self.used: dict[str, dict[str, Use]] = {name: {} for name in NAMED}
        self._groups: Counter[Group] = Counter()
        self._answers: Counter[tuple[str, str, str, str]] = Counter()
        self._questions: dict[Question, list[int]] = {}

    def add(self, index: int, body: bytes) -> None:
        """One record, by its leaf and its bytes."""
        fields = json.loads(body)
        self.pass_over(index)
        month, site, kind = fields["made_at"][:7], fields["site"], fields.get("kind", "choice")
        told = fields["interface"], fields["action"], fields["language"]
        self._groups[Group(month, site, kind, *told)] += 1
        if fields["action"] not in UNANSWERED:
            answers = json.dumps({"purpose": fields["purposes"], "service": fields["services"]})
            self._answers[month, site, kind, answers] += 1
            if len(self._answers) > MOST:
                self._take_apart()
        for name in NAMED:
            if digest := fields.get(name):
                moment = fields["made_at"]
                self.used[name].setdefault(digest, Use(moment)).add(moment)

    def pass_over(self, index: int) -> None:
        """A leaf of the period whose record is nobody's choice."""
        first, last = self.indexes or (index, index)
        self.indexes = min(first, index), max(last, index)

    @property
    def records(self) -> int:
        """How many there were."""
        return self._groups.total()

    def groups(self) -> list[Row]:
        """How many records of each group."""
        return [
            {**group._asdict(), "records": number} for group, number in sorted(self._groups.items())
        ]

    def answers(self) -> list[Row]:
        """How often what was granted and refused, by those who answered."""
        self._take_apart()
        return [
            {**question._asdict(), "granted": granted, "refused": refused}
            for question, (refused, granted) in sorted(self._questions.items())
        ]

    def _take_apart(self) -> None:
        for (month, site, kind, answers), number in self._answers.items():
            for about, name, granted in _each(json.loads(answers)):
                question = Question(month, site, kind, about, name)
                self._questions.setdefault(question, [0, 0])[granted] += number
        self._answers.clear()


def _each(answers: Mapping[str, Mapping[str, bool]]) -> Iterator[tuple[str, str, bool]]:
    for about, given in answers.items():
        for name, granted in given.items():
            yield about, name, granted
