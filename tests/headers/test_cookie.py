"""Cookies of held services that a browser still has (edges.md H16)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.cookie import HeldCookies, split
from consent.model import Service
from consent.owners import Owners
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


def test_a_name_is_found_in_either_coding_h16() -> None:
    items = (
        {"name": "été*", "kind": "cookie", "lifetime": "session"},
        {"name": "Ω", "kind": "cookie", "lifetime": "session"},
    )
    config = site(services=(service("counter", "analytics", items=items),))
    for name in ("été1".encode(), "été1".encode("latin-1"), "Ω".encode()):
        assert HeldCookies(config.services).may_be_in(name + b"=1")
        assert split(name + b"=1; a=2", ruling(config)) == (b"a=2", [name])


def test_a_name_that_comes_again_is_looked_up_once_h16(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    of_cookie = Owners.of_cookie

    def counted(owners: Owners, name: str) -> list[Service]:
        asked.append(name)
        return of_cookie(owners, name)

    monkeypatch.setattr(Owners, "of_cookie", counted)
    shown, held = split(b"_ga=1;" + b"a=;" * 1000 + b"_ga=2", ruling())
    assert shown == b"a=;" * 999 + b"a="
    assert held == [b"_ga", b"_ga"]
    assert sorted(asked) == ["_ga", "a"]
