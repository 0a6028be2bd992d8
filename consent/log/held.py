"""How often which host was held, or passed: counts by day, beside the proof and no part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, runtime_checkable

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from consent.log.schema import held

MOST_HOSTS = 500
"""Different hosts kept for one site and day; what comes after them is counted together."""
OTHERS = "(others)"


class Outcome(StrEnum):
    """What became of the request; what only passed must never be shown as held."""

    HELD = "held"
    PASSED = "passed"
    """It would have been held, but the site only reports hosts that it has not declared."""
    UNKNOWN = "unknown"
    """Counted by a release that did not tell the two apart."""


class Held(NamedTuple):
    """What is counted together."""

    day: date
    site: str
    """Host name of the site whose page it was."""
    host: str
    """With its port, if unusual; ``OTHERS`` for those past the limit."""
    service: str
    """The id of the service that claims it; "" where nobody declared it."""
    outcome: Outcome = Outcome.HELD


@runtime_checkable
class HeldCounts(Protocol):
    """What a log that also keeps counts promises; ``ProofLog`` does not ask for it."""

    async def count_held(self, times: Mapping[Held, int]) -> None:
        """Add to what is counted already.

        Raises:
            LogUnavailable: it was not added, or that is not known.
        """
        ...

    async def held(self, *, since: date) -> dict[Held, int]:
        """What was counted on that day and later.

        Raises:
            LogUnavailable: the counts cannot be read now.
        """
        ...


def folded(times: Mapping[Held, int], known: Mapping[Held, int]) -> Counter[Held]:
    """``times`` without what would go past the limit, which is counted together.

    Reports come from browsers, that is, from anybody: they must not be able to fill the database.
    """
    hosts = Counter((each.day, each.site) for each in known)
    kept: Counter[Held] = Counter()
    for each, number in times.items():
        kind = (each.day, each.site)
        if each not in known and hosts[kind] >= MOST_HOSTS:
            each = each._replace(host=OTHERS, service="")
        elif each not in known:
            hosts[kind] += 1
        kept[each] += number
    return kept


def of_days(days: set[date]) -> Select[Any]:
    """What is counted already for these days."""
    return select(held).where(held.c.day.in_(sorted(map(str, days))))


def since(day: date) -> Select[Any]:
    """What was counted on this day and later."""
    return select(held).where(held.c.day >= str(day))


def adding(*, to_sqlite: bool) -> Any:
    """The statement that counts ``rows``; a number is not a proof, so it may change."""
    row = (sqlite if to_sqlite else postgresql).insert(held)
    keys = list(held.primary_key)
    return row.on_conflict_do_update(
        index_elements=keys, set_={"times": held.c.times + row.excluded.times}
    )


def rows(times: Mapping[Held, int]) -> list[dict[str, Any]]:
    """What is written; sorted, so that two writers never wait for each other."""
    return [
        {**each._asdict(), "day": str(each.day), "outcome": each.outcome.value, "times": number}
        for each, number in sorted(times.items())
    ]


def read(rows: Sequence[Row[Any]]) -> dict[Held, int]:
    """Rows as they were counted."""
    return {
        Held(
            date.fromisoformat(row.day), row.site, row.host, row.service, Outcome(row.outcome)
        ): row.times
        for row in rows
    }
