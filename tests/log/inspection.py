"""Reads a whole log from its file, without the code that wrote it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple


class Stored(NamedTuple):
    """One record with what must be stored beside it."""

    id: str
    idempotency_key: str | None
    body_hash: str | None
    notice: str
    body: bytes
    content: bytes | None
    subject: str | None
    seq: int | None
    salt: bytes | None


ALL = """
    SELECT r.id, r.idempotency_key, r.body_hash, r.notice, r.body,
           n.content, s.subject, s.seq, s.salt
    FROM record r LEFT JOIN notice n ON n.hash = r.notice LEFT JOIN subject s ON s.record_id = r.id
    ORDER BY r.id
"""


def verified(path: Path) -> list[Stored]:
    """Every record, after checking each column of each table against the bytes."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        stored = [Stored(*row) for row in database.execute(ALL)]
        people = database.execute("SELECT count(*) FROM subject").fetchone()[0]
    assert people == len(stored)
    for row in stored:
        _verify(row)
    return stored


def _verify(row: Stored) -> None:
    fields: dict[str, Any] = json.loads(row.body)
    columns = (row.id, row.idempotency_key, row.body_hash, row.notice)
    assert columns == tuple(fields[n] for n in ("id", "idempotency_key", "body_hash", "notice"))
    assert row.content is not None
    assert sha256(row.content).hexdigest() == row.notice
    personal = json.dumps({"seq": row.seq, "subject": row.subject}, separators=(",", ":"))
    assert row.salt is not None
    assert sha256(row.salt + personal.encode()).hexdigest() == fields["commitment"]
