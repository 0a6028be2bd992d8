"""A whole log as JSON Lines: one value a line, enough to verify it without its database.

Bytes that are JSON themselves (bodies, notices, screens) are texts here, and what is not UTF-8 in
them, which only somebody who changed them can have written, is kept as lone surrogates: each byte
comes back. All other bytes are base64.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

from consent.log.snapshot import Part, Snapshot, Values

FORM = 1
"""Of the lines; their first one says it."""
SHOWN = ("notice", "screen")
NAMED = re.compile(rb'"(?:notice|screen|scripts)":"([0-9a-f]{64})"')
"""Of which of these, in the bytes of a record."""
BEFORE = ("head", "key", *SHOWN)
AFTER = ("tile", "checkpoint", "pruning", "witness")
TEXTS = {("record", "body"), ("notice", "content"), ("screen", "content")}
Line = tuple[str, dict[str, Any]]
"""Its type, and the rest."""
RECORD = ("id", "idempotency_key", "body_hash", "notice", "body")


async def lines(snapshot: Snapshot, part: Part) -> AsyncGenerator[str, None]:
    """Each line with its end. Of a part, the records and what they name, without the tree."""
    number = 0
    async for kind, value in _whole(snapshot) if part.whole else _part(snapshot, part):
        yield _line({"type": kind, **value})
        number += 1
    # So that a file that was cut off is not taken for a whole one.
    yield _line({"type": "end", "lines": number})


async def _whole(snapshot: Snapshot) -> AsyncGenerator[Line, None]:
    yield "export", {"form": FORM, "whole": True}
    for table in BEFORE:
        async for row in snapshot.table(table):
            yield table, _fields(table, row)
    async for row in snapshot.rows(Part()):
        yield "record", _record(row)
    async for row in snapshot.bare_leaves():
        yield "leaf", _fields("leaf", row)
    for table in AFTER:
        async for row in snapshot.table(table):
            yield table, _fields(table, row)


async def _part(snapshot: Snapshot, part: Part) -> AsyncGenerator[Line, None]:
    yield "export", {"form": FORM, "whole": False}
    named: set[str] = set()
    async for row in snapshot.rows(part):
        named.update(digest.decode() for digest in NAMED.findall(row["body"]))
        yield "record", _record(row)
    for table in SHOWN:
        async for row in snapshot.table(table):
            if row["hash"] in named:
                yield table, _fields(table, row)


def _record(values: Values) -> dict[str, Any]:
    """What is gone (a subject) or does not exist (a leaf of what still waits) is ``null``."""

    def beside(there: Any, names: Iterable[str]) -> dict[str, Any] | None:
        return _picked("", values, names) if there is not None else None

    return {
        **_picked("record", values, RECORD),
        "subject": beside(values["person"], ("subject", "seq", "salt")),
        "leaf": beside(values["idx"], ("idx", "hash")),
        "pending": beside(values["waits"], ("promise",)),
    }


def _fields(table: str, values: Values) -> dict[str, Any]:
    return _picked(table, values, values)


def _picked(table: str, values: Values, names: Iterable[str]) -> dict[str, Any]:
    return {name: _written(values[name], is_text=(table, name) in TEXTS) for name in names}


def _written(value: Any, *, is_text: bool) -> Any:
    if not isinstance(value, bytes):
        return value
    return value.decode(errors="surrogateescape") if is_text else b64encode(value).decode()


def _line(value: Mapping[str, Any]) -> str:
    # In ASCII, so that any byte survives any editor; a line's end is nowhere else.
    return json.dumps(value, separators=(",", ":")) + "\n"
