"""The log's tables, used from one event loop: proofs are inserted and read, never changed.

The order of writes: notice, record and subject in one transaction, so that no record is without its
notice and a crash leaves all or nothing. Whoever waits is answered after COMMIT, which returns once
the data are on the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import URL, Insert, Row, Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogUnavailable, SequenceTaken
from consent.log.admission import replayed
from consent.log.engine import CONNECTIONS, is_sqlite, open_engine
from consent.log.held import Held, adding, folded, of_days, read, rows
from consent.log.migrate import is_newest, upgrade
from consent.log.patience import patiently
from consent.log.rows import archive, archived, holder, proof_of, record_from, with_key
from consent.model import Notice
from consent.record import Record

T = TypeVar("T")

UPGRADE_PAUSE = 0.05
"""Longest pause, in seconds, between two looks at whether another process has made the tables."""


class Store:
    """One engine and one queue of writers; opens, and makes its tables, on first use."""

    def __init__(self, url: URL, *, deadline: float) -> None:
        self._deadline = deadline
        self._engine = open_engine(url, deadline=deadline)
        self._writing = self._engine.execution_options(writes=True)
        self._is_sqlite = is_sqlite(url)
        self._turn = asyncio.Semaphore(1 if self._is_sqlite else CONNECTIONS)
        self._starting: asyncio.Future[None] | None = None
        self._started = False
        self._archived: set[str] = set()

    async def append(self, record: Record, notice: Notice, *more: Insert) -> Record:
        """See ``ProofLog.append``; ``more`` is inserted with the record, in its transaction."""

        async def attempt() -> Record:
            try:
                await self._insert(record, notice, more)
            except IntegrityError:
                # What stands in the way is looked up after the rollback, in a transaction of its
                # own; if nothing does, another process archived the same notice: once more.
                self._archived.clear()
                if earlier := await self._earlier(record):
                    return earlier
                raise
            self._archived.add(notice.hash)
            return record

        return await self._in_turn(attempt)

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do ``work`` in one transaction; it may be done again from its start."""

        async def transaction() -> T:
            async with self._writing.begin() as connection:
                return await work(connection)

        return await self._in_turn(transaction)

    async def count(self, times: Mapping[Held, int]) -> None:
        """See ``HeldCounts.count_held``."""

        async def counted(connection: AsyncConnection) -> None:
            days = of_days({each.day for each in times})
            known = read((await connection.execute(days)).all())
            statement = adding(to_sqlite=self._is_sqlite)
            await connection.execute(statement, rows(folded(times, known)))

        await self.write(counted)

    async def fetch(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of one query."""
        return await self._in_time(lambda: patiently(lambda: self._rows(query)))

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        async def in_turn() -> T:
            async with self._turn:
                return await patiently(work)

        return await self._in_time(in_turn)

    async def _in_time(self, work: Callable[[], Awaitable[T]]) -> T:
        """Everything the store does passes here, so that nothing takes longer than the deadline."""
        try:
            async with asyncio.timeout(self._deadline):
                await self._start()
                return await work()
        except TimeoutError as error:
            self._started = False
            raise LogUnavailable(f"not done within {self._deadline} s") from error
        except LogUnavailable:
            # Whatever it was, the tables may be gone with it: looked at again next time.
            self._started = False
            raise

    async def _start(self) -> None:
        """In a task of its own: to upgrade a large log takes longer than anybody waits."""
        if self._started:
            return
        if self._starting is None or self._starting.done():
            starting = patiently(self._make_tables, longest=UPGRADE_PAUSE)
            self._starting = asyncio.ensure_future(starting)
            self._starting.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(self._starting)
        self._started = True

    async def _make_tables(self) -> None:
        async with self._engine.connect() as connection:
            if await connection.run_sync(is_newest):
                return
        # Of several processes that start at once, one gets here first; the others wait for its
        # write lock, then find nothing left to do.
        async with self._writing.begin() as connection:
            await connection.run_sync(upgrade)

    async def _insert(self, record: Record, notice: Notice, more: Sequence[Insert]) -> None:
        async with self._writing.begin() as connection:
            if not await self._is_archived(connection, notice):
                await connection.execute(archive(notice))
            for row in (*proof_of(record, None), *more):
                await connection.execute(row)

    async def _is_archived(self, connection: AsyncConnection, notice: Notice) -> bool:
        if notice.hash in self._archived:
            return True
        return (await connection.execute(archived(notice.hash))).first() is not None

    async def _earlier(self, record: Record) -> Record | None:
        if record.idempotency_key is not None:
            for row in await self._rows(with_key(record.idempotency_key)):
                return replayed(record_from(row), record)
        if await self._rows(holder(record.subject, record.seq)):
            raise SequenceTaken(f"sequence number {record.seq} is taken")
        return None

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        async with self._engine.connect() as connection:
            rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
            return rows
