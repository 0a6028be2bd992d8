"""Rows that no record leads to: what hangs in the air, stands there twice, or leaves a gap."""

from __future__ import annotations

from consent.verify.database import Database
from consent.verify.report import Code, Report

HANGING = (
    ("subject", "record_id", "record", "id"),
    ("pending", "record_id", "record", "id"),
    ("delivery", "record_id", "record", "id"),
    ("attempt", "record_id", "record", "id"),
    ("trial", "record_id", "record", "id"),
)
UNIQUE = (
    ("notice", "hash"),
    ("screen", "hash"),
    ("record", "id"),
    ("record", "idempotency_key"),
    ("subject", "record_id"),
    ("subject", "subject, seq"),
    ("pending", "record_id"),
    ("leaf", "record_id"),
    ("checkpoint", "size"),
    ("key", "vkey"),
    ("witness", "size, kind, name"),
    ("pruning", "first"),
)
GAPS = """
SELECT COUNT(*), MIN(seq), MAX(seq) FROM subject WHERE seq > 0
GROUP BY subject HAVING MIN(seq) <> 1 OR MAX(seq) <> COUNT(*)
"""
"""Whose it is, is not told: what is erased from a log would stay in the reports about it."""


def check_rows(database: Database, tables: frozenset[str], report: Report, pruned: bool) -> None:
    """What the constraints of the database should rule out is not taken from them."""
    for table, column, other, key in HANGING:
        if table in tables:
            for name, *_ in database.rows(
                f"SELECT a.{column} FROM {table} a WHERE NOT EXISTS"  # noqa: S608
                f" (SELECT 1 FROM {other} b WHERE b.{key} = a.{column})"
            ):
                report.add(Code.FOREIGN, f"table {table}", f"names a {other} {name!r:.60}")
    query = "SELECT p.record_id FROM pending p JOIN leaf l ON l.record_id = p.record_id"
    for (name,) in database.rows(query):
        report.add(Code.FOREIGN, "table pending", f"record {name!r:.60} is in the tree already")
    for table, columns in UNIQUE:
        _check_unique(database, table, columns, report)
    _check_numbers(database, report, pruned)


def _check_unique(database: Database, table: str, columns: str, report: Report) -> None:
    first = columns.partition(",")[0]
    for (number,) in database.rows(
        f"SELECT COUNT(*) FROM {table} WHERE {first} IS NOT NULL"  # noqa: S608
        f" GROUP BY {columns} HAVING COUNT(*) > 1"
    ):
        report.add(Code.DUPLICATE, f"table {table}", f"{number} rows with the same {columns}")


def _check_numbers(database: Database, report: Report, pruned: bool) -> None:
    """A refusal is acted on when it cannot be written, and takes a number: so a gap is no proof
    that something was taken out (the tree tells that), but worth a look. What is no choice of its
    own, an objection of the browser's, has a number below zero."""
    for number, first, last in database.rows(GAPS):
        if not pruned or last - first + 1 != number:
            what = f"somebody's choices, {number} of them, are numbered {first} to {last}"
            report.add(Code.GAP, "table subject", what)
