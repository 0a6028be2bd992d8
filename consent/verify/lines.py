"""An export of a whole log as JSON Lines (docs/export.md), verified as the log itself would be.

Its values go into tables of a database that exists for as long as it is read, and has none of the
constraints that would keep out what has to be found.
"""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from consent.errors import LogUnreadable, said
from consent.verify.database import SqliteDatabase
from consent.verify.tables import PROOF

FIRST = b'{"type":"export",'
FORM = 1
LONGEST = 1 << 26
"""Bytes of a line; the largest that a log makes are scripts, of some hundred thousand."""
TEXTS = {("record", "body"), ("notice", "content"), ("screen", "content")}
"""Bytes that are written as they are; what is not UTF-8 in them, as lone surrogates."""
BESIDE = ("subject", "leaf", "pending")
"""Rows of other tables that stand with the record that they are about."""
INDEXES = (
    "record (id)",
    "subject (record_id)",
    "leaf (record_id)",
    "leaf (idx)",
    "pending (record_id)",
    "notice (hash)",
    "checkpoint (size)",
)


class LinesDatabase(SqliteDatabase):
    """An export, in a database without a name that takes room on the disk and not in memory.

    Raises:
        LogUnreadable: it is not one, not whole, or was cut off.
    """

    def __init__(self, path: Path) -> None:
        connection = sqlite3.connect("", isolation_level=None)
        try:
            with path.open("rb") as file:
                _load(file, connection)
        except (OSError, ValueError, KeyError, sqlite3.Error, OverflowError) as error:
            connection.close()
            raise LogUnreadable(f"{path}: {said(error)}") from error
        self._connection = connection


def _load(file: BinaryIO, connection: sqlite3.Connection) -> None:
    for table, columns in PROOF.items():
        # Without a type, so that each value stays of the type that it has.
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    connection.execute("BEGIN")
    for number, value in _values(file):
        try:
            _insert(value.pop("type"), value, connection)
        except (ValueError, KeyError, TypeError, AttributeError, sqlite3.Error) as error:
            raise ValueError(f"line {number} is not that of an export") from error
    for index, place in enumerate(INDEXES):
        connection.execute(f"CREATE INDEX index_{index} ON {place}")
    connection.execute("COMMIT")


def _values(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines between the first and the last, which say what and how many they are."""
    number, value = 0, _read(file.readline(LONGEST))
    if value != {"type": "export", "form": FORM, "whole": True}:
        raise ValueError("the export of a part of a log, or of another release: not verifiable")
    for line in iter(lambda: file.readline(LONGEST), b""):
        number += 1
        value = _read(line)
        if value.get("type") == "end":
            break
        yield number + 1, value
    if value != {"type": "end", "lines": number} or file.read(1):
        raise ValueError("is not whole: its end is missing, or lines are")


def _read(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=_once) if line.endswith(b"\n") else None
    except RecursionError as error:
        raise ValueError("a line is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("a line is no JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What stands there twice would be read differently by different readers."""
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name stands there twice")
    return value


def _insert(table: str, value: dict[str, Any], connection: sqlite3.Connection) -> None:
    if table == "record":
        for name in BESIDE:
            row = value.pop(name)
            if row is not None:
                _insert_row(name, {"record_id": value["id"], **row}, connection)
    _insert_row(table, value, connection)


def _insert_row(table: str, row: Mapping[str, Any], connection: sqlite3.Connection) -> None:
    columns = PROOF[table]
    if row.keys() != columns.keys():
        raise ValueError("other names than those of its table")
    values = [_value(table, name, row[name]) for name in columns]
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608


def _value(table: str, name: str, value: Any) -> Any:
    if isinstance(value, str) and bytes in PROOF[table][name]:
        if (table, name) in TEXTS:
            return value.encode(errors="surrogateescape")
        return b64decode(value, validate=True)
    if value is None or type(value) in (str, int):
        return value
    raise ValueError("a value of no type of the log's")
