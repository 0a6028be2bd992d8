"""A connection to SQLite's file that holds its one lock for as short as it can."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

import aiosqlite

from consent.log.patience import LONGEST, SHORTEST, is_busy

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    # Keys are random: in a large log each insert is on other pages, which are better kept (16 MB
    # a connection) and written back seldom (every 16 MB) than read and written each time.
    "cache_size = -16000",
    "wal_autocheckpoint = 4000",
)
QUICKLY = "BEGIN IMMEDIATE"
"""Takes the lock first: a writer that has read before cannot wait for it, only fail."""
SLOWLY = "BEGIN EXCLUSIVE"
"""The same in WAL mode, said by what may take long."""
EAGER = 0.02
"""Seconds of waiting for the lock after which the pauses are half as long."""


class File(aiosqlite.Connection):
    """Executes statements in a thread of its own, but for those of a quick writer.

    On the way to that thread and back, each statement waits for Python's lock, which a busy site
    keeps for milliseconds, and meanwhile everybody else for the file's. So a quick writer executes
    them where they come from: none of them waits for anything but COMMIT, for the disk.
    """

    _in_place = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if args[:1] == (QUICKLY,):
            return await self._locked(partial(fn, *args, **options))
        if self._in_place:
            return fn(*args, **options)
        return await super()._execute(fn, *args, **options)  # type: ignore[no-untyped-call]

    async def _locked(self, begin: Callable[[], Any]) -> Any:
        """Who has waited longer asks more often; pauses are random, or some would always lose."""
        begun = monotonic()
        while True:
            try:
                began = begin()
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
            else:
                self._in_place = True
                return began
            longest = max(SHORTEST, LONGEST / (1 + (monotonic() - begun) / EAGER))
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - a pause, not a secret

    async def commit(self) -> None:
        """Waits for the disk."""
        self._in_place = False
        await super().commit()

    async def rollback(self) -> None:
        """What is asked of each connection that is given back, whether it has begun or not."""
        self._in_place = False
        if self.in_transaction:
            await super().rollback()


async def open_file(path: str) -> File:
    """A connection whose COMMIT returns after the data are on the disk (FULL), while readers go on
    (WAL); or a failure that leaves no thread behind to report to a loop that may be closed by then.

    What is deleted is overwritten with zeros, from the first row on: a page that is split leaves
    copies behind that no later deletion would find (edges.md P1).

    No timeout: SQLite's own waiting blocks a thread and starves some writers for seconds. No
    isolation level: the driver would begin transactions by itself, late, and never IMMEDIATE.
    """
    # Of two threads, but never at the same time.
    options = {"timeout": 0, "isolation_level": None, "check_same_thread": False}
    connection = File(partial(sqlite3.connect, path, **options), iter_chunk_size=64)
    thread = connection._thread
    thread.daemon = True
    try:
        await connection
        for pragma in PRAGMAS:
            await (await connection.execute(f"PRAGMA {pragma}")).close()
    except BaseException:
        await connection.close()
        await asyncio.to_thread(thread.join)
        raise
    return connection
