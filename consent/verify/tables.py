"""The tables that are known, and the types that their columns must hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import NoneType
from typing import Any

from consent.verify.database import Database
from consent.verify.report import Code, Report

Types = tuple[type, ...]
TEXT: Types = (str,)
NUMBER: Types = (int,)
BYTES: Types = (bytes,)
TEXT_OR_NONE: Types = (str, NoneType)
NUMBER_OR_NONE: Types = (int, NoneType)
BYTES_OR_NONE: Types = (bytes, NoneType)

PROOF: Mapping[str, Mapping[str, Types]] = {
    "notice": {"hash": TEXT, "content": BYTES},
    "screen": {"hash": TEXT, "content": BYTES},
    "record": {
        "id": TEXT,
        "idempotency_key": TEXT_OR_NONE,
        "body_hash": TEXT_OR_NONE,
        "notice": TEXT,
        "body": BYTES,
    },
    "subject": {"record_id": TEXT, "subject": TEXT, "seq": NUMBER, "salt": BYTES},
    "pending": {"record_id": TEXT, "promise": BYTES_OR_NONE},
    "leaf": {"idx": NUMBER, "record_id": TEXT, "hash": BYTES},
    "tile": {"level": NUMBER, "idx": NUMBER, "hash": BYTES},
    "head": {"id": NUMBER, "origin": TEXT, "size": NUMBER, "frontier": BYTES, "minimum": NUMBER},
    "checkpoint": {"size": NUMBER, "note": TEXT},
    "key": {"vkey": TEXT, "endorsement": TEXT_OR_NONE},
    "pruning": {"first": NUMBER, "note": TEXT},
    "witness": {"size": NUMBER, "kind": TEXT, "name": TEXT, "content": BYTES},
}
"""What is proof: every column is looked at."""

WORK: Mapping[str, frozenset[str]] = {
    "delivery": frozenset({"record_id", "hook", "attempts", "due_ms"}),
    "attempt": frozenset({"record_id", "hook", "number", "at_ms", "error"}),
    "held": frozenset({"day", "site", "host", "service", "outcome", "times"}),
    "hold": frozenset({"subject", "reason", "until"}),
    "trial": frozenset({"record_id"}),
    "request": frozenset({"received", "answered", "kind", "outcome", "times"}),
    "farewell": frozenset({"id", "hook", "subject", "seq", "record_id", "attempts", "due_ms"}),
    "consent_schema": frozenset({"version_num"}),
}
"""What is in the same database and proves nothing: only that its rows name records that exist."""


def check_schema(columns: Mapping[str, frozenset[str]], report: Report) -> bool:
    """Is everything there that is to be read? What is there besides is told."""
    known = {table: frozenset(names) for table, names in PROOF.items()}
    whole = True
    for table, names in known.items():
        for name in sorted(names - columns.get(table, frozenset())):
            report.add(Code.SCHEMA, f"table {table}", f"there is no column {name}")
            whole = False
    for table, found in columns.items():
        expected = known.get(table) or WORK.get(table)
        if expected is None:
            report.add(Code.UNKNOWN_TABLE, table, "not known, and not looked at")
            continue
        for name in sorted(found - expected):
            report.add(Code.UNKNOWN_COLUMN, f"{table}.{name}", "not known, and not looked at")
    return whole


def read(
    database: Database, query: str, types: Iterable[Types], report: Report, where: str
) -> Iterator[tuple[Any, ...]]:
    """The rows whose values have these types; the others are told.

    SQLite takes any value for any column, and what is computed from it later must not stumble.
    """
    wanted = tuple(types)
    seen: set[Types] = set()
    for row in database.rows(query):
        kinds = tuple(map(type, row))
        if kinds not in seen:
            if not all(kind in each for kind, each in zip(kinds, wanted, strict=True)):
                report.add(Code.SCHEMA, where, f"a value of another type near {row[0]!r:.60}")
                continue
            seen.add(kinds)
        yield row


def all_of(database: Database, table: str, report: Report, order: str) -> Iterator[tuple[Any, ...]]:
    """The rows of one table, its columns as ``PROOF`` has them."""
    query = f"SELECT {', '.join(PROOF[table])} FROM {table} ORDER BY {order}"  # noqa: S608
    return read(database, query, PROOF[table].values(), report, f"table {table}")
