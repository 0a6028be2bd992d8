"""The version of a configuration that takes effect on a day to come, and is announced until then.

Sites promise to tell visitors of significant changes 15 days before (promises.md P-11). So what
changes is written beside what holds, and which of the two holds follows from the day alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from consent.config.changes import Change
from consent.config.settings import CHANGEABLE, UPCOMING
from consent.errors import Code, Problem
from consent.model import Texts

if TYPE_CHECKING:
    from consent.config import ConsentConfig

NOTICE_DAYS = 15
"""From the announcement to the day, as sites promise it."""
LONG_PAST = 30
"""Days after which what was announced should have taken its place in the file."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What is announced."""

    effective_from: date
    summary: Texts
    config: ConsentConfig
    """All of what will hold."""
    changes: tuple[Change, ...]

    @property
    def begins(self) -> datetime:
        """The moment, in UTC."""
        return datetime.combine(self.effective_from, time(), UTC)

    def said(self) -> dict[str, Any]:
        """What the notice has of it: who chooses until then has been told this."""
        return {
            "effective_from": str(self.effective_from),
            "notice": self.config.notice.hash,
            "summary": dict(self.summary),
            "changes": [each.said() for each in self.changes],
        }


def changed(written: Mapping[str, Any]) -> dict[str, Any]:
    """What it changes, as it was written."""
    return {key: value for key, value in written.items() if key in CHANGEABLE}


def laid_over(settings: Mapping[str, Any], change: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The settings that will hold: sections key by key, lists as a whole."""
    merged = {**settings, **change, "effective_from": day}
    for name, after in change.items():
        if CHANGEABLE[name] and isinstance(after, Mapping):
            merged[name] = {**settings.get(name, {}), **after}
    return merged


def problems(change: Mapping[str, Any]) -> Iterator[Problem]:
    """What cannot be announced."""
    for name, section in change.items():
        keys = CHANGEABLE[name]
        known = isinstance(section, Mapping) and keys
        for key in sorted(set(section) - keys, key=str) if known else ():
            yield Problem(
                Code.NOT_ANNOUNCED,
                f"{UPCOMING}.{name}.{key}",
                "Visitors are not told of this, so it is not announced.",
                f"Write it into [{name}] on its day. Known are: {', '.join(sorted(keys))}.",
            )


def placed(found: Iterable[Problem], *, known: Collection[Problem]) -> Iterator[Problem]:
    """Problems of what will hold, but for those of what holds already."""
    yield from (
        replace(each, path=f"{UPCOMING}.{each.path}") for each in found if each not in known
    )


def empty(announced: Upcoming) -> Iterator[Problem]:
    """An announcement of nothing."""
    if not announced.changes and not announced.summary:
        yield Problem(
            Code.NOTHING_CHANGES,
            UPCOMING,
            "Nothing that visitors are told of is different from what holds already.",
            "Write what changes, or say it in words as summary.",
        )


def warnings(config: ConsentConfig, today: date) -> Iterator[Problem]:
    """What only the calendar tells."""
    since, upcoming = config.effective_from, config.upcoming
    if since and since > today:
        yield Problem(
            Code.NOT_YET,
            "effective_from",
            f"What is written here is in force before {since}: visitors are asked by it already.",
            f"Write what changes on that day under [{UPCOMING}], and here what holds until then.",
        )
    if upcoming is None:
        return
    day, left = upcoming.effective_from, (upcoming.effective_from - today).days
    where = f"{UPCOMING}.effective_from"
    if left < -LONG_PAST:
        yield Problem(
            Code.LONG_PAST,
            where,
            f"This is in force since {day}; what it replaced still stands around it.",
            f"Put it in its place, and effective_from = {day} at the top, without [{UPCOMING}].",
        )
    elif 0 < left < NOTICE_DAYS:
        yield Problem(
            Code.SHORT_NOTICE,
            where,
            f"Only {left} of the {NOTICE_DAYS} days are left in which visitors are to be told.",
            "Choose a later day, unless it has been announced for long enough already.",
        )
