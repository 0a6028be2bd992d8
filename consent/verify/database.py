"""What a log is read from: tables, as one snapshot, never written to.

The queries are the same for all: standard SQL without parameters. Whatever else comes one day (an
export, a dossier) is loaded into a table first, or answers ``columns`` and ``rows``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from consent.errors import LogUnreadable

PIECE = 2000
"""Rows fetched at once: memory stays the same however many there are."""
CACHE_KIB = 64 * 1024
LONGEST = 64 << 20
"""Bytes of one value; a column can be declared to be computed, and then be of any length."""
PACE = 1_000_000
"""Steps of SQLite's machine from one look at how many there have been to the next."""
LEAST_STEPS = 100 * PACE
STEPS_PER_BYTE = 2
"""A log of four services takes a twentieth of that. Where indexes were taken away, or pages lead in
circles, there is no end to it."""
ENDLESS = "reading it does not come to an end: indexes are missing, or its pages lead in circles"


class Database(Protocol):
    """A snapshot of one log."""

    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns of every table, and of whatever else answers like one."""
        ...

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The answer, in pieces; several may be read in turns.

        Raises:
            LogUnreadable: it broke off.
        """
        ...

    def close(self) -> None: ...


class SqliteDatabase:
    """A file, read by the standard library.

    Raises:
        LogUnreadable: there is none, or it is no database.
    """

    _steps, _most = 0, 0

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise LogUnreadable(f"there is no file {path}")
        # A log that was copied to where nobody may write has no place for the index of its
        # write-ahead log; without such a log beside it, it needs none.
        wal = path.with_name(path.name + "-wal")
        try:
            self._connection = _open(path, "mode=ro")
        except sqlite3.Error:
            if wal.exists():
                raise LogUnreadable(f"{path} and {wal.name} cannot be read together") from None
            try:
                self._connection = _open(path, "mode=ro&immutable=1")
            except sqlite3.Error as error:
                raise LogUnreadable(str(error)) from error
        files = (each.stat().st_size for each in (path, wal) if each.exists())
        self._most = LEAST_STEPS + STEPS_PER_BYTE * sum(files)
        self._connection.set_progress_handler(self._is_too_far, PACE)

    def columns(self) -> Mapping[str, frozenset[str]]:
        """Of tables and views; a trigger is one of no columns."""
        found: dict[str, set[str]] = {}
        for kind, name, column in self.rows(
            "SELECT s.type, s.name, c.name FROM sqlite_master s"
            " LEFT JOIN pragma_table_xinfo(s.name) c ON s.type <> 'trigger'"
            " WHERE s.type IN ('table', 'view', 'trigger') AND s.name NOT LIKE 'sqlite\\_%'"
            " ESCAPE '\\'"
        ):
            columns = found.setdefault(name if kind == "table" else f"{kind} {name}", set())
            if column is not None:
                columns.add(column)
        return {name: frozenset(columns) for name, columns in found.items()}

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """One query, by a cursor of its own."""
        try:
            yield from self._connection.execute(query)
        except sqlite3.Error as error:
            if self._steps > self._most:
                raise LogUnreadable(ENDLESS) from error
            raise LogUnreadable(str(error)) from error

    def _is_too_far(self) -> bool:
        self._steps += PACE
        return self._steps > self._most

    def close(self) -> None:
        self._connection.close()


def _open(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        # What a schema computes may not reach for what has effects.
        connection.execute("PRAGMA trusted_schema = OFF")
        # Until its end everything is seen as it is at the first read.
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
