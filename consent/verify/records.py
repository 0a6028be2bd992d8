"""One record against itself: its bytes, the columns beside them, and its erasable part."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any, NamedTuple

from consent.verify.bodies import fields_of, in_ms, is_committed, made_ms_of
from consent.verify.report import Code, Report

SKEW_MS = 300_000
"""By which the clocks of two machines may differ."""
LONGEST_WAY_MS = 86_400_000
"""A refusal that could not be written at once is written later; hardly a day."""


class Row(NamedTuple):
    """A record as it is stored: its columns, and those of its subject where there is one."""

    id: str
    idempotency_key: str | None
    body_hash: str | None
    notice: str
    body: bytes
    subject: str | None
    seq: int | None
    salt: bytes | None


class Records:
    """Looks at one record after the other, in the order in which they came to the log."""

    def __init__(
        self, report: Report, *, notices: Set[str], screens: Set[str], now: datetime
    ) -> None:
        self._report = report
        self._notices = notices
        self._screens = screens
        self._latest_ms = 0
        self._future_ms = in_ms(now) + SKEW_MS
        self.named: set[str | None] = set()
        """The notices and screens of all of them."""

    def check(self, row: Row) -> None:
        """Everything that can be said of a record without looking at the tree."""
        self._report.counts["records"] += 1
        try:
            fields = fields_of(row.body)
        except ValueError as error:
            self._add(Code.BODY, row.id, str(error))
            return
        self._check_columns(row, fields)
        self._check_time(row.id, fields["made_at"])
        self._check_subject(row, fields["commitment"])

    def _check_columns(self, row: Row, fields: Mapping[str, Any]) -> None:
        for name in ("id", "idempotency_key", "body_hash", "notice"):
            if getattr(row, name) != fields[name]:
                self._add(Code.COLUMN, row.id, f"the column {name} says something else")
        if fields["notice"] not in self._notices:
            self._add(Code.NOTICE, row.id, f"its notice {fields['notice']} is not there")
        self.named.add(fields["notice"])
        for digest in (fields.get("screen"), fields.get("scripts")):
            if digest and digest not in self._screens:
                self._add(Code.SCREEN, row.id, f"what was on screen, {digest}, is not there")
            self.named.add(digest)

    def _check_time(self, record: str, text: str) -> None:
        try:
            made_ms = in_ms(datetime.fromisoformat(text))
        except ValueError:
            self._add(Code.BODY, record, "made_at is no moment")
            return
        if made_ms_of(record) != made_ms:
            self._add(Code.TIME, record, f"its id was not made at {text}")
        if made_ms > self._future_ms:
            self._add(Code.FUTURE, record, f"made at {text}, which is yet to come")
        if made_ms < self._latest_ms - LONGEST_WAY_MS:
            self._add(Code.LATE, record, f"made at {text}, after others of a day later")
        self._latest_ms = max(self._latest_ms, made_ms)

    def _check_subject(self, row: Row, commitment: str) -> None:
        if row.subject is None and row.seq is None and row.salt is None:
            self._report.counts["erased"] += 1
            return
        if row.subject is None or row.seq is None or row.salt is None:
            self._add(Code.COMMITMENT, row.id, "half of its subject is gone")
            return
        if not is_committed(commitment, subject=row.subject, seq=row.seq, salt=row.salt):
            self._add(Code.COMMITMENT, row.id, "committed to another subject, number or salt")

    def _add(self, code: Code, record: str, what: str) -> None:
        self._report.add(code, f"record {record}", what)
