"""Many records in one transaction, and for each its own answer, as if it had come alone.

Keys and numbers that are taken are looked up in the transaction that inserts the rest. What another
process inserts in between makes the insert fail; all is rolled back and decided again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import IdempotencyConflict, LogUnavailable, SequenceTaken
from consent.log import rows, schema
from consent.log.admission import replayed
from consent.model import Notice
from consent.record import Record, encode

Deliveries = Sequence[Mapping[str, Any]]
"""Rows of what is to be told of a record."""
FIRST = 1
"""The number of a new visitor's choice."""
Promise = Callable[[bytes], bytes | None]
"""Signs that a record, given by its bytes, will be in the tree."""


class Entry:
    """One record on its way, and what became of it."""

    __slots__ = ("body", "deliveries", "notice", "outcome", "record", "until")

    def __init__(
        self, record: Record, notice: Notice, deliveries: Deliveries, until: float
    ) -> None:
        """``until``: by the monotonic clock; after it nobody waits for the answer any more."""
        self.record = record
        self.notice = notice
        self.deliveries = deliveries
        self.until = until
        self.body = encode(record)
        self.outcome: Record | Exception | None = None

    @property
    def in_time(self) -> bool:
        """Whoever has been told that it failed must not find it stored much later."""
        return monotonic() < self.until


class Batch:
    """What one transaction does with some entries; nothing of it counts before COMMIT."""

    def __init__(self, connection: AsyncConnection, entries: Iterable[Entry]) -> None:
        self._connection = connection
        self._entries = [entry for entry in entries if entry.in_time]
        self._keys: dict[str, Record] = {}
        self._numbers: set[tuple[str, int]] = set()
        self._outcomes: list[tuple[Entry, Record | Exception]] = []
        self.replays = False
        """Was anybody answered with what is stored already?"""

    async def decide(self, *, trusting: bool) -> list[Entry]:
        """The entries that are to be inserted.

        Args:
            trusting: new visitors, whose random ids nobody has, are not looked up; should
                somebody have one, the insert fails.
        """
        await self._look_up(trusting)
        return [entry for entry in self._entries if self._is_new(entry)]

    def settle(self) -> None:
        """After COMMIT: the answers count."""
        for entry, outcome in self._outcomes:
            entry.outcome = outcome

    async def _look_up(self, trusting: bool) -> None:
        keys = {key for entry in self._entries if (key := entry.record.idempotency_key)}
        for row in await self._all(rows.with_keys(rows.padded(sorted(keys)))) if keys else ():
            self._keys[row.idempotency_key] = rows.record_from(row)
        records = [entry.record for entry in self._entries]
        numbers = [_number(each) for each in records if not trusting or each.seq != FIRST]
        for row in await self._all(rows.holders(rows.padded(numbers))) if numbers else ():
            self._numbers.add((row.subject, row.seq))

    def _is_new(self, entry: Entry) -> bool:
        record = entry.record
        number, key = _number(record), record.idempotency_key
        outcome: Record | Exception = record
        if key and key in self._keys:
            self.replays = True
            outcome = _replayed(self._keys[key], record)
        elif number in self._numbers:
            outcome = SequenceTaken(f"sequence number {record.seq} is taken")
        self._outcomes.append((entry, outcome))
        if outcome is not record:
            return False
        self._numbers.add(number)
        if key:
            self._keys[key] = record
        return True

    async def _all(self, query: Select[Any]) -> Sequence[Any]:
        found: Sequence[Any] = (await self._connection.execute(query)).all()
        return found


def unanswered(entries: Sequence[Entry]) -> list[Entry]:
    """Those for which nothing has been decided durably."""
    return [entry for entry in entries if entry.outcome is None]


def refuse(entries: Sequence[Entry], error: LogUnavailable) -> None:
    """Tell all that have no answer yet."""
    for entry in unanswered(entries):
        entry.outcome = error


def rows_of(entries: Sequence[Entry], promise: Promise) -> dict[Table, list[Mapping[str, Any]]]:
    """What is inserted, in this order."""
    return {
        schema.record: [rows.proof(entry.record, entry.body) for entry in entries],
        schema.subject: [rows.person(entry.record) for entry in entries],
        schema.pending: [rows.due(entry.record, promise(entry.body)) for entry in entries],
        schema.delivery: [row for entry in entries for row in entry.deliveries],
    }


def _number(record: Record) -> tuple[str, int]:
    return str(record.subject), record.seq


def _replayed(stored: Record, again: Record) -> Record | Exception:
    try:
        return replayed(stored, again)
    except IdempotencyConflict as error:
        return error
