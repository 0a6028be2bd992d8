"""A record is what its bytes say, and its bytes do not say who."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from consent.record import (
    NOBODY,
    Action,
    Interface,
    Kind,
    Record,
    commit,
    decode,
    encode,
    epoch_ms,
    new_id,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
answers = st.dictionaries(texts, st.booleans(), max_size=5)
moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))
records = st.builds(
    Record,
    id=texts,
    subject=st.uuids(),
    seq=st.integers(1, 2**53 - 1),
    action=st.sampled_from(Action),
    purposes=answers,
    services=answers,
    notice=texts,
    language=texts,
    interface=st.sampled_from(Interface),
    made_at=moments,
    site=texts,
    signals=st.lists(texts, max_size=2).map(tuple),
    idempotency_key=st.none() | texts,
    body_hash=st.none() | texts,
    salt=st.binary(min_size=32, max_size=32),
)
records = st.one_of(
    st.builds(replace, records, format=st.just(1)),
    st.builds(
        replace,
        records,
        kind=st.sampled_from(Kind),
        screen=st.none() | texts,
        scripts=st.none() | texts,
    ),
)
NOW = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
SUBJECT = UUID("2f1c9c1e-6f3f-4b7e-9a51-1d1f0c3b2a11")
RECORD = Record(
    id=new_id(NOW),
    subject=SUBJECT,
    seq=4,
    action=Action.SAVE,
    purposes={"marketing": False, "analytics": True},
    notice="a" * 64,
    language="fr",
    interface=Interface.NO_JS,
    made_at=NOW,
    site="www.example.fr",
)


FIRST_FORM = (
    b'{"action":"save","body_hash":null,"commitment":'
    b'"c2f5f4f2ad0d2bbfc9d4c7c3a8ab94e8f6f9a5dd0f4b6f8c9d1b7a6e3c5d4f20","format":1,'
    b'"id":"019ca94c-0e00-7000-8000-000000000001","idempotency_key":"11112222-3333-4444-8555",'
    b'"interface":"no-js","language":"fr","made_at":"2026-03-01T12:00:00.123Z",'
    b'"notice":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
    b'"purposes":{"analytics":true,"marketing":false},"services":{"pixel":true},'
    b'"site":"www.example.fr"}'
)
"""As the first release wrote it."""


def test_what_the_first_release_wrote_is_read_and_stays_the_same_bytes_for_ever() -> None:
    record = decode(FIRST_FORM)
    assert (record.format, record.action, record.kind) == (1, Action.SAVE, Kind.CHOICE)
    assert (record.services, record.screen, record.signals) == ({"pixel": True}, None, ())
    assert encode(record) == FIRST_FORM


def test_signals_of_the_first_release_are_read() -> None:
    body = FIRST_FORM.replace(b'"site"', b'"signals":["gpc"],"site"')
    assert decode(body).signals == ("gpc",)
    assert encode(decode(body)) == body


@given(record=records)
def test_decoding_gives_the_record_back(record: Record) -> None:
    person = {"subject": record.subject, "seq": record.seq, "salt": record.salt}
    assert decode(encode(record), **person) == record  # type: ignore[arg-type]


@given(record=records)
def test_what_is_read_is_written_as_the_same_bytes_even_when_erased(record: Record) -> None:
    assert encode(decode(encode(record))) == encode(record)


@given(record=records)
def test_the_bytes_are_canonical(record: Record) -> None:
    """RFC 8785: reading and writing them again changes nothing."""
    assert rfc8785.dumps(json.loads(encode(record))) == encode(record)


def test_the_bytes_hold_these_facts_and_no_others() -> None:
    """EU-30: no IP address, no user agent, no page address, no subject."""
    assert set(json.loads(encode(RECORD))) == {
        "action",
        "body_hash",
        "commitment",
        "format",
        "id",
        "idempotency_key",
        "interface",
        "kind",
        "language",
        "made_at",
        "notice",
        "purposes",
        "screen",
        "scripts",
        "services",
        "signals",
        "site",
    }


def test_the_bytes_do_not_name_the_subject() -> None:
    """P1"""
    body = encode(RECORD)
    for form in (str(SUBJECT).encode(), SUBJECT.hex.encode(), SUBJECT.bytes):
        assert form not in body


def test_a_record_of_no_known_format_is_not_written() -> None:
    with pytest.raises(ValueError, match="no format"):
        encode(replace(RECORD, format=3))


def test_the_commitment_is_to_salt_subject_and_number() -> None:
    personal = b'{"seq":4,"subject":"2f1c9c1e-6f3f-4b7e-9a51-1d1f0c3b2a11"}'
    assert RECORD.commitment == sha256(RECORD.salt + personal).hexdigest()


def test_two_records_of_one_subject_cannot_be_told_to_be() -> None:
    assert replace(RECORD, salt=bytes(32), commitment="").commitment != RECORD.commitment
    assert commit(SUBJECT, 4, bytes(32)) != commit(SUBJECT, 5, bytes(32))


def test_an_erased_record_is_nobodys() -> None:
    erased = decode(encode(RECORD))
    assert (erased.subject, erased.seq, erased.salt) == (NOBODY, 0, b"")
    assert erased.erased
    assert not RECORD.erased


def test_the_salt_is_not_shown() -> None:
    assert "salt" not in repr(RECORD)


def test_time_is_kept_in_utc_to_the_millisecond() -> None:
    """E6"""
    paris = NOW.astimezone(timezone(timedelta(hours=1)))
    assert replace(RECORD, made_at=paris).made_at == datetime(2026, 3, 1, 12, 0, 0, 123_000, UTC)
    assert json.loads(encode(RECORD))["made_at"] == "2026-03-01T12:00:00.123Z"


def test_answers_are_explicit_booleans() -> None:
    """FR-27"""
    assert b'"purposes":{"analytics":true,"marketing":false}' in encode(RECORD)


@given(moment=moments)
def test_an_id_is_a_uuid_of_version_7_that_tells_the_millisecond(moment: datetime) -> None:
    made = UUID(new_id(moment))
    assert (made.version, made.variant) == (7, UUID(int=2 << 62).variant)
    assert made.int >> 80 == epoch_ms(moment)
    assert abs(moment - datetime.fromtimestamp(0, UTC) - timedelta(milliseconds=made.int >> 80)) < (
        timedelta(milliseconds=1)
    )


def test_ids_of_the_same_moment_differ() -> None:
    assert len({new_id(NOW) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[]", id="not an object"),
        pytest.param(b"{", id="not JSON"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b'{"action":"save"}', id="without format"),
        pytest.param(b'{"format":3}', id="of a later format"),
        pytest.param(b'{"format":2}', id="without fields"),
        pytest.param(FIRST_FORM.replace(b'"format":1', b'"format":true'), id="no number"),
        pytest.param(FIRST_FORM.replace(b'"format":1', b'"format":2'), id="too few fields"),
        pytest.param(encode(RECORD).replace(b'"format":2', b'"format":1'), id="too many fields"),
        pytest.param(FIRST_FORM.replace(b'"2026-03-01T12:00:00.123Z"', b"1"), id="no time"),
        pytest.param(encode(RECORD).replace(b'"save"', b'"sell"'), id="unknown action"),
        pytest.param(encode(RECORD).replace(b'"site"', b'"ip"'), id="unknown field"),
    ],
)
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(body)
