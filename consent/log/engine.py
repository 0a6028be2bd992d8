"""From a URL to connections that are durable, wait for nobody, and say BEGIN themselves."""

from __future__ import annotations

import os
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from consent.errors import Code, ConfigError, Problem
from consent.log.file import open_file

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
CACHE = "statement_cache_size"
"""In the URL of a PostgreSQL that is reached by a pool of transactions, as PgBouncer: 0."""
CONNECTIONS = 8
"""Per process; all but one are readers on SQLite, which has one writer at a time."""


def parse(url: str) -> URL:
    """The URL with the driver that suits an event loop, its path absolute.

    Raises:
        ConfigError: E030; not a URL, another database, one in memory or on a host that a file does
            not have, or one without its driver.
    """
    try:
        given = make_url(url)
    # Several ports, as one, are no number.
    except (ArgumentError, ValueError):
        raise _refused("cannot be read.") from None
    backend = given.get_backend_name()
    if backend not in DRIVERS:
        raise _refused(f"names {backend!r}.")
    if backend == "sqlite":
        if given.host:
            # What stands behind two slashes is a host, and SQLite would look for no file there.
            path = "/".join(filter(None, [given.host, given.database]))
            fix = f"Write sqlite:///{path}, or four slashes for a path from the root."
            raise _refused("has two slashes, and a file is named behind three.", fix)
        if given.database in {None, "", ":memory:"}:
            raise _refused("keeps the proof in memory, where it ends with the process.")
        # Resolved now: the working directory may be another when the file is opened.
        given = given.set(database=str(Path(str(given.database)).absolute()))
    elif find_spec("asyncpg") is None:
        raise _refused("needs asyncpg.", fix="Install asgi-consent[postgresql].")
    elif given.query.get(CACHE, "0") != "0":
        raise _refused(f"has another {CACHE} than 0.", fix="Write 0, or leave it out.")
    return given.set(drivername=DRIVERS[backend])


def _refused(
    why: str, fix: str = "Write sqlite:///path/to/consent.db or postgresql://user@host/database."
) -> ConfigError:
    return ConfigError([Problem(Code.LOG_URL, "log.url", f"The URL {why}", fix)])


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
        **_opening(url, deadline),
    )
    if sqlite:
        # Each step of SQLite's gives Python's lock away, and a busy site keeps it for milliseconds
        # while others wait for the file: many rows are one step.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        _attend(engine, str(url.database))
    return engine


def is_sqlite(url: URL) -> bool:
    """One file, one writer at a time."""
    return url.get_backend_name() == "sqlite"


def _opening(url: URL, deadline: float) -> dict[str, Any]:
    if is_sqlite(url):
        return {"async_creator": partial(open_file, str(url.database))}
    import asyncpg  # type: ignore[import-untyped]

    pooled = url.query.get(CACHE) == "0"
    # Read as libpq does, and ``consent verify``; SQLAlchemy has names of its own, and fewer.
    plain = url.difference_update_query([CACHE]).set(drivername="postgresql")
    connect = partial(
        asyncpg.connect, plain.render_as_string(hide_password=False), timeout=deadline
    )
    if not pooled:
        return {"async_creator": connect}
    # Behind PgBouncer each transaction may be on another connection: nothing that was prepared in
    # one is there in the next, and a name may be there already. So none is kept, and none named.
    unnamed = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    dialect = url.get_dialect().import_dbapi()
    connect = partial(connect, statement_cache_size=0)
    return {"creator": partial(dialect.connect, async_creator_fn=connect, **unnamed)}


def _attend(engine: AsyncEngine, path: str) -> None:
    def note(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["file"] = _identity(path)

    def check(_: DBAPIConnection, entry: ConnectionPoolEntry, __: Any) -> None:
        # A file that was moved or deleted goes on taking writes that nobody will find.
        if _identity(path) != entry.info["file"]:
            raise DisconnectionError("the database file has been replaced")

    listen(engine.sync_engine, "connect", note)
    listen(engine.sync_engine, "checkout", check)
    listen(engine.sync_engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
