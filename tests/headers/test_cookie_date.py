"""Dates as browsers read them (RFC 6265 §5.1.1)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.cookie_date import parse_date

DATE = datetime(2026, 1, 31, 12, 34, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 31 Jan 2026 12:34:56 GMT",
        "Saturday, 31-Jan-26 12:34:56 GMT",
        "Sat Jan 31 12:34:56 2026",
        "31 january 2026 12:34:56 +0200",
        "2026 jan 31th 12:34:56Z",
        "12:34:56x 31 jan 26",
    ],
)
def test_every_usual_form_is_read(text: str) -> None:
    assert parse_date(text) == DATE


@pytest.mark.parametrize(
    ("year", "meant"), [("70", 1970), ("99", 1999), ("00", 2000), ("69", 2069)]
)
def test_two_digits_mean_this_century_or_the_last(year: str, meant: int) -> None:
    found = parse_date(f"1 Jan {year} 00:00:00")
    assert found is not None
    assert found.year == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "31 Jan 2026",
        "Jan 2026 12:00:00",
        "31 2026 12:00:00",
        "31 Jan 12:00:00",
        "31 Feb 2026 12:00:00",
        "31 Jan 1600 12:00:00",
        "31 Jan 2026 25:00:00",
        "31 Jan 2026 12:00:60",
    ],
)
def test_what_a_browser_ignores_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=60))
def test_no_text_is_an_error(text: str) -> None:
    parse_date(text)
