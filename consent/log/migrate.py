"""Brings the tables to the newest revision, whoever comes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, column, inspect, select, table, text

from consent.errors import LogUnavailable

NEWEST = "0009"
VERSION_TABLE = "consent_schema"
"""Not Alembic's usual name: the site may keep its own tables, and revisions, in this database."""

TOUCH = text("UPDATE consent_schema SET version_num = version_num")
"""Changes nothing, but is a write: others wait for it, and its COMMIT for the disk.

PostgreSQL shows others a record whose COMMIT was given up while it waited for the standby. Whoever
answers with such a record must have waited for the standby as well, and only writers wait.
"""

PAUSE = 0.05
"""Seconds between two looks at whether another log of this process is done."""

_one_at_a_time = Lock()


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """One upgrade at a time: Alembic keeps its running environment in module globals.

    Each log lives in a thread of its own, which must not stand still meanwhile: what is begun has
    its time limits there, and whoever upgrades may be waiting for that very thread to end.
    """
    while not _one_at_a_time.acquire(blocking=False):  # noqa: ASYNC110 - of other loops
        await asyncio.sleep(PAUSE)
    try:
        yield
    finally:
        _one_at_a_time.release()


def is_newest(connection: Connection) -> bool:
    """Whether there is nothing to do, found out without writing."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return False
    version = table(VERSION_TABLE, column("version_num"))
    return connection.scalar(select(version.c.version_num)) == NEWEST


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the missing revisions in the connection's transaction, which holds the write lock.

    To be called in one's ``turn``.

    Args:
        revision: the last to run, as ``0004``; without it, all are.

    Raises:
        LogUnavailable: the tables are of a later release than this one.
    """
    # Only the first process ever needs Alembic, and it takes a fifth of a second to import.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if inspect(connection).has_table(VERSION_TABLE):
        # Where writers do not exclude each other anyway: the second waits here for the first.
        connection.execute(TOUCH)
    config = Config(attributes={"connection": connection})
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise LogUnavailable(str(error)) from error
