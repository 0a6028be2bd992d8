"""The whole log as it is at one moment, read by and by: what an export is made from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import URL, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogUnavailable
from consent.log.engine import is_sqlite, open_engine
from consent.log.patience import FOREIGN
from consent.log.rows import record_from
from consent.log.schema import leaf, metadata, notice, pending, record, subject
from consent.record import Record, epoch_ms

Values = Mapping[str, Any]
"""Of one row, by column."""

PIECE = 256
"""Rows fetched at once: memory stays the same however many there are."""

_ROWS = select(
    record,
    subject.c.record_id.label("person"),
    subject.c.subject,
    subject.c.seq,
    subject.c.salt,
    leaf.c.idx,
    leaf.c.hash,
    pending.c.record_id.label("waits"),
    pending.c.promise,
).select_from(
    record.outerjoin(subject)
    .outerjoin(leaf, leaf.c.record_id == record.c.id)
    .outerjoin(pending, pending.c.record_id == record.c.id)
)


@dataclass(frozen=True, slots=True)
class Part:
    """Which records; all, where nothing is named."""

    since: datetime | None = None
    """The first moment, in UTC."""
    until: datetime | None = None
    """The first moment after them."""
    subject: UUID | None = None

    @property
    def whole(self) -> bool:
        """Is nothing left out?"""
        return self == Part()

    def of(self, query: Select[Any]) -> Select[Any]:
        """What of a query belongs to it; ids begin with the time at which they were made."""
        if self.since is not None:
            query = query.where(record.c.id >= _first_id(self.since))
        if self.until is not None:
            query = query.where(record.c.id < _first_id(self.until))
        if self.subject is not None:
            query = query.where(subject.c.subject == str(self.subject))
        return query


class Snapshot:
    """One transaction that reads; what is written meanwhile is not in it.

    Every method raises ``LogUnavailable`` where it breaks off.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.progress: Callable[[int], object] = int
        """Told how many more records were read."""

    async def count(self, part: Part) -> int:
        """How many records there are."""
        number = select(func.count()).select_from(record.outerjoin(subject))
        with _told():
            return int(await self._connection.scalar(part.of(number)) or 0)

    async def rows(self, part: Part) -> AsyncIterator[Values]:
        """Each record, by id, beside its subject, its leaf and its promise, where it has them."""
        async for row in self._rows(part):
            yield row._mapping

    async def records(self, part: Part) -> AsyncIterator[Record]:
        """The same, read."""
        async for row in self._rows(part):
            try:
                yield record_from(row)
            except ValueError as error:
                what = f"record {row.id} cannot be read; 'consent verify' says why"
                raise LogUnavailable(what) from error

    async def notices(self) -> AsyncIterator[bytes]:
        """Their contents, that of the newest record first."""
        newest = func.max(record.c.id)
        named = select(notice.c.content).join(record).group_by(notice.c.hash, notice.c.content)
        async for row in self.stream(named.order_by(newest.desc())):
            yield row.content

    async def bare_leaves(self) -> AsyncIterator[Values]:
        """Those whose record is no longer there."""
        gone = ~exists().where(record.c.id == leaf.c.record_id)
        async for row in self.stream(select(leaf).where(gone).order_by(leaf.c.idx)):
            yield row._mapping

    async def table(self, name: str) -> AsyncIterator[Values]:
        """Each row of one table, by its key."""
        table = metadata.tables[name]
        async for row in self.stream(select(table).order_by(*table.primary_key)):
            yield row._mapping

    async def _rows(self, part: Part) -> AsyncIterator[Any]:
        done = 0
        async for row in self.stream(part.of(_ROWS).order_by(record.c.id)):
            yield row
            done += 1
            if not done % PIECE:
                self.progress(PIECE)
        self.progress(done % PIECE)

    async def stream(self, query: Select[Any]) -> AsyncIterator[Any]:
        """The rows of a query of the log's own, in pieces."""
        with _told():
            options = {"yield_per": PIECE}
            async with self._connection.stream(query, execution_options=options) as rows:
                async for row in rows:
                    yield row


@asynccontextmanager
async def opened(url: URL, *, deadline: float) -> AsyncIterator[Snapshot]:
    """Beside what the log has open itself, in the caller's event loop.

    Raises:
        LogUnavailable: the database cannot be reached.
    """
    engine = open_engine(url, deadline=deadline)
    # One moment for all questions; in SQLite a transaction that reads has that anyway.
    steady = {} if is_sqlite(url) else {"isolation_level": "REPEATABLE READ"}
    try:
        async with AsyncExitStack() as stack:
            with _told():
                connecting = engine.execution_options(**steady).connect()
                connection = await stack.enter_async_context(connecting)
            yield Snapshot(connection)
    finally:
        await engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except FOREIGN as error:
        raise LogUnavailable(f"{type(error).__name__}: the log cannot be read") from error


def _first_id(moment: datetime) -> str:
    """The smallest UUIDv7 of this moment (RFC 9562, section 5.7)."""
    return str(UUID(int=epoch_ms(moment) << 80 | 7 << 76 | 0b10 << 62))
