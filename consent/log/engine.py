"""From a URL to connections that are durable, wait for nobody, and say BEGIN themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from consent.errors import ConfigError, Problem

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
CONNECTIONS = 8
"""Per process; all but one are readers on SQLite, which has one writer at a time."""


def parse(url: str) -> URL:
    """The URL with the driver that suits an event loop, its path absolute.

    Raises:
        ConfigError: E080; not a URL, another database, or a database in memory.
    """
    try:
        given = make_url(url)
    except ArgumentError:
        raise _refused("is not a URL.") from None
    backend = given.get_backend_name()
    if backend not in DRIVERS:
        raise _refused(f"names {backend!r}.")
    if backend == "sqlite":
        if given.database in {None, "", ":memory:"}:
            raise _refused("keeps the proof in memory, where it ends with the process.")
        # Resolved now: the working directory may be another when the file is opened.
        given = given.set(database=str(Path(str(given.database)).absolute()))
    return given.set(drivername=DRIVERS[backend])


def _refused(why: str) -> ConfigError:
    fix = "Write sqlite:///path/to/consent.db or postgresql://user@host/database."
    return ConfigError([Problem("E080", "log.url", f"The URL {why}", fix)])


def open_engine(url: URL, *, deadline: float) -> AsyncEngine:
    """An engine for one event loop; nothing is opened before the first use."""
    sqlite = is_sqlite(url)
    engine = create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=deadline,
        pool_pre_ping=not sqlite,
        # An error's text must not name a subject.
        hide_parameters=True,
        # 0: SQLite's own waiting blocks a thread and starves some writers for seconds; the log
        # repeats the transaction after random pauses instead.
        connect_args={"timeout": 0 if sqlite else deadline},
    )
    if sqlite:
        _attend(engine, str(url.database))
    return engine


def is_sqlite(url: URL) -> bool:
    """One file, one writer at a time."""
    return url.get_backend_name() == "sqlite"


def _attend(engine: AsyncEngine, path: str) -> None:
    def prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        _make_durable(connection)
        entry.info["file"] = _identity(path)

    def check(_: DBAPIConnection, entry: ConnectionPoolEntry, __: Any) -> None:
        # A file that was moved or deleted goes on taking writes that nobody will find.
        if _identity(path) != entry.info["file"]:
            raise DisconnectionError("the database file has been replaced")

    listen(engine.sync_engine, "connect", prepare)
    listen(engine.sync_engine, "checkout", check)
    listen(engine.sync_engine, "begin", _begin)


def _make_durable(connection: DBAPIConnection) -> None:
    """WAL lets readers go on; FULL makes COMMIT return after the data are on the disk."""
    try:
        # The driver would begin transactions by itself, late, and never IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except Exception:
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    """A writer takes the lock first: one that has read before cannot wait for it, only fail."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
