"""Whose page sent this? (edges.md E1, E2)"""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from consent.asgi.origin import Origins, Sender
from tests.sites import site

OWN, FOREIGN, UNKNOWN = Sender.OWN, Sender.FOREIGN, Sender.UNKNOWN


def sender(
    *headers: tuple[str, str], host: str = "www.example.fr", scheme: str = "https", **about: object
) -> Sender:
    raw = [(name.encode(), value.encode()) for name, value in (("host", host), *headers)]
    request = HTTPConnection({"type": "http", "scheme": scheme, "headers": raw})
    return Origins(site(**about)).sender(request)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said, answer",
    [("same-origin", OWN), ("none", OWN), ("same-site", FOREIGN), ("cross-site", FOREIGN),
     ("Same-Origin", FOREIGN), ("same-origin, cross-site", FOREIGN)],
)  # fmt: skip
def test_what_the_browser_compared_decides(said: str, answer: Sender) -> None:
    assert sender(("sec-fetch-site", said)) is answer


def test_two_words_of_the_browser_are_doubt() -> None:
    twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")]
    assert sender(*twice) is FOREIGN


@pytest.mark.parametrize(
    "origin, answer",
    [
        pytest.param("https://www.example.fr", OWN, id="own"),
        pytest.param("https://evil.example", FOREIGN, id="E1 another host"),
        pytest.param("https://shop.example.fr", FOREIGN, id="E1 a subdomain"),
        pytest.param("http://www.example.fr", FOREIGN, id="another scheme"),
        pytest.param("https://www.example.fr:8443", FOREIGN, id="another port"),
        pytest.param("https://www.example.fr.evil.example", FOREIGN, id="own as a prefix"),
        pytest.param("null", FOREIGN, id="E2 null"),
    ],
)
def test_without_that_word_the_origin_decides(origin: str, answer: Sender) -> None:
    assert sender(("origin", origin)) is answer


def test_neither_header_leaves_it_open() -> None:
    assert sender() is UNKNOWN


def test_two_origins_are_doubt() -> None:
    assert sender(("origin", "https://www.example.fr"), ("origin", "null")) is FOREIGN


@pytest.mark.parametrize("origin", ["https://evil.example", "https://www.example.fr:8443"])
def test_a_foreign_origin_is_foreign_whatever_else_is_said(origin: str) -> None:
    """E1: no browser says both, so who does is not one."""
    assert sender(("sec-fetch-site", "same-origin"), ("origin", origin)) is FOREIGN


def test_a_form_of_a_page_without_referrer_is_own_if_the_browser_says_so() -> None:
    """Browsers write ``Origin: null`` for it; alone, null stays refused (E2)."""
    assert sender(("sec-fetch-site", "same-origin"), ("origin", "null")) is OWN


def test_a_proxy_that_ended_tls_does_not_make_the_site_foreign_to_itself() -> None:
    words = [("sec-fetch-site", "same-origin"), ("origin", "https://demo.example.fr")]
    assert sender(*words, host="demo.example.fr", scheme="http") is OWN


def test_the_public_origin_counts_where_the_proxy_hides_the_host() -> None:
    """E2."""
    assert sender(("origin", "https://www.example.fr"), host="app:8000", scheme="http") is OWN


def test_a_forwarded_host_is_not_looked_at() -> None:
    """E2."""
    words = [("x-forwarded-host", "evil.example"), ("origin", "https://evil.example")]
    assert sender(*words) is FOREIGN


@pytest.mark.parametrize(
    "origin, answer",
    [("https://a.example.fr", OWN), ("https://b.example.fr:8443", OWN),
     ("https://www.example.fr", FOREIGN)],
)  # fmt: skip
def test_trusted_origins_replace_all_others(origin: str, answer: Sender) -> None:
    trusted = ("https://a.example.fr", "https://b.example.fr:8443")
    assert sender(("origin", origin), trusted_origins=trusted) is answer


@pytest.mark.parametrize("host", ["", "a b", "[", "\x80", "user@evil.example:x"])
def test_a_host_that_cannot_be_read_is_nobodys_origin(host: str) -> None:
    assert sender(("origin", f"https://{host}"), host=host) is FOREIGN
