"""The second policy, which restrains hosts and only hosts (design.md §3)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.content_type import Kind
from consent.headers.seal import (
    connections,
    endpoints,
    is_sealed,
    is_two_faced,
    seal,
)
from tests.headers.rulings import CONFIG, ruling
from tests.sites import service, site

BARE = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: filesystem: mediastream: about:",
    "frame-src 'self' data: blob: about: javascript:",
)
SOURCE = re.compile(r"(?:https|wss|http|ws)://[A-Za-z0-9*._:/~!$&'()+=@%-]+")


class Hosts:
    """A ruling that lets these patterns through, whatever they are."""

    def __init__(self, *patterns: str) -> None:
        self._patterns = patterns

    def hosts(self) -> tuple[str, ...]:
        return self._patterns


def sealed(*patterns: str, secure: bool = True) -> str:
    made: Any = Hosts(*patterns)
    return seal(made, secure=secure).decode()


def test_without_any_host_it_is_what_broke_no_ordinary_feature() -> None:
    assert sealed() == "; ".join(BARE)


def test_each_host_is_named_for_both_schemes_in_both_directives() -> None:
    hosts = " https://a.example wss://a.example"
    assert sealed("a.example") == f"{BARE[0]}{hosts}; {BARE[1]}{hosts}"


@pytest.mark.parametrize("strict", [False, True])
def test_a_browser_that_forgets_it_there_gets_no_frame_and_no_worker_of_data(strict: bool) -> None:
    made: Any = Hosts("a.example")
    _, *found = seal(made, secure=True, strict=strict, forgetful=True).decode().split("; ")
    names = ["frame-src", *["object-src"] * strict, "worker-src"]
    assert [each.partition(" ")[0] for each in found] == names
    assert all(each.endswith(" https://a.example wss://a.example") for each in found)
    assert not any("data:" in each for each in found)


def test_beside_the_strict_list_nothing_of_data_is_in_a_frame() -> None:
    """Browsers do not hold the calls of such a document, which is of an origin of its own."""
    made: Any = Hosts("a.example")
    _, *frames = seal(made, secure=True, strict=True).decode().split("; ")
    assert [each.partition(" ")[0] for each in frames] == ["frame-src", "object-src"]
    assert all(each.endswith(" https://a.example wss://a.example") for each in frames)
    assert not any("data:" in each for each in frames)


def test_on_plain_http_hosts_may_be_plain_too() -> None:
    assert "https://a.b wss://a.b http://a.b ws://a.b;" in sealed("a.b", secure=False)


def test_paths_and_ports_stay_with_their_host() -> None:
    assert "https://a.example:8443/maps/ wss://a.example:8443/maps/" in sealed(
        "a.example:8443/maps/"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "a.example.",
        "a b",
        "a;b",
        "a,b",
        "a\r\nb",
        "[::1]",
        "'self'",
        "*",
        "",
        "a.example/;x",
        "é.fr",
    ],
)
def test_what_a_policy_cannot_name_stays_held(pattern: str) -> None:
    assert sealed(pattern) == sealed()


@given(st.lists(st.text(max_size=40), max_size=4), st.booleans())
def test_no_configuration_can_write_into_the_header(patterns: list[str], secure: bool) -> None:
    text = sealed(*patterns, secure=secure)
    directives = text.split("; ")
    assert text.isprintable()
    assert "," not in text
    for directive, bare in zip(directives, BARE, strict=True):
        assert directive.startswith(bare)
        assert all(map(SOURCE.fullmatch, directive.removeprefix(bare).split()))


def listed(*patterns: str, secure: bool = True) -> str:
    made: Any = Hosts(*patterns)
    return connections(made, secure=secure).decode()


def test_connections_go_to_hosts_whatever_the_path() -> None:
    assert listed("a.example/x/", "a.example/y", "*.b.example:*", "c.example.") == (
        '(response-origin "https://a.example" "https://*.b.example:*");redirects=allow'
    )
    assert '"https://a.example" "http://a.example"' in listed("a.example", secure=False)


@given(st.lists(st.text(max_size=40), max_size=4))
def test_no_configuration_can_write_into_the_list_of_connections(patterns: list[str]) -> None:
    item = r'\(response-origin( "https://[a-z0-9*._:-]+")*\);redirects=allow'
    assert re.fullmatch(item, listed(*patterns))


@pytest.mark.parametrize("report", ["", "/a;b", "/a,b", '/a"b', "/a b", "//evil.example/x", "a"])
def test_only_a_path_on_the_site_can_be_reported_to(report: str) -> None:
    made: Any = Hosts()
    assert endpoints(report) == b""
    assert seal(made, secure=True, report=report).decode() == sealed()


def test_held_services_are_not_in_it() -> None:
    assert b"counter" not in seal(ruling(), secure=True)
    assert b"till.example.net" in seal(ruling(), secure=True)
    granted = seal(ruling(analytics=True, marketing=False), secure=True)
    assert b"counter.example.net" in granted
    assert b"pixel" not in granted


def test_a_wildcard_and_another_port_are_named_as_written() -> None:
    config = site(services=(service("maps", "analytics", hosts=["*.maps.example"]),))
    assert b"https://*.maps.example wss" in seal(ruling(config, analytics=True), secure=True)


def test_no_nonce_no_form_action_no_webrtc() -> None:
    text = seal(ruling(CONFIG, analytics=True), secure=True)
    assert not any(word in text for word in (b"nonce-", b"form-action", b"webrtc", b"sha256"))


@pytest.mark.parametrize("dest", [b"image", b"font", b"style", b"audio", b"video", b"track"])
def test_what_is_fetched_for_a_page_is_not_sealed(dest: bytes) -> None:
    assert not any(is_sealed(kind, dest) for kind in Kind)


@pytest.mark.parametrize("dest", [b"document", b"iframe", b"worker", b"serviceworker"])
def test_documents_and_workers_always_are(dest: bytes) -> None:
    assert all(is_sealed(kind, dest) for kind in Kind)


@pytest.mark.parametrize("dest", [None, b"empty", b"something-new"])
def test_where_nothing_is_known_all_but_the_passive_is_sealed(dest: bytes | None) -> None:
    assert [kind for kind in Kind if not is_sealed(kind, dest)] == [Kind.PASSIVE]


def test_only_what_is_sealed_elsewhere_has_two_faces() -> None:
    assert is_two_faced(Kind.SCRIPT, b"script")
    assert is_two_faced(Kind.ACTIVE, b"image")
    assert not is_two_faced(Kind.PASSIVE, b"image")
    assert not is_two_faced(Kind.SCRIPT, b"worker")
