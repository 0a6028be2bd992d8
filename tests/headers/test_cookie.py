"""Cookies of held services that a browser still has (edges.md H16)."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.cookie import MOST_EXPIRED, MOST_OCTETS, HeldCookies, expiring, split
from tests.headers.rulings import CONFIG, blocking, ruling
from tests.sites import service, site

HELD = HeldCookies(CONFIG.services)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"_ga=1", True),
        (b"a=1;_ga_X=2", True),
        (b"a=1; \t_ga =2", True),
        (b"_gat=1; x_ga=1; a=_ga=1", False),
        (b"", False),
        (b"a=" + b"x" * 5000 + b"; _ga=1", True),
    ],
)
def test_a_cookie_of_a_service_is_found_by_its_name_h16(header: bytes, found: bool) -> None:
    assert HELD.may_be_in(header) is found


def test_where_no_service_has_cookies_none_is_looked_for_h16() -> None:
    assert not HeldCookies(site().services).may_be_in(b"_ga=1")


def test_the_site_sees_the_others_as_they_were_h16() -> None:
    shown, held = split(b"a=1;  _ga=2; b = 3;_ga_X=4; c; _ga", ruling())
    assert (shown, held) == (b"a=1; b = 3; c; _ga", [b"_ga", b"_ga_X"])


def test_with_consent_the_site_sees_them_all_h16() -> None:
    header = b" a=1; _ga=2 "
    assert split(header, ruling(analytics=True)) == (header, [])


def test_what_nobody_declared_and_what_acts_elsewhere_is_not_touched_h16() -> None:
    items = ({"name": "cart", "kind": "cookie", "lifetime": "session"},)
    shop = service("till", "necessary", exempt_reason="payment", items=items, paths=["/shop/*"])
    config = blocking(shop, undeclared_cookies="block")
    assert not ruling(config).cookie("cart").allowed
    assert not ruling(config).cookie("session").allowed
    assert split(b"cart=1; session=2", ruling(config)) == (b"cart=1; session=2", [])


def test_they_go_whatever_domain_and_path_they_were_set_with_h16() -> None:
    values = expiring([b"_ga"], "www.example.fr", b"/shop/cart", turn=0)
    domains = ["", "; Domain=www.example.fr", "; Domain=example.fr"]
    paths = ["/", "/shop", "/shop/", "/shop/cart"]
    assert set(values) == {
        f"_ga=; Max-Age=0; Path={path}{domain}".encode() for path in paths for domain in domains
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_an_address_has_no_domains_above_it_h16(host: str) -> None:
    assert expiring([b"_ga"], host, b"/", turn=0) == [b"_ga=; Max-Age=0; Path=/"]


def test_a_name_with_a_prefix_is_deleted_securely_h16() -> None:
    assert expiring([b"__Secure-g"], "localhost", b"/", turn=0) == [
        b"__Secure-g=; Max-Age=0; Path=/; Secure"
    ]


@pytest.mark.parametrize("path", [b"/a;b", b"/a b", b"/\xff", b"/a\r\nx: y"])
def test_a_path_that_cannot_be_named_is_not_h16(path: bytes) -> None:
    assert expiring([b"_ga"], "localhost", path, turn=0) == [b"_ga=; Max-Age=0; Path=/"]


def test_over_several_responses_every_one_gets_its_turn_h16() -> None:
    names = [b"_ga_%d" % number for number in range(60)]
    seen = set()
    for turn in range(180):
        values = expiring(names, "www.example.fr", b"/", turn=turn)
        assert len(values) == MOST_EXPIRED
        seen.update(values)
    assert len(seen) == 60 * 3


@given(st.binary(max_size=60))
def test_no_header_is_an_error_and_nothing_is_added_h16(header: bytes) -> None:
    HELD.may_be_in(header)
    shown, held = split(header, ruling())
    assert shown == header or (held and len(shown) < len(header))


def test_a_name_is_looked_for_in_as_many_steps_as_there_are_cookies_h16() -> None:
    # Blanks behind the start of a declared name, for which one pattern went back again and again.
    header = b";".join([b"_ga_" + b" " * 60_000 + b"x"] * 3)
    asked: list[bytes] = []

    class Names:
        def fullmatch(self, name: bytes) -> None:
            asked.append(name)

    held = HeldCookies(CONFIG.services)
    held._declared = Names()  # type: ignore[assignment]
    assert not held.may_be_in(header)
    assert asked == []
    assert not held.may_be_in(b" a =1;b; " + b"c" * 256 + b"=2")
    assert asked == [b"a", b"c" * 256]


def test_a_name_longer_than_any_services_is_nobodys_h16() -> None:
    header = b"_ga_" + b"x" * 300 + b"=1"
    assert not HELD.may_be_in(header)
    assert split(header, ruling()) == (header, [])


def test_a_long_request_costs_no_more_than_what_is_sent_h16() -> None:
    names = [b"_ga_%d" % number for number in range(4000)]
    path = b"/a" * 500
    tracemalloc.start()
    values = expiring(names, "a." * 100 + "fr", path, turn=10**6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0 < len(values) <= MOST_EXPIRED
    assert peak < 2_000_000


def test_a_path_that_no_attribute_holds_is_not_named_h16() -> None:
    assert expiring([b"_ga"], "localhost", b"/" + b"a" * 1024, turn=0) == [
        b"_ga=; Max-Age=0; Path=/"
    ]


def test_of_a_deep_path_the_first_segments_are_named_h16() -> None:
    path = b"/a" * 40
    seen = {v for turn in range(42) for v in expiring([b"_ga"], "localhost", path, turn=turn)}
    named = [value.partition(b"Path=")[2] for value in seen]
    assert max(named, key=len) == path
    assert len(named) == 1 + 2 * 20 + 1


def test_all_of_them_together_stay_short_h16() -> None:
    values = expiring([b"_ga"], "www.example.fr", b"/" + b"abc/" * 250, turn=0)
    assert sum(map(len, values)) <= MOST_OCTETS + 1200
    assert expiring([b"_ga"], "localhost", b"/" + b"x" * 1000, turn=1)


@pytest.mark.parametrize("host", ["a;x=1.example.fr", "a,b.fr", "a" * 250 + ".b.fr", ""])
def test_a_host_that_no_domain_attribute_holds_is_not_named_h16(host: str) -> None:
    assert expiring([b"_ga"], host, b"/", turn=0) == [b"_ga=; Max-Age=0; Path=/"]


def test_a_name_twice_is_taken_away_once_and_a_broken_one_never_h16() -> None:
    values = expiring([b"_ga", b"_ga", b"_ga_\x01"], "localhost", b"/", turn=0)
    assert values == [b"_ga=; Max-Age=0; Path=/"]
    assert expiring([b"_ga_\n"], "localhost", b"/", turn=0) == []
