"""The quick way of reading a record says nothing that the long way does not say."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consent.record import encode
from consent.verify.bodies import all_fields_of
from consent.verify.plain import plain_fields
from tests.log.examples import a_record
from tests.verify.built import Built

LOG = Built()
BODIES = st.sampled_from([LOG.body(4), LOG.body(5)])


def agrees(body: bytes) -> bool:
    quick = plain_fields(body)
    if quick is None:
        return False
    fields = all_fields_of(body)
    for name, value in quick.items():
        known = fields.get(name)
        assert value == (json.dumps(known, separators=(",", ":")) if type(known) is dict else known)
    return True


@pytest.mark.parametrize("format", [1, 2])
def test_what_the_log_writes_is_read_the_quick_way(format: int) -> None:
    assert agrees(encode(a_record(format=format)))
    assert agrees(encode(a_record(format=format, idempotency_key="key", body_hash="0" * 64)))


@given(BODIES, st.data())
def test_whatever_becomes_of_the_bytes_both_agree(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    stop = data.draw(st.integers(start, min(len(body), start + 8)))
    put = data.draw(st.text('"\\{}[]:,0aF u\x00\x7fé\n', max_size=4).map(str.encode))
    agrees(body[:start] + put + body[stop:])


@given(st.lists(st.sampled_from(["a", "b", "B", "a-", "10", "9", ""]), max_size=4))
@example(["a", "a"])
@example(["b", "a"])
@example(["a", "b"])
def test_answers_in_another_order_or_twice_are_not_taken(names: list[str]) -> None:
    answers = "{" + ",".join(f'"{name}":true' for name in names) + "}"
    body = LOG.body(4, services={}).replace(b'"services":{}', f'"services":{answers}'.encode())
    assert agrees(body) is (names == sorted(set(names)))


@pytest.mark.parametrize(
    "site", ["www.exämple.fr", 'a "site"', "a\\site", "a\x7fsite", "\U0001f36a"]
)
def test_what_is_not_plain_is_left_to_the_long_way(site: str) -> None:
    body = LOG.body(5, site=site)
    assert plain_fields(body) is None
    assert all_fields_of(body)["site"] == site
