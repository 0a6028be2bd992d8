"""What the log signed for is a record, and says what it has to; the log may sign no other."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from consent.verify.report import Code
from tests.verify.built import Built, changing
from tests.verify.forging import put, resign
from tests.verify.found import found_in

LOG = Built()
OLD, NEW = 4, 5
"""Of format 1, and of format 2."""


def sign(path: Path, number: int, body: bytes) -> None:
    """As if the log itself had written it."""
    with changing(path) as database:
        put(database, LOG.id(number), body)
        resign(database, LOG.signers[-1])


def without(number: int, name: str) -> bytes:
    fields = json.loads(LOG.body(number))
    del fields[name]
    return rfc8785.dumps(fields)


@pytest.mark.parametrize("number", [OLD, NEW], ids=["format 1", "format 2"])
@pytest.mark.parametrize("name", sorted(json.loads(LOG.body(OLD))))
def test_each_field_has_to_be_there(path: Path, number: int, name: str) -> None:
    sign(path, number, without(number, name))
    assert found_in(path) == {Code.BODY}


@pytest.mark.parametrize("name", ["kind", "screen", "scripts", "signals"])
def test_what_a_format_adds_is_there_in_it_and_in_no_other(path: Path, name: str) -> None:
    sign(path, NEW, without(NEW, name))
    assert found_in(path) == {Code.BODY}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 3},
        {"format": True},
        {"format": None},
        {"action": 1},
        {"body_hash": "0" * 63},
        {"commitment": "F" * 64},
        {"idempotency_key": 1},
        {"made_at": "2026-01-01T00:00:04Z"},
        {"made_at": "2026-13-01T00:00:04.000Z"},
        {"notice": None},
        {"purposes": {"analytics": 1}},
        {"purposes": []},
        {"services": {"youtube": None}},
        {"signals": "gpc"},
        {"signals": [1]},
        {"more": ""},
    ],
    ids=str,
)
def test_each_field_has_its_form(path: Path, changes: dict[str, Any]) -> None:
    sign(path, OLD, LOG.body(OLD, **changes))
    assert Code.BODY in found_in(path)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"no JSON"])
def test_a_body_is_an_object(path: Path, body: bytes) -> None:
    sign(path, OLD, body)
    assert found_in(path) == {Code.BODY}


def test_format_1_may_name_signals(path: Path) -> None:
    sign(path, OLD, LOG.body(OLD, signals=["gpc"]))
    assert found_in(path) == set()


@pytest.mark.parametrize("name", ["screen", "scripts"])
def test_what_was_on_screen_may_be_nothing_but_not_unknown(path: Path, name: str) -> None:
    sign(path, NEW, LOG.body(NEW, **{name: None}))
    assert found_in(path) == set()
    sign(path, NEW, LOG.body(NEW, **{name: "0" * 64}))
    assert found_in(path) == {Code.SCREEN}


def test_a_record_names_a_notice_that_is_there(path: Path) -> None:
    with changing(path) as database:
        database.execute("UPDATE record SET notice = ? WHERE id = ?", ("0" * 64, LOG.id(NEW)))
    sign(path, NEW, LOG.body(NEW, notice="0" * 64))
    assert found_in(path) == {Code.NOTICE}


def test_an_id_tells_when_it_was_made(path: Path) -> None:
    sign(path, NEW, LOG.body(NEW, made_at="2026-01-01T00:00:05.001Z"))
    assert found_in(path) == {Code.TIME}


def test_a_subject_is_committed_to_with_a_salt_of_full_length(path: Path) -> None:
    """GDPR 17: by a short one it could be found again after it was erased."""
    subject, seq, _ = LOG.person(NEW)
    committed = b"short" + rfc8785.dumps({"seq": seq, "subject": subject})
    sign(path, NEW, LOG.body(NEW, commitment=sha256(committed).hexdigest()))
    with changing(path) as database:
        row = (b"short", LOG.id(NEW))
        database.execute("UPDATE subject SET salt = ? WHERE record_id = ?", row)
    assert found_in(path) == {Code.COMMITMENT}


def test_only_an_id_that_tells_it_is_one(path: Path) -> None:
    version_4 = LOG.id(NEW)[:14] + "4" + LOG.id(NEW)[15:]
    sign(path, NEW, LOG.body(NEW, id=version_4))
    assert found_in(path) == {Code.BODY}
