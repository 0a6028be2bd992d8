"""The raw ``Cookie`` header (edges.md C8 to C11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.cookie.header import values_of

NAME = b"__Host-eu-consent"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"__Host-eu-consent=v", id="alone"),
        pytest.param(b"a=b; __Host-eu-consent=v; c=d", id="among others"),
        pytest.param(b"a=b;__Host-eu-consent=v", id="without a space"),
        pytest.param(b"\t __Host-eu-consent \t=\t v \t;", id="with spaces and tabs"),
    ],
)
def test_a_cookie_of_our_name_is_found(header: bytes) -> None:
    assert values_of(NAME, [header]) == [b"v"]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"\xa0__Host-eu-consent=v", id="C9 no-break space before the name"),
        pytest.param(b"\x85__Host-eu-consent=v", id="C9 next line before the name"),
        pytest.param(b"__Host-eu-consent\xa0=v", id="C9 no-break space behind the name"),
        pytest.param(b"\x0b__Host-eu-consent=v", id="C9 vertical tab"),
        pytest.param(b"\xe2\x80\x80__Host-eu-consent=v", id="C9 en quad in UTF-8"),
        pytest.param(b"__host-eu-consent=v", id="C9 another case"),
        pytest.param(b"=__Host-eu-consent=v", id="C10 an empty name"),
        pytest.param(b"__Host-eu-consent", id="C10 no name"),
        pytest.param(b"x__Host-eu-consent=v; __Host-eu-consentx=v", id="a longer name"),
        pytest.param(b'"__Host-eu-consent"=v', id="a quoted name"),
        pytest.param(b"a=__Host-eu-consent", id="as a value"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_only_looks_like_our_name_is_not_ours(header: bytes) -> None:
    assert values_of(NAME, [header]) == []


def test_values_are_taken_as_they_are() -> None:
    """C9: no octal escapes, no quotes taken off; further ``=`` belong to the value."""
    assert values_of(b"a", [b'a="\\165"; a=b=c; a=']) == [b'"\\165"', b"b=c", b""]


def test_cookies_split_over_several_headers_are_all_read() -> None:
    """HTTP/2 sends one header per cookie (RFC 9113 §8.2.3)."""
    assert values_of(b"a", [b"a=1", b"b=2", b"a=3"]) == [b"1", b"3"]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"; ".join(b"c%d=v" % n for n in range(20_000)) + b"; a=1", id="many pairs"),
        pytest.param(b"b=" + b"x" * 1_000_000 + b"; a=1", id="a long value"),
        pytest.param(b";" * 1_000_000 + b"a=1", id="empty pairs"),
        pytest.param(b" \t" * 500_000 + b"a=1", id="blanks"),
        pytest.param(b"=" * 1_000_000 + b";a=1", id="equal signs"),
    ],
)
def test_a_huge_header_is_read(header: bytes) -> None:
    """C11: with a parser that takes more than linear time, these would not come to an end."""
    assert values_of(b"a", [header]) == [b"1"]


@given(st.lists(st.binary()))
def test_no_bytes_raise(headers: list[bytes]) -> None:
    """TECH-12."""
    assert all(b";" not in value for value in values_of(b"a", headers))
