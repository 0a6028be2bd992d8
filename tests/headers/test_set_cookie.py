"""Set-Cookie on its way out (edges.md H15; promises.md P-07)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.set_cookie import SetCookieFilter
from consent.months import add_months
from tests.headers.rulings import NOW, ruling

THIRTEEN = b"; Max-Age=%d" % (393 * 86400)


def kept(*values: bytes, **purposes: bool) -> list[bytes]:
    return SetCookieFilter(ruling(**purposes), NOW).kept(values)


@pytest.mark.parametrize(
    "value",
    [b"_ga=1", b" _ga\t=1; Path=/", b"_ga_ABC=1; Secure", b"_ga=", b"__Secure-g=1; Secure; Path=/"],
)
def test_a_cookie_of_a_held_service_goes_h15(value: bytes) -> None:
    assert kept(value) == []
    assert kept(value, analytics=False, marketing=True) == []
    assert kept(value, analytics=True) == [value]


@pytest.mark.parametrize(
    "value",
    [
        b"session=1; HttpOnly; Partitioned",
        b"_GA=1",
        b"ga=1",
        b"nameless",
        b"=_ga",
        b"x=_ga=1",
        b"csrftoken=1; Path=/; path=/x; PATH=/y",
        b"",
    ],
)
def test_the_sites_own_cookies_pass_byte_for_byte_h15(value: bytes) -> None:
    assert kept(value) == [value]


@pytest.mark.parametrize(
    "end", [b"Max-Age=0", b"max-age=-1", b"Expires=Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_a_deletion_passes_whoever_it_concerns_h15(end: bytes) -> None:
    value = b"_ga=; Path=/; " + end
    assert kept(value) == [value]


def test_headers_stay_apart_and_in_order_h15() -> None:
    values = [b"b=1, 2", b"_ga=1", b"a=2", b"b=3"]
    assert kept(*values) == [values[0], values[2], values[3]]


def test_whether_the_choice_mattered_is_known_k1() -> None:
    for value, depends in ((b"session=1", False), (b"_ga=1", True)):
        cookies = SetCookieFilter(ruling(analytics=True), NOW)
        cookies.kept([value])
        assert cookies.depends is depends


@pytest.mark.parametrize(
    "value",
    [
        b"s=1; Max-Age=99999999",
        b"s=1;max-age = 999999999999999999999999; Path=/",
        b"s=1; Max-Age=" + b"9" * 900,
        b"s=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
        b"s=1; Expires=Mon, 01 Mar 2027 12:00:00 GMT",
        b"s=1; Max-Age=5; Max-Age=99999999",
        b"s=1; Max-Age=x; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
        b"s=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Expires=never",
    ],
)
def test_a_longer_life_is_cut_by_what_is_appended_p07(value: bytes) -> None:
    assert kept(value) == [value + THIRTEEN]


@pytest.mark.parametrize(
    "value",
    [
        b"s=1",
        b"s=1; Max-Age=%d" % (393 * 86400),
        b"s=1; Expires=Sun, 28 Feb 2027 12:00:00 GMT",
        b"s=1; Max-Age=99999999; Max-Age=5",
        b"s=1; Max-Age=5; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
        b's=1; Max-Age="99999999"',
        b"s=1; Max-Age=+99999999",
        b"s=1; Max-Age=",
        b"s=1; Max-Age=" + b"9" * 1025,
        b"s=1; Expires=never",
        b"s=Max-Age=99999999",
    ],
)
def test_what_ends_in_time_stays_as_it_is_p07(value: bytes) -> None:
    assert kept(value) == [value]


@given(days=st.integers(0, 17 * 365), age=st.integers(1, 10**12))
def test_nothing_ever_lives_past_thirteen_months_p07(days: int, age: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=days)
    (value,) = SetCookieFilter(ruling(), now).kept([b"s=1; Max-Age=%d" % age])
    seconds = int(value.rpartition(b"=")[2])
    assert seconds == age or age > seconds
    assert now + timedelta(seconds=seconds) <= add_months(now, 13)


@given(st.binary(max_size=80))
def test_no_value_is_an_error(value: bytes) -> None:
    kept(value)
