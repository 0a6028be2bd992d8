"""The outbox in a database: which hook is still to be told of which record.

Several processes share it. A delivery is claimed by moving the time at which it is due, on the
condition that nobody has moved it since it was read: one of them changes a row, the others none.
Whoever dies with a claim loses it with time. So every delivery is made at least once, and, unless
a process dies or the log fails between an attempt and its record, once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Insert, Row, Select, Update, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log import Attempt, Delivery, Farewell, farewells
from consent.log.batch import Deliveries
from consent.log.rows import WHOLE, before, record_from
from consent.log.schema import attempt, delivery, record
from consent.log.store import Store
from consent.model import Notice
from consent.record import Record, epoch_ms, from_epoch_ms

T = TypeVar("T")
LONGEST_ERROR = 100


class Runner(Protocol):
    """Runs something where the store lives."""

    def __call__(self, work: Callable[[Store], Coroutine[Any, Any, T]], /) -> Awaitable[T]: ...


Append = Callable[[Record, Notice, Deliveries], Awaitable[Record]]
"""Stores a record and what is to be told of it at once."""


class SqlOutbox:
    """Keeps what ``Outbox`` promises; see there."""

    def __init__(self, run: Runner, append: Append, clock: Callable[[], datetime]) -> None:
        self._run = run
        self._append = append
        self._clock = clock

    async def append(self, given: Record, notice: Notice, hooks: Sequence[str]) -> Record:
        """In the record's own transaction, so nothing that was recorded is ever forgotten."""
        rows = [_to_do(given.id, hook, self._now()) for hook in hooks]
        return await self._append(given, notice, rows)

    async def claim(
        self, hooks: Sequence[str], *, lease: float, most: int
    ) -> list[Delivery | Farewell]:
        """First the claims, durably; then what they are about is read."""
        now = self._now()
        until = now + round(lease * 1000)
        found: list[Delivery | Farewell] = [
            await self._delivery(row)
            for row in await self._taken(_due(hooks, now, most), _claim, until)
        ]
        if room := most - len(found):
            due = farewells.due(hooks, now, room)
            for row in await self._taken(due, farewells.claim, until):
                found.append(farewells.read(row, await self._fetch(farewells.last(row))))
        return found

    async def _taken(
        self, due: Select[Any], claim: Callable[[Row[Any], int], Update], until: int
    ) -> list[Row[Any]]:
        """Those that this process was the first to claim."""

        async def take(connection: AsyncConnection) -> list[Row[Any]]:
            rows = (await connection.execute(due)).all()
            taken = [await connection.execute(claim(row, until)) for row in rows]
            return [row for row, result in zip(rows, taken, strict=True) if result.rowcount == 1]

        # Nothing to do is found out without writing.
        if not await self._fetch(due.limit(1)):
            return []
        return await self._run(lambda store: store.write(take))

    async def settle(
        self, given: Delivery | Farewell, *, error: str | None, again_in: float | None
    ) -> None:
        """The row of the attempt is written once: a second settling of it changes nothing."""
        now = self._now()
        due = None if again_in is None else now + round(again_in * 1000)

        async def settled(connection: AsyncConnection) -> None:
            if isinstance(given, Farewell):
                await connection.execute(farewells.settled(given, due))
                return
            there = (await connection.execute(_still_there(given))).first()
            # What was erased meanwhile has no outcome any more.
            if there and (await connection.execute(_outcome_of(given))).first() is None:
                await connection.execute(_ended(given, now, error))
                await connection.execute(_moved(given, due))

        await self._run(lambda store: store.write(settled))
        if isinstance(given, Farewell) and due is None:
            # Who was erased is in the journal until then (edges.md P1).
            await self._run(lambda store: store.empty_journal())

    async def wait(self, hooks: Sequence[str]) -> float | None:
        """By the earliest that is due."""
        earliest = select(func.min(delivery.c.due_ms)).where(delivery.c.hook.in_(hooks))
        rows = [*await self._fetch(earliest), *await self._fetch(farewells.earliest(hooks))]
        due = [row[0] for row in rows if row[0] is not None]
        return max(0.0, (min(due) - self._now()) / 1000) if due else None

    async def attempts(self, record_id: str) -> list[Attempt]:
        """By hook and number."""
        mine = select(attempt).where(attempt.c.record_id == record_id)
        query = mine.order_by(attempt.c.hook, attempt.c.number)
        rows = await self._fetch(query)
        return [
            Attempt(row.record_id, row.hook, row.number, from_epoch_ms(row.at_ms), row.error)
            for row in rows
        ]

    async def _delivery(self, row: Row[Any]) -> Delivery:
        told = record_from(row)
        return Delivery(row.hook, row.attempts + 1, told, await self._previous(told))

    async def _previous(self, told: Record) -> Record | None:
        if told.erased:
            return None
        subject: UUID = told.subject
        rows = await self._fetch(before(subject, told.seq))
        return record_from(rows[0]) if rows else None

    async def _fetch(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return await self._run(lambda store: store.fetch(query))

    def _now(self) -> int:
        return epoch_ms(self._clock())


def _to_do(record_id: str, hook: str, now: int) -> dict[str, Any]:
    return {"record_id": record_id, "hook": hook, "attempts": 0, "due_ms": now}


def _due(hooks: Sequence[str], now: int, most: int) -> Select[Any]:
    return (
        WHOLE.add_columns(delivery.c.hook, delivery.c.attempts, delivery.c.due_ms)
        .join(delivery, delivery.c.record_id == record.c.id)
        .where(delivery.c.due_ms <= now, delivery.c.hook.in_(hooks))
        .order_by(delivery.c.due_ms)
        .limit(most)
    )


def _claim(row: Row[Any], until: int) -> Update:
    """Compare and swap: of several that have read the row, one moves it."""
    return (
        update(delivery)
        .where(delivery.c.record_id == row.id, delivery.c.hook == row.hook)
        .where(delivery.c.attempts == row.attempts, delivery.c.due_ms == row.due_ms)
        .values(attempts=row.attempts + 1, due_ms=until)
    )


def _moved(given: Delivery, due: int | None) -> Update:
    """Only while nobody has claimed it again."""
    return (
        update(delivery)
        .where(delivery.c.record_id == given.record.id, delivery.c.hook == given.hook)
        .where(delivery.c.attempts == given.number)
        .values(due_ms=due)
    )


def _still_there(given: Delivery) -> Select[Any]:
    this = delivery.c.record_id == given.record.id, delivery.c.hook == given.hook
    return select(delivery.c.hook).where(*this)


def _outcome_of(given: Delivery) -> Select[Any]:
    this = attempt.c.record_id == given.record.id, attempt.c.hook == given.hook
    return select(attempt.c.number).where(*this, attempt.c.number == given.number)


def _ended(given: Delivery, now: int, error: str | None) -> Insert:
    return insert(attempt).values(
        record_id=given.record.id,
        hook=given.hook,
        number=given.number,
        at_ms=now,
        error=error and error[:LONGEST_ERROR],
    )
