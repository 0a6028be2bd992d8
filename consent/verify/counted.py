"""The numbers of a dossier, counted again from records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Values = Mapping[str, Any]
GROUP = ("month", "site", "kind", "interface", "action", "language")
QUESTION = ("month", "site", "kind", "about", "id")
NAMED = {"notice": "notices", "screen": "screens", "scripts": "scripts"}
"""What a record names, and where a dossier lists it."""
UNANSWERED = {"once", "expire", "signal"}
"""What a dossier does not count among the answers."""
Key = tuple[str, ...]


class Counted:
    """Records, answers, and from when to when what they name was used."""

    def __init__(self) -> None:
        self.records: Counter[Key] = Counter()
        self.granted: Counter[Key] = Counter()
        self.refused: Counter[Key] = Counter()
        self.used: Counter[Key] = Counter()
        self.first: dict[Key, str] = {}
        self.last: dict[Key, str] = {}

    def add(self, record: Values) -> None:
        """One more."""
        made_at: str = record["made_at"]
        common = made_at[:7], record["site"], record.get("kind", "choice")
        self.records[*common, record["interface"], record["action"], record["language"]] += 1
        answered = record["action"] not in UNANSWERED
        for about in ("purpose", "service") if answered else ():
            for name, granted in record[f"{about}s"].items():
                (self.granted if granted else self.refused)[*common, about, name] += 1
        for name, place in NAMED.items():
            if record.get(name):
                key = place, record[name]
                self.used[key] += 1
                self.first[key] = min(made_at, self.first.get(key, made_at))
                self.last[key] = max(made_at, self.last.get(key, made_at))

    @classmethod
    def said(cls, dossier: Values) -> Counted:
        """The same, as a dossier has it.

        Raises:
            ValueError: a line is there twice.
        """
        counted, statistics = cls(), dossier["statistics"]
        for each in statistics["records"]:
            _set(counted.records, tuple(each[name] for name in GROUP), each["records"])
        for each in statistics["answers"]:
            key = tuple(each[name] for name in QUESTION)
            _set(counted.granted, key, each["granted"])
            _set(counted.refused, key, each["refused"])
        for place in NAMED.values():
            for each in dossier[place]:
                key = place, each["hash"]
                _set(counted.used, key, each["records"])
                if each["records"]:
                    counted.first[key], counted.last[key] = each["first"], each["last"]
        return counted

    def differences(self, real: Counted) -> Iterator[str]:
        """Where these numbers are not those of the records."""
        for what in ("records", "granted", "refused", "used"):
            mine, other = getattr(self, what), getattr(real, what)
            for key in sorted(mine.keys() | other.keys()):
                if mine[key] != other[key]:
                    yield f"{what} {' '.join(key)}: {mine[key]}, and there are {other[key]}"
        for what in ("first", "last"):
            mine, other = getattr(self, what), getattr(real, what)
            for key in sorted(mine.keys() | other.keys()):
                if mine.get(key) != other.get(key):
                    yield f"{what} of {' '.join(key)}: {mine.get(key)}, not {other.get(key)}"

    def too_few(self, sample: Counted) -> Iterator[str]:
        """Where the sample alone has more than all there are said to be, or earlier, or later."""
        for what in ("records", "granted", "refused", "used"):
            mine, other = getattr(self, what), getattr(sample, what)
            for key, number in sorted(other.items()):
                if mine[key] < number:
                    yield f"{what} {' '.join(key)}: {mine[key]}, and the sample has {number}"
        for key, moment in sorted(sample.first.items()):
            if moment < self.first.get(key, moment):
                yield f"first of {' '.join(key)}: {self.first[key]}, and the sample has {moment}"
        for key, moment in sorted(sample.last.items()):
            if moment > self.last.get(key, moment):
                yield f"last of {' '.join(key)}: {self.last[key]}, and the sample has {moment}"

    def contradictions(self, total: int) -> Iterator[str]:
        """Where the numbers cannot be right together."""
        if self.records.total() != total:
            yield f"{total} records, and {self.records.total()} by group"
        notices = sum(number for (place, _), number in self.used.items() if place == "notices")
        if notices != total:
            yield f"{total} records, and {notices} by notice"


def _set(counter: Counter[Key], key: Key, number: Any) -> None:
    if key in counter or type(number) is not int or number < 0:
        raise ValueError(f"{' '.join(key)}: there twice, or no number")
    counter[key] = number
