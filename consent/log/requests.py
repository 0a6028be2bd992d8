"""What visitors asked for and when it was answered, counted; whose request it was is not kept.

Whoever is to show that requests are answered in time (GDPR 5(2) and 12(3), EU-29) needs no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log.schema import request

MONTH = relativedelta(months=1)


class Kind(StrEnum):
    """What was asked for."""

    ACCESS = "access"
    """A copy of what is kept, also to take elsewhere (GDPR 15 and 20)."""
    ERASURE = "erasure"


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    HELD = "held"
    """Refused: a legal hold (GDPR 17(3))."""


class Answered(NamedTuple):
    """Requests that are counted together."""

    received: date
    answered: date
    kind: Kind
    outcome: Outcome

    @property
    def due(self) -> date:
        """One month later, by the calendar; two more where the visitor was told why (12(3))."""
        return self.received + MONTH

    @property
    def late(self) -> bool:
        """Was it answered after that?"""
        return self.answered > self.due


ALL: Select[Any] = select(request).order_by(*request.primary_key)


async def count(at: AsyncConnection, given: Answered) -> None:
    """One more; writers take turns."""
    key = {name: str(value) for name, value in given._asdict().items()}
    this = [request.c[name] == value for name, value in key.items()]
    more = update(request).where(*this).values(times=request.c.times + 1)
    if not (await at.execute(more)).rowcount:
        await at.execute(insert(request).values(**key, times=1))


def read(rows: Sequence[Row[Any]]) -> dict[Answered, int]:
    """How often each."""
    return {
        Answered(
            date.fromisoformat(row.received),
            date.fromisoformat(row.answered),
            Kind(row.kind),
            Outcome(row.outcome),
        ): row.times
        for row in rows
    }
