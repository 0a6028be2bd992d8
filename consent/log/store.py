"""The log's tables, used from one event loop: proofs are inserted and read, never changed.

The order of writes: notice, record and subject in one transaction, so that no record is without its
notice and a crash leaves all or nothing. Whoever waits is answered after COMMIT, which returns once
the data are on the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import URL, Row, Select, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogUnavailable
from consent.log import migrate
from consent.log.batch import Batch, Entry, refuse, rows_of, unanswered
from consent.log.engine import CONNECTIONS, is_sqlite, open_engine
from consent.log.file import QUICKLY, SLOWLY
from consent.log.growth import Growth
from consent.log.held import Held, adding, folded, of_days, read, rows
from consent.log.patience import patiently
from consent.log.rows import archive, known_notices
from consent.log.schema import notice
from consent.log.sequencer import ANY_PENDING, Sequencer
from consent.model import Notice

T = TypeVar("T")

MOST_CLASHES = 5
"""Times that another process may be faster before a transaction is given up."""
SEQUENCING = 60.0
"""Seconds that a batch may take to come into the tree; nobody waits for it."""
UNWRITABLE = (ArithmeticError, TypeError, ValueError)
"""What drivers raise over a value before they send it."""
UPGRADE_PAUSE = 0.05
"""Longest pause, in seconds, between two looks at whether another process has made the tables."""


class Store:
    """One engine and one queue of writers; opens, and makes its tables, on first use."""

    def __init__(self, url: URL, sequencer: Sequencer, *, deadline: float) -> None:
        self._sequencer = sequencer
        self._deadline = deadline
        self._engine = open_engine(url, deadline=deadline)
        self._writing = self._engine.execution_options(begin=QUICKLY)
        self._is_sqlite = is_sqlite(url)
        self._turn = asyncio.Semaphore(1 if self._is_sqlite else CONNECTIONS)
        self._starting: asyncio.Future[None] | None = None
        self._started = False
        self._archived: set[str] = set()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Give each entry its answer; those that fail together are tried alone.

        Raises:
            LogUnavailable: for all that have none.
        """
        try:
            await self._append(entries)
        except LogUnavailable as error:
            if len(entries) == 1 or not _is_about_rows(error.__cause__):
                raise
        else:
            return
        # What one record's text makes the database refuse must not cost the others theirs.
        for entry in unanswered(entries):
            try:
                await self._append([entry])
            except LogUnavailable as error:
                refuse([entry], error)

    async def sequence(self) -> int:
        """Put into the tree what is pending, one batch; how many they were.

        Raises:
            Overtaken: another process did it; there may be more.
        """
        if not self._sequencer.has_keys or not await self.fetch(ANY_PENDING):
            return 0
        while (found := await self._in_time(lambda: patiently(self._look), SEQUENCING)) is None:
            await self.write(self._sequencer.begin)
        return await self.write(partial(self._sequencer.put, growth=found), within=SEQUENCING)

    async def write(
        self, work: Callable[[AsyncConnection], Awaitable[T]], *, within: float | None = None
    ) -> T:
        """Do ``work`` in one transaction; it may be done again from its start."""

        async def transaction() -> T:
            async with self._writing.begin() as connection:
                return await work(connection)

        return await self._in_turn(transaction, within)

    async def count(self, times: Mapping[Held, int]) -> None:
        """See ``HeldCounts.count_held``."""

        async def counted(connection: AsyncConnection) -> None:
            days = of_days({each.day for each in times})
            known = read((await connection.execute(days)).all())
            statement = adding(to_sqlite=self._is_sqlite)
            await connection.execute(statement, rows(folded(times, known)))

        await self.write(counted)

    async def try_out(self) -> None:
        """Write nothing, as what is written is.

        Raises:
            LogUnwritable: it may not be.
            LogOfOtherKeys: it is not for these keys to do.
        """

        async def tried(connection: AsyncConnection) -> None:
            await connection.execute(migrate.TOUCH)
            if self._sequencer.is_of_site:
                await self._sequencer.signer(connection)

        await self.write(tried)

    async def fetch(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of one query."""
        return await self._in_time(lambda: patiently(lambda: self._rows(query)))

    async def empty_journal(self) -> None:
        """Empty SQLite's, which has what was deleted as it was before; not while somebody reads."""
        if not self._is_sqlite:
            return

        async def emptied() -> None:
            async with self._engine.connect() as connection:
                # Past the engine, which would begin a transaction.
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

        await self._in_turn(emptied)

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    async def _in_turn(self, work: Callable[[], Awaitable[T]], within: float | None = None) -> T:
        async def in_turn() -> T:
            async with self._turn:
                return await patiently(work)

        return await self._in_time(in_turn, within)

    async def _in_time(self, work: Callable[[], Awaitable[T]], within: float | None = None) -> T:
        """Everything the store does passes here, so that nothing takes longer than the deadline."""
        try:
            async with asyncio.timeout(within or self._deadline):
                await self._start()
                return await work()
        except TimeoutError as error:
            self._forget()
            raise LogUnavailable(f"not done within {within or self._deadline} s") from error
        except LogUnavailable:
            self._forget()
            raise

    def _forget(self) -> None:
        """Whatever failed, the tables may be gone with it: looked at again next time."""
        self._started = self._sequencer.is_open = False

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
            if await connection.run_sync(migrate.is_newest):
                return
        # Of several processes that start at once, one gets here first; the others wait for its
        # write lock, then find nothing left to do.
        upgrading = self._engine.execution_options(begin=SLOWLY)
        async with migrate.turn(), upgrading.begin() as connection:
            await connection.run_sync(migrate.upgrade)

    async def _append(self, entries: Sequence[Entry]) -> None:
        clashes = 0

        async def attempt() -> None:
            nonlocal clashes
            try:
                await self._insert(entries, trusting=not clashes)
            except IntegrityError as error:
                # Another process was faster, with a record or with a notice.
                self._archived.clear()
                clashes += 1
                if clashes == MOST_CLASHES:
                    raise LogUnavailable("the database refuses the record") from error
                raise
            except UNWRITABLE as error:
                raise LogUnavailable(f"{type(error).__name__}: {error}") from error

        await self._in_turn(attempt)

    async def _insert(self, entries: Sequence[Entry], *, trusting: bool) -> None:
        async with self._writing.begin() as connection:
            await self._sequencer.open(connection)
            batch = Batch(connection, entries)
            new = await batch.decide(trusting=trusting)
            shown = {entry.notice.hash: entry.notice for entry in new}
            await self._archive(connection, shown)
            for table, rows in rows_of(new, self._sequencer.promise).items():
                if rows:
                    await connection.execute(insert(table), rows)
            if batch.replays and not new and not self._is_sqlite:
                await connection.execute(migrate.TOUCH)
        self._archived |= shown.keys()
        self._sequencer.is_open = True
        batch.settle()

    async def _archive(self, connection: AsyncConnection, shown: Mapping[str, Notice]) -> None:
        unsure = sorted(shown.keys() - self._archived)
        if not unsure:
            return
        known = {row.hash for row in await connection.execute(known_notices(unsure))}
        missing = [archive(shown[digest]) for digest in unsure if digest not in known]
        if missing:
            await connection.execute(insert(notice), missing)

    async def _look(self) -> Growth | None:
        async with self._engine.connect() as connection:
            return await self._sequencer.look(connection)

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        async with self._engine.connect() as connection:
            rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
            return rows


def _is_about_rows(error: BaseException | None) -> bool:
    """Whether the database took offence at what it was given, rather than being in trouble."""
    if isinstance(error, DBAPIError):
        return not isinstance(error, OperationalError)
    return isinstance(error, UNWRITABLE)
