"""Tries a transaction again while others hold the database."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from consent.errors import LogUnavailable, LogUnwritable, said

T = TypeVar("T")

FOREIGN = (SQLAlchemyError, sqlite3.Error, OSError)
"""All that a database, its driver, its pool and its network raise."""

BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
PASSING = frozenset({"40001", "40P01", "42P07"})
"""PostgreSQL: serialisation failure, deadlock, and a table that another process has just made."""
SEALED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
FORBIDDEN = frozenset({"42501", "25006"})
"""PostgreSQL: a role without the right, and a server or a role that takes no writes at all."""
FILE = (
    "Let the user that runs this write the file, its folder, and the two files ending in -wal and"
    " -shm beside it."
)
ROLE = (
    "Make the role in the URL the owner of the tables and let it create some; of several servers,"
    " say target_session_attrs=read-write in the URL."
)
SHORTEST, LONGEST = 0.0005, 0.005
"""Bounds of the pauses, in seconds."""


async def patiently(work: Callable[[], Awaitable[T]], *, longest: float = LONGEST) -> T:
    """Do ``work``, a whole transaction, until it is done; the caller sets the time limit.

    Pauses are random within a bound that doubles up to ``longest`` seconds: SQLite's own waiting,
    regular and growing, keeps the same writers losing for seconds.

    Raises:
        LogUnavailable: it cannot be done.
    """
    bound = SHORTEST
    while True:
        try:
            return await work()
        except FOREIGN as error:
            if not passes(error):
                raise translated(error) from error
        await asyncio.sleep(random.uniform(0, bound))  # noqa: S311 - a pause, not a secret
        bound = min(2 * bound, longest)


def passes(error: BaseException) -> bool:
    """Whether the same transaction may succeed a moment later."""
    if isinstance(error, IntegrityError):
        return True
    cause = getattr(error, "orig", error)
    broken = isinstance(error, DBAPIError) and error.connection_invalidated
    return broken or is_busy(cause) or getattr(cause, "sqlstate", None) in PASSING


def is_busy(error: BaseException) -> bool:
    """Whether another connection holds SQLite's file."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY


def translated(error: BaseException) -> LogUnavailable:
    """What went wrong, without the statement."""
    cause = getattr(error, "orig", error)
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in SEALED:
        return LogUnwritable(f"SQLite may not write there: {cause}.", FILE)
    if getattr(cause, "sqlstate", None) in FORBIDDEN:
        return LogUnwritable(f"PostgreSQL takes no writes there: {_said(cause)}.", ROLE)
    return LogUnavailable(_said(cause))


def _said(cause: BaseException) -> str:
    return said(cause) if isinstance(cause, OSError) else f"{type(cause).__name__}: {cause}"
