"""What a record is: its bytes, by format."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from consent.verify.canonical import read
from consent.verify.plain import plain_fields

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch
DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII).fullmatch
SALT_BYTES = 32


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


def fields_of(body: bytes) -> dict[str, Any]:
    """What a record says of itself.

    Raises:
        ValueError: these are not the bytes of a record, or not in their canonical form.
    """
    return plain_fields(body) or all_fields_of(body)


def all_fields_of(body: bytes) -> dict[str, Any]:
    """The same, by its values; see ``fields_of``."""
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


def is_committed(commitment: str, *, subject: str, seq: int, salt: bytes) -> bool:
    """Is this the subject, number and salt that a record was committed to?

    Also that each has its form: what follows from the hash is only as certain as that the bytes
    under it can be cut in one way.
    """
    committed = b'{"seq":%d,"subject":"%s"}' % (seq, subject.encode())
    whole = len(salt) == SALT_BYTES and UUID(subject) is not None
    return whole and sha256(salt + committed).hexdigest() == commitment


def made_ms_of(record: str) -> int | None:
    """When an id was made, by its first 48 bits (RFC 9562, section 5.7)."""
    return int(record[:8] + record[9:13], 16) if UUID7(record) else None


def in_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
