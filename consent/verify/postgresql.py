"""A log on PostgreSQL, read by cursors on the server, in one read-only snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]

from consent.errors import LogUnreadable, said
from consent.verify.database import PIECE

T = TypeVar("T")
POOLED = "statement_cache_size=0"
"""What a URL says of a pool; the driver would send it to the server."""
PATIENCE = 60.0
"""Seconds for the server to answer at all."""
COLUMNS = """
SELECT table_name::text, column_name::text FROM information_schema.columns
WHERE table_schema = current_schema()
UNION ALL SELECT 'trigger ' || t.tgname, NULL FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND NOT t.tgisinternal
"""


def _connected(url: str) -> Awaitable[Any]:
    place, _, query = url.partition("?")
    kept = [each for each in query.split("&") if each not in ("", POOLED)]
    # A pool of transactions, as PgBouncer, does not have in one what was prepared in another.
    size = {"statement_cache_size": 0} if POOLED in query.split("&") else {}
    plain = f"{place}?{'&'.join(kept)}" if kept else place
    connected: Awaitable[Any] = asyncpg.connect(plain, timeout=PATIENCE, **size)
    return connected


class PostgresqlDatabase:
    """A database behind a URL; it runs an event loop of its own, so not inside of another one.

    Raises:
        LogUnreadable: nobody answers there, or not to us.
    """

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        try:
            self._connection = self._run(_connected(url))
            snapshot = self._connection.transaction(isolation="repeatable_read", readonly=True)
            self._run(snapshot.start())
        except LogUnreadable:
            self._runner.close()
            raise

    def columns(self) -> Mapping[str, frozenset[str]]:
        """Of tables and views; a trigger is one of no columns."""
        found: dict[str, set[str]] = {}
        for name, column in self.rows(COLUMNS):
            columns = found.setdefault(name, set())
            if column is not None:
                columns.add(column)
        return {name: frozenset(columns) for name, columns in found.items()}

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """One query, by a cursor of its own."""
        cursor = self._run(self._connection.cursor(query))
        while piece := self._run(cursor.fetch(PIECE)):
            yield from map(tuple, piece)

    def close(self) -> None:
        """Hang up; there was nothing to commit."""
        self._connection.terminate()
        self._runner.close()

    def _run(self, asked: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await asked

        try:
            return self._runner.run(awaited())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            raise LogUnreadable(said(error)) from error
