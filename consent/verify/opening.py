"""From what somebody names to what can be read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from consent.errors import LogUnreadable
from consent.verify.database import Database, SqliteDatabase
from consent.verify.lines import FIRST, LinesDatabase

SQLITE = b"SQLite format 3\0"
SQLITE_URL = "sqlite:///"
POSTGRESQL_URLS = ("postgresql://", "postgres://")


def open_url(url: str) -> Database:
    """The log behind a URL, as ``log.url`` has it.

    Raises:
        LogUnreadable: it cannot be opened, or its driver is not installed.
        ValueError: it is of no kind of database that a log is kept in.
    """
    scheme, _, rest = url.partition("://")
    # The writer may name its driver; ours is always the same.
    plain = f"{scheme.partition('+')[0]}://{rest}"
    if plain.startswith(SQLITE_URL):
        return SqliteDatabase(Path(unquote(plain.removeprefix(SQLITE_URL).partition("?")[0])))
    if plain.startswith(POSTGRESQL_URLS):
        return _postgresql(plain)
    raise ValueError("write sqlite:///path/to/consent.db or postgresql://user@host/database")


def open_file(path: Path) -> Database:
    """The log in a file: its database, or an export of it.

    Raises:
        LogUnreadable: there is none, or it is not one.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(max(len(SQLITE), len(FIRST)))
    except OSError as error:
        raise LogUnreadable(f"{path}: {error.strerror}") from error
    if begin.startswith(FIRST):
        return LinesDatabase(path)
    if not begin.startswith(SQLITE):
        raise LogUnreadable(f"{path} is no log, no dossier, no receipt and no proof")
    return SqliteDatabase(path)


def _postgresql(url: str) -> Database:
    try:
        from consent.verify.postgresql import PostgresqlDatabase
    except ImportError as error:
        raise LogUnreadable("PostgreSQL needs asgi-consent[postgresql]") from error
    return PostgresqlDatabase(url)
