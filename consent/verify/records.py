"""One record against itself: its bytes, the columns beside them, and its erasable part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from consent.verify.canonical import read
from consent.verify.report import Code, Report

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch
DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII).fullmatch
SALT_BYTES = 32
SKEW_MS = 300_000
"""By which the clocks of two machines may differ."""
LONGEST_WAY_MS = 86_400_000
"""A refusal that could not be written at once is written later; hardly a day."""


def _text(value: Any) -> bool:
    return type(value) is str


def _digest(value: Any) -> bool:
    return type(value) is str and DIGEST(value) is not None


def _answers(value: Any) -> bool:
    return type(value) is dict and {bool}.issuperset(map(type, value.values()))


def _texts(value: Any) -> bool:
    return type(value) is list and {str}.issuperset(map(type, value))


def _maybe(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


Form = Mapping[str, Callable[[Any], bool]]
FORM_1: Form = {
    "action": _text,
    "body_hash": _maybe(_digest),
    "commitment": _digest,
    "id": lambda value: type(value) is str and UUID7(value) is not None,
    "idempotency_key": _maybe(_text),
    "interface": _text,
    "language": _text,
    "made_at": lambda value: type(value) is str and MOMENT(value) is not None,
    "notice": _digest,
    "purposes": _answers,
    "services": _answers,
    "site": _text,
}
FORM_2: Form = {
    **FORM_1,
    "kind": _text,
    "screen": _maybe(_digest),
    "scripts": _maybe(_digest),
    "signals": _texts,
}
FORMS: Mapping[int, tuple[Form, frozenset[str]]] = {
    1: (FORM_1, frozenset({"signals"})),
    2: (FORM_2, frozenset()),
}
"""By format, what has to be there and what may be there besides."""


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
            fields = self._fields(row.body)
        except ValueError as error:
            self._add(Code.BODY, row.id, str(error))
            return
        self._check_columns(row, fields)
        self._check_time(row.id, fields["made_at"])
        self._check_subject(row, fields["commitment"])

    def _fields(self, body: bytes) -> dict[str, Any]:
        fields = read(body)
        number = fields.pop("format", None) if type(fields) is dict else None
        if type(number) is not int or number not in FORMS:
            raise ValueError("not a record of a known format")
        form, optional = FORMS[number]
        for name, check in form.items():
            if name not in fields or not check(fields[name]):
                raise ValueError(f"{name} is missing or not what it has to be")
        for name in fields.keys() - form.keys():
            if name not in optional or not FORM_2[name](fields[name]):
                raise ValueError(f"{name} is not known or not what it has to be")
        return dict(fields)

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
        committed = b'{"seq":%d,"subject":"%s"}' % (row.seq, row.subject.encode())
        if sha256(row.salt + committed).hexdigest() != commitment:
            self._add(Code.COMMITMENT, row.id, "committed to another subject, number or salt")
        # What follows from the hash is only as certain as that the bytes can be cut in one way.
        elif len(row.salt) != SALT_BYTES or not UUID(row.subject):
            self._add(Code.COMMITMENT, row.id, "subject or salt has not its form")

    def _add(self, code: Code, record: str, what: str) -> None:
        self._report.add(code, f"record {record}", what)


def made_ms_of(record: str) -> int | None:
    """When an id was made, by its first 48 bits (RFC 9562, section 5.7)."""
    return int(record[:8] + record[9:13], 16) if UUID7(record) else None


def in_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
