"""Set-Cookie on its way out (edges.md H15; promises.md P-07)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.set_cookie import SetCookieFilter
from consent.months import add_months
from tests.headers.rulings import NOW, ruling
from tests.sites import service, site

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


NAME = {"name": "aud", "kind": "cookie", "lifetime": "P13M"}
MEASURING = site(
    services=(
        service("measure", "necessary", exempt_reason="audience-measurement", items=[NAME]),
        service("till", "necessary", exempt_reason="payment", items=[{**NAME, "name": "cart"}]),
    )
)


def renewed(value: bytes, *sent: bytes) -> list[bytes]:
    return SetCookieFilter(ruling(MEASURING), NOW, sent).kept([value])


@pytest.mark.parametrize("end", [b"Max-Age=33955200", b"Expires=Sun, 28 Feb 2027 12:00:00 GMT"])
def test_exempt_measuring_is_not_renewed_on_a_visit_fr26(end: bytes) -> None:
    value = b"aud=1; Path=/; " + end
    assert renewed(value) == [value]
    assert renewed(value, b"a=1", b"b=2; aud=1") == []


def test_what_measuring_writes_anew_lasts_for_a_visit_fr26() -> None:
    assert renewed(b"aud=2; Max-Age=9999", b"aud=1") == [b"aud=2; Max-Age=9999; Max-Age=1800"]


@pytest.mark.parametrize("value", [b"aud=1", b"aud=1; Max-Age=1800", b"aud=; Max-Age=0"])
def test_measuring_within_a_visit_is_left_alone_fr26(value: bytes) -> None:
    assert renewed(value, b"aud=1") == [value]


def test_measuring_begins_with_thirteen_months_at_most_fr26() -> None:
    assert renewed(b"aud=1; Max-Age=99999999") == [b"aud=1; Max-Age=99999999" + THIRTEEN]


def test_other_exempt_cookies_may_be_renewed() -> None:
    value = b"cart=1; Max-Age=9999"
    assert renewed(value, b"cart=1") == [value]


def test_whether_measuring_is_renewed_depends_on_the_request_k1() -> None:
    cookies = SetCookieFilter(ruling(MEASURING), NOW, [b"aud=1"])
    cookies.kept([b"aud=1; Max-Age=9999"])
    assert cookies.depends


@pytest.mark.parametrize("value", [b"=_ga=1", b" = _ga =1; Path=/"])
def test_a_nameless_cookie_that_reads_like_a_held_one_goes_h15(value: bytes) -> None:
    assert kept(value) == []


def test_a_name_is_known_in_either_coding_h15() -> None:
    items = [{"name": "été*", "kind": "cookie", "lifetime": "P13M"}]
    config = site(services=(service("counter", "analytics", items=items),))
    values = ["été1=1".encode(), "été1=1".encode("latin-1"), b"ete=1"]
    assert SetCookieFilter(ruling(config), NOW).kept(values) == [b"ete=1"]
