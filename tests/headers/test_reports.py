"""Report-To and NEL: a group of held addresses goes, and what reports to it (edges.md H12)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.reports import ReportFilter

OURS = '{"group": "own", "max_age": 1, "endpoints": [{"url": "/r"}]}'
HELD = '{"group": "net", "max_age": 1, "endpoints": [{"url": "/r"}, {"url": "held"}]}'
UNNAMED = '{"max_age": 1, "endpoints": [{"url": "held"}]}'


def reports(*groups: str) -> tuple[bytes, ReportFilter]:
    """What is left of one Report-To header with these groups."""
    made = ReportFilter("held".__eq__)
    return made.report_to(", ".join(groups).encode()), made


def test_what_reports_to_the_site_itself_stays_byte_for_byte_h12() -> None:
    left, made = reports(OURS, "{ }")
    assert left.decode() == f"{OURS}, {{ }}"
    assert made.nel(b'{"report_to":  "own"}') == b'{"report_to":  "own"}'


def test_a_group_with_one_held_address_goes_whole_h12() -> None:
    left, made = reports(OURS, HELD)
    assert json.loads(left) == json.loads(OURS)
    assert made.nel(b'{"report_to": "net", "max_age": 1}') == b""


def test_a_group_without_a_name_is_the_default_one_h12() -> None:
    left, made = reports(UNNAMED)
    assert left == b""
    assert made.nel(b'{"report_to": "default"}') == b""
    assert made.nel(b'{"report_to": "net"}') != b""


@pytest.mark.parametrize("value", [b'{"group": "a"', b"\xff", b"[" * 100_000, b"{}], [{}"])
def test_what_cannot_be_read_goes_h12(value: bytes) -> None:
    assert ReportFilter("held".__eq__).report_to(value) == b""


@pytest.mark.parametrize(
    "value",
    [
        "1",
        "null",
        "[]",
        '{"endpoints": 1}',
        '{"endpoints": [1, {}]}',
        '{"endpoints": [{"url": 1}]}',
    ],
)
def test_what_a_browser_ignores_stays_h12(value: str) -> None:
    assert reports(value)[0] == value.encode()


@given(st.text(max_size=80))
def test_no_value_is_an_error(value: str) -> None:
    made = ReportFilter("held".__eq__)
    made.report_to(value.encode())
    made.nel(value.encode())
