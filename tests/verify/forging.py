"""What somebody with a hand in the database can do to a log, by how much he has to do it with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

import rfc8785

from tests.verify.built import Built
from tests.verify.signing import Signer, frontier, leaf_of, signer

Database = sqlite3.Connection
STRANGER = signer(seed=99)
"""A key under the log's own name that nobody has endorsed."""


def edit(database: Database, number: int, change: Callable[[dict[str, object]], None]) -> None:
    """Other bytes for a record, as well-formed as the ones before; its columns and leaf follow."""
    name = Built().id(number)
    (body,) = database.execute("SELECT body FROM record WHERE id = ?", (name,)).fetchone()
    fields = json.loads(body)
    change(fields)
    put(database, name, rfc8785.dumps(fields))


def put(database: Database, name: str, body: bytes) -> None:
    """These bytes, with the leaf that they make."""
    database.execute("UPDATE record SET body = ? WHERE id = ?", (body, name))
    database.execute("UPDATE leaf SET hash = ? WHERE record_id = ?", (leaf_of(body), name))


def resign(database: Database, by: Signer) -> None:
    """Head and checkpoints again, over whatever the leaves are now."""
    leaves = [leaf for (leaf,) in database.execute("SELECT hash FROM leaf ORDER BY idx")]
    head = (len(leaves), frontier(leaves))
    database.execute("UPDATE head SET size = ?, frontier = ?", head)
    sizes = [size for (size,) in database.execute("SELECT size FROM checkpoint")]
    database.execute("DELETE FROM checkpoint")
    for size in sorted({*(size for size in sizes if size <= len(leaves)), len(leaves)}):
        row = (size, by.checkpoint(leaves[:size]))
        database.execute("INSERT INTO checkpoint VALUES (?, ?)", row)
    database.execute("DELETE FROM witness")


def cut(database: Database, size: int) -> None:
    """The log as it was at this size, every trace of what came after taken out."""
    gone = "(SELECT record_id FROM leaf WHERE idx >= ?)"
    for table in ("subject", "pending"):
        database.execute(f"DELETE FROM {table} WHERE record_id IN {gone}", (size,))
    database.execute(f"DELETE FROM record WHERE id IN {gone}", (size,))
    database.execute("DELETE FROM leaf WHERE idx >= ?", (size,))
    database.execute("DELETE FROM checkpoint WHERE size > ?", (size,))
    database.execute("DELETE FROM witness WHERE size > ?", (size,))
    leaves = [leaf for (leaf,) in database.execute("SELECT hash FROM leaf ORDER BY idx")]
    database.execute("UPDATE head SET size = ?, frontier = ?", (size, frontier(leaves)))


def rename(database: Database, number: int, column: str, value: object) -> None:
    """Something else in one column of one record."""
    name = Built().id(number)
    database.execute(f"UPDATE record SET {column} = ? WHERE id = ?", (value, name))
