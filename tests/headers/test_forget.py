"""Cookies that go on every domain and path that they could have (law.md FR-19, edges.md H16)."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.forget import DIRECT, PROXIED, Place, Room, expiring

HERE = Place("localhost", b"/", secure=False)
EVERYTHING = Room(10**6, 10**9)


def gone(
    *names: bytes, host: str = "localhost", path: bytes = b"/", secure: bool = False
) -> set[bytes]:
    return set(expiring(names, Place(host, path, secure), room=EVERYTHING, turn=0))


def test_they_go_whatever_domain_and_path_they_were_set_with_h16() -> None:
    domains = ["", "; Domain=www.example.fr", "; Domain=example.fr"]
    paths = ["/", "/shop", "/shop/", "/shop/cart"]
    assert gone(b"_ga", host="www.example.fr", path=b"/shop/cart") == {
        f"_ga=; Max-Age=0; Path={path}{domain}".encode() for path in paths for domain in domains
    }


def test_no_public_suffix_is_named_for_a_browser_takes_none_h16() -> None:
    named = b"".join(gone(b"_ga", host="www.shop.co.uk"))
    assert (b"Domain=shop.co.uk" in named, b"Domain=co.uk" in named) == (True, False)


def test_over_https_partitioned_ones_go_too_h16() -> None:
    assert gone(b"_ga", secure=True) == {
        b"_ga=; Max-Age=0; Path=/",
        b"_ga=; Max-Age=0; Path=/; Secure; Partitioned",
    }


def test_in_another_sites_frame_only_unrestricted_ones_are_taken_h16() -> None:
    place = Place("localhost", b"/", secure=True, embedded=True)
    values = expiring([b"_ga"], place, room=EVERYTHING, turn=0)
    assert [b"; Secure; SameSite=None" in value for value in values] == [True, True]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "a;x=1.example.fr", ""])
def test_an_address_and_what_is_no_name_have_no_domains_above_them_h16(host: str) -> None:
    assert gone(b"_ga", host=host) == {b"_ga=; Max-Age=0; Path=/"}


@pytest.mark.parametrize(
    ("name", "end"),
    [
        (b"__Secure-g", b"Path=/; Secure"),
        (b"__HTTP-g", b"Path=/; Secure; HttpOnly"),
        (b"__Host-g", b"Path=/; Secure"),
        (b"__Host-Http-g", b"Path=/; Secure; HttpOnly"),
    ],
)
def test_a_name_with_a_prefix_is_deleted_as_the_prefix_wants_it_h16(
    name: bytes, end: bytes
) -> None:
    assert gone(name) == {name + b"=; Max-Age=0; " + end}


def test_a_name_that_binds_to_its_host_has_one_place_h16() -> None:
    assert gone(b"__Host-g", host="www.example.fr", path=b"/a/b", secure=True) == {
        b"__Host-g=; Max-Age=0; Path=/; Secure",
        b"__Host-g=; Max-Age=0; Path=/; Secure; Partitioned",
    }


@pytest.mark.parametrize("name", [b"a.b[c]", b"a b", b"a\tb", b"\xe9t\xe9", "été".encode(), b'"q"'])
def test_odd_names_are_named_as_they_came_h16(name: bytes) -> None:
    assert gone(name) == {name + b"=; Max-Age=0; Path=/"}


def test_a_name_twice_is_taken_away_once_and_a_broken_one_never_h16() -> None:
    assert gone(b"_ga", b"_ga", b"_ga_\x01", b"_ga\n") == {b"_ga=; Max-Age=0; Path=/"}
    assert gone(b"_ga_\x01") == set()


@pytest.mark.parametrize("folder", [b"/a;b", b"/a b", b"/\xff", b"/a\r\nx: y", b"/" + b"x" * 1024])
def test_a_folder_that_cannot_be_named_is_meant_by_naming_none_h16(folder: bytes) -> None:
    assert gone(b"_ga", path=folder + b"/page") == {b"_ga=; Max-Age=0; Path=/", b"_ga=; Max-Age=0"}


def test_above_what_cannot_be_named_all_else_is_h16() -> None:
    named = {value.partition(b"Max-Age=0")[2] for value in gone(b"_ga", path=b"/a/b;c/d")}
    assert named == {b"; Path=/", b"; Path=/a", b"; Path=/a/", b""}


@pytest.mark.parametrize("path", [b"*", b""])
def test_a_request_without_a_path_is_for_the_root_h16(path: bytes) -> None:
    assert gone(b"_ga", path=path) == {b"_ga=; Max-Age=0; Path=/"}


def test_of_a_deep_path_every_segment_is_named_h16() -> None:
    assert len(gone(b"_ga", path=b"/a" * 40)) == 1 + 2 * 39 + 1


def test_likely_places_come_first_h16() -> None:
    place = Place("www.example.fr", b"/a/b/c")
    values = expiring([b"x", b"y"], place, room=DIRECT, turn=5)
    assert [value[0:1] for value in values[:4]] == [b"x", b"y", b"x", b"y"]
    assert all(value.count(b"; Path=/;") or value.endswith(b"Path=/") for value in values[:6])
    assert b"; Path=/a/b" in values[6] + b";"


def test_fifty_cookies_go_with_one_response_h16() -> None:
    names = [b"cookie_%d" % number for number in range(50)]
    values = expiring(names, Place("www.example.fr", b"/shop"), room=DIRECT, turn=1)
    root = {
        name + b"=; Max-Age=0; Path=/" + domain
        for name in names
        for domain in (b"", b"; Domain=example.fr", b"; Domain=www.example.fr")
    }
    assert root <= {*values}


@pytest.mark.parametrize("room", [DIRECT, PROXIED])
def test_over_several_responses_every_one_gets_its_turn_h16(room: Room) -> None:
    names = [b"_ga_%d" % number for number in range(60)]
    place = Place("www.example.fr", b"/a/b")
    seen: set[bytes] = set()
    for turn in range(0, 60 * 3 * 6 * 2, 7):
        values = expiring(names, place, room=room, turn=turn)
        assert len(values) <= room.lines
        assert sum(len(value) + 14 for value in values) <= room.octets
        seen.update(values)
    assert len(seen) == 60 * 3 * 4 * 2


def test_a_long_request_costs_no_more_than_what_is_sent_h16() -> None:
    names = [b"_ga_%d" % number for number in range(4000)]
    place = Place("a." * 100 + "fr", b"/a" * 30_000)
    tracemalloc.start()
    values = expiring(names, place, room=DIRECT, turn=10**6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0 < len(values) <= DIRECT.lines
    assert peak < 2_000_000


@given(
    st.lists(st.binary(max_size=300), max_size=8),
    st.binary(max_size=1500),
    st.integers(0, 10**7),
    st.sampled_from([DIRECT, PROXIED]),
)
def test_no_request_is_an_error_and_no_header_breaks_h16(
    names: list[bytes], path: bytes, turn: int, room: Room
) -> None:
    values = expiring(names, Place("www.example.fr", path), room=room, turn=turn)
    assert len(values) == len({*values}) <= room.lines
    assert not any({*b"\r\n\0"} & {*value} for value in values)
