"""Every figure that a report has to have, in its order, from what ``dossier.json`` says.

So no number can stand in the report that is not in the dossier, none can be left out, and none can
stand in another's place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from consent.verify.page import Shown
from consent.verify.spoken import Spoken

Values = Mapping[str, Any]
Texts = Callable[[str], bool]


class Figure(NamedTuple):
    """One that has to be there."""

    value: str
    fits: Texts
    """Is this how it can be written?"""

    def is_shown(self, shown: Shown) -> bool:
        """As its value, and as it is read."""
        return shown.value == self.value and self.fits(shown.text)


class Figures:
    """In one language.

    What is not of the form that it has to be leads to one of ``MALFORMED``.
    """

    def __init__(self, said: Values, notices: Mapping[str, Values], spoken: Spoken) -> None:
        """``notices``: what was archived, by hash."""
        self._said = said
        self._contents = notices
        self._spoken = spoken
        by_time = sorted(said["notices"], key=lambda each: each["first"] or "")
        self._choices = [each for each in by_time if "box" not in notices[each["hash"]]]
        self._forms = [each for each in by_time if "box" in notices[each["hash"]]]

    def __iter__(self) -> Iterator[Figure]:
        said = self._said
        last = date.fromisoformat(said["period"]["until"][:10]) - timedelta(days=1)
        yield from (self._day(said["period"]["from"]), self._day(str(last)))
        yield self._number(said["records"])
        yield from (self._day(said["made_at"]), _same(said["made_at"][11:16]))
        yield from self._statistics()
        yield from self._screens()
        yield from self._notices()
        yield from self._code()
        yield from self._tree()
        yield from self._sample()
        for each in said["statistics"]["held"]:
            yield _word(each["outcome"], self._spoken.outcomes)
            yield from (self._number(each["times"]), self._day(str(each["last"])))

    def _statistics(self) -> Iterator[Figure]:
        if trials := len(self._said["trials"]):
            yield self._number(trials)
        if self._said["waiting"]:
            yield self._number(self._said["waiting"])
        groups, answers = (self._said["statistics"][name] for name in ("records", "answers"))
        yield from self._counted("month", groups, self._month)
        yield from self._counted("interface", groups, self._interface)
        yield from self._counted("language", groups, _same)
        choices = [each for each in answers if each["kind"] != "form"]
        yield from self._answered(each for each in choices if each["about"] == "purpose")
        yield from self._answered(each for each in answers if each["kind"] == "form")
        yield from self._answered(each for each in choices if each["about"] == "service")

    def _counted(
        self, name: str, groups: Iterable[Values], label: Callable[[str], Figure]
    ) -> Iterator[Figure]:
        """A row for each month, or interface, or language, and a column for each action."""
        rows: dict[str, Counter[str]] = {}
        for each in groups:
            rows.setdefault(each[name], Counter())[each["action"]] += each["records"]
        used = {action for row in rows.values() for action in row}
        if unknown := used - self._spoken.actions.keys():
            raise ValueError(f"no action: {sorted(unknown)}")
        actions = [each for each in self._spoken.actions if each in used]
        yield _word("all", self._spoken.answers)
        yield from (_word(each, self._spoken.actions) for each in actions)
        for key, row in sorted(rows.items()):
            yield label(key)
            yield from map(self._number, (row.total(), *(row[each] for each in actions)))

    def _answered(self, answers: Iterable[Values]) -> Iterator[Figure]:
        rows: dict[str, Counter[str]] = {}
        for each in answers:
            row = rows.setdefault(each["id"], Counter())
            row["granted"] += each["granted"]
            row["refused"] += each["refused"]
        if rows:
            columns = "granted", "refused", "share"
            yield from (_word(each, self._spoken.answers) for each in columns)
        for name, row in rows.items():
            share = f"{100 * row['granted'] / row.total():.1f}"
            yield Figure(name, self._titles(name).__contains__)
            yield from map(self._number, (row["granted"], row["refused"]))
            yield _written(share, share.replace(".", self._spoken.decimal))

    def _titles(self, name: str) -> set[str]:
        """What a purpose or a service is called in any notice."""
        found = {name}
        for content in self._contents.values():
            for each in (*content.get("purposes", ()), *content.get("services", ())):
                if each["id"] == name:
                    found.update(each["title"].values() if "title" in each else [each["name"]])
        return found

    def _screens(self) -> Iterator[Figure]:
        screens = sorted(self._said["screens"], key=lambda each: each["last"] or "", reverse=True)
        order = {name: place for place, name in enumerate(self._spoken.interfaces)}
        screens.sort(key=lambda each: (order[each["interface"]], each["language"]))
        if missing := sum("pictures" not in each for each in screens):
            yield self._number(missing)
        for each in screens:
            yield self._interface(each["interface"])
            yield _language(each["language"])
            yield from self._used(each)
            for picture in each.get("pictures", ()):
                yield from (_same(str(picture["width"])), _same(str(picture["height"])))
            if "pictures" in each:
                yield self._day(each["taken_at"])
            yield _same(each["hash"])

    def _notices(self) -> Iterator[Figure]:
        for number, each in reversed(list(enumerate(self._choices, 1))):
            content = self._contents[each["hash"]]
            yield self._number(number)
            yield from self._used(each)
            for said in (content, content.get("upcoming", {})):
                if "effective_from" in said:
                    yield self._day(said["effective_from"])
            if "lifetime_months" in content:
                yield _lasting(f"P{content['lifetime_months']}M")
                yield _lasting(f"P{content['retention_years']}Y")
            yield from map(_language, content.get("languages", ()))
            for service in content.get("services", ()):
                yield from (_lasting(item["lifetime"]) for item in service["items"])
            yield _same(each["hash"])
        for each in reversed(self._forms):
            yield from self._used(each)
            yield _same(each["hash"])

    def _code(self) -> Iterator[Figure]:
        for number, each in enumerate(self._said["scripts"], 1):
            yield self._number(number)
            yield from self._used(each)
            yield from map(_same, each["files"].values())
        styles = {pair for each in self._said["screens"] for pair in each["files"].items()}
        yield from (_same(digest) for _, digest in sorted(styles))

    def _tree(self) -> Iterator[Figure]:
        yield _same(self._said["tree"]["root"])
        for each in self._said["checkpoints"]:
            yield from (self._number(each["size"]), self._day(each["day"]), _same(each["file"]))
        for each in self._said["witnesses"]:
            yield from (self._number(each["size"]), _same(each["file"]))

    def _sample(self) -> Iterator[Figure]:
        drawn, leaves = len(self._said["sample"]["drawn"]), self._said["leaves"]
        if drawn <= leaves["last"] - leaves["first"]:
            yield self._number(drawn)
        yield from (self._number(leaves["first"]), self._number(leaves["last"]))

    def _used(self, each: Values) -> Iterator[Figure]:
        if each["records"]:
            yield self._number(each["records"])
            yield self._day(each["first"])
        if each["records"] > 1:
            yield self._day(each["last"])

    def _number(self, number: int) -> Figure:
        return _written(str(number), f"{number:,}".replace(",", self._spoken.thousands))

    def _day(self, moment: str) -> Figure:
        day = date.fromisoformat(moment[:10])
        number = self._spoken.first if day.day == 1 else day.day
        return _written(moment, f"{number} {self._spoken.months[day.month - 1]} {day.year}")

    def _month(self, month: str) -> Figure:
        name = self._spoken.months[int(month[5:]) - 1]
        return _written(month, f"{name} {month[:4]}")

    def _interface(self, name: str) -> Figure:
        return _word(name, self._spoken.interfaces)


def _written(value: str, text: str) -> Figure:
    return Figure(value, text.__eq__)


def _same(value: str) -> Figure:
    return _written(value, value)


def _word(value: str, words: Mapping[str, str]) -> Figure:
    return _written(value, words[value])


def _language(tag: str) -> Figure:
    """By its tag, or by its name."""
    return Figure(tag, lambda text: text == tag or text.isalpha())


def _lasting(lifetime: str) -> Figure:
    """An ISO 8601 duration in words has the same numbers; ``session`` has none."""
    numbers = re.findall("[0-9]+", lifetime)
    return Figure(lifetime, lambda text: re.findall(r"\d+", text) == numbers)
