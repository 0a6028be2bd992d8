"""What visitors may ask of the log, and what has to wait: erasure and legal hold (EU-25 to EU-29).

Erasing deletes who it was, never what was recorded: the tree, its leaves and every proof stay as
they are, and nobody can tell any more whose a record was (GDPR 17, EDPB 02/2025).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import SubjectHeld
from consent.log import schema
from consent.log.farewells import announce, overdue
from consent.log.migrate import TOUCH
from consent.log.outbox import Runner
from consent.log.requests import ALL, Answered, Kind, Outcome, count, read
from consent.log.schema import attempt, delivery, hold, subject


class Hold(NamedTuple):
    """Somebody's records that have to stay."""

    subject: UUID
    reason: str
    until: date
    """The last day."""


@runtime_checkable
class Erasable(Protocol):
    """What a log promises out of which somebody can be erased; ``ProofLog`` does not ask for it."""

    async def erase(self, subject: UUID) -> int:
        """Forget who it was, durably; how many records were this subject's.

        The records stay, and every proof of them; reading gives them without their subject.

        Raises:
            SubjectHeld: a legal hold has not ended; nothing was erased.
            LogUnavailable: it is not known whether it was done; doing it again settles that.
        """
        ...


@runtime_checkable
class Accountable(Protocol):
    """What a log promises that counts what was asked for; ``ProofLog`` does not ask for it."""

    async def given_access(self) -> None:
        """Somebody has been given a copy of what is kept of them, today.

        Raises:
            LogUnavailable: it is not counted, or that is not known.
        """
        ...


class SqlRights:
    """Erases and holds, one after the other: whoever is held a moment before is not erased.

    Every method raises ``LogUnavailable`` where the log cannot be used now.
    """

    def __init__(self, run: Runner, clock: Callable[[], datetime]) -> None:
        self._run = run
        self._clock = clock

    async def erase(self, given: UUID, *, received: date | None = None, trial: bool = False) -> int:
        """See ``Erasable``: one transaction; then SQLite's journal is emptied too, where nobody is
        reading; else with the next one (edges.md P1).

        Args:
            received: the day on which it was asked for; today unless given.
            trial: nobody asked for it, since the choices were made to try the site: it is counted
                among no requests, and the records, which stay, are marked, so that they are
                counted among no visitors' choices. Only who has the log can say so.
        """
        today = self._clock().date()

        async def erased(at: AsyncConnection) -> int | Hold:
            await _take_turns(at)
            if (found := await _hold_of(at, given)) and found.until >= today:
                await answered(at, Outcome.HELD)
                return found
            mine = select(subject.c.record_id).where(subject.c.subject == str(given))
            now = self._clock()
            await at.execute(overdue(now))
            await announce(at, given, now)
            # What is to be told, before what it is about.
            for table in (attempt, delivery):
                await at.execute(delete(table).where(table.c.record_id.in_(mine)))
            if trial:
                await at.execute(insert(schema.trial).from_select(["record_id"], mine))
            gone = await at.execute(delete(subject).where(subject.c.subject == str(given)))
            await at.execute(delete(hold).where(_is(given)))
            if gone.rowcount:
                await answered(at, Outcome.DONE)
            return gone.rowcount

        async def answered(at: AsyncConnection, outcome: Outcome) -> None:
            if not trial:
                await count(at, Answered(received or today, today, Kind.ERASURE, outcome))

        done = await self._run(lambda store: store.write(erased))
        if isinstance(done, Hold):
            raise SubjectHeld(done.until)
        await self._run(lambda store: store.empty_journal())
        return done

    async def hold(self, given: Hold) -> None:
        """Nothing of this subject is erased or pruned before that day is over; one at a time."""

        async def held(at: AsyncConnection) -> None:
            await _take_turns(at)
            await at.execute(delete(hold).where(_is(given.subject)))
            row = {"reason": given.reason, "until": str(given.until)}
            await at.execute(insert(hold).values(subject=str(given.subject), **row))

        await self._run(lambda store: store.write(held))

    async def release(self, given: UUID) -> bool:
        """End a hold before its day; was there one?"""

        async def released(at: AsyncConnection) -> bool:
            await _take_turns(at)
            return bool((await at.execute(delete(hold).where(_is(given)))).rowcount)

        return await self._run(lambda store: store.write(released))

    async def holds(self) -> Sequence[Hold]:
        """Every hold, also one that is over, by its last day."""
        query = select(hold).order_by(hold.c.until, hold.c.subject)
        rows = await self._run(lambda store: store.fetch(query))
        return [Hold(UUID(row.subject), row.reason, date.fromisoformat(row.until)) for row in rows]

    async def given_access(self, received: date | None = None) -> None:
        """Somebody has been given a copy of what is kept of them (GDPR 15)."""
        today = self._clock().date()

        async def counted(at: AsyncConnection) -> None:
            await _take_turns(at)
            await count(at, Answered(received or today, today, Kind.ACCESS, Outcome.DONE))

        await self._run(lambda store: store.write(counted))

    async def requests(self) -> dict[Answered, int]:
        """How many requests were answered, by the days in UTC (EU-29)."""
        return read(await self._run(lambda store: store.fetch(ALL)))


def _is(given: UUID) -> ColumnElement[bool]:
    return hold.c.subject == str(given)


async def _take_turns(at: AsyncConnection) -> None:
    await at.execute(TOUCH)


async def _hold_of(at: AsyncConnection, given: UUID) -> Hold | None:
    row: Any = (await at.execute(select(hold).where(_is(given)))).first()
    return Hold(given, row.reason, date.fromisoformat(row.until)) if row else None
