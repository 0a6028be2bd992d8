"""A frame's address is built again from its service's pattern; nothing else of it comes along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.catalog import catalogue
from consent.catalog.embeds import LONGEST, rebuilt
from consent.model import Embed

PATTERNS = (
    Embed("https://www.film.example/embed/{id}", ("start", "q")),
    Embed("https://{tenant}.film.example/tour"),
    Embed("https://film.example:8443/embed/{id}"),
    Embed("http://film.localhost:8001/embed/{id}", ("start",)),
)


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://www.film.example/embed/a-b_1", "https://www.film.example/embed/a-b_1"),
        ("http://u:p@www.film.example/embed/a#t", "https://www.film.example/embed/a"),
        ("https://WWW.film.example/x/../embed/a?start=1&spy=2", "…/embed/a?start=1"),
        ("https://www.film.example/embed/a?q=é%26b&q=", "…/embed/a?q=%C3%A9%26b&q="),
        ("https://club.film.example/tour?q=1", "https://club.film.example/tour"),
        ("http://film.example:8443/embed/a", "https://film.example:8443/embed/a"),
        (
            "http://film.localhost:8001/embed/a?start=1&x=2",
            "http://film.localhost:8001/embed/a?start=1",
        ),
    ],
)
def test_what_a_pattern_knows_is_kept_and_the_rest_left_out(url: str, made: str) -> None:
    assert rebuilt(PATTERNS, url) == made.replace("…", "https://www.film.example")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.film.example/embed/",
        "https://www.film.example/embed/a/b",
        "https://www.film.example/embed/a%2fb",
        "https://www.film.example:8443/embed/a",
        "https://www.film.example.evil.example/embed/a",
        "http://film.localhost:8002/embed/a",
        "https://www.film.example/watch",
        "https://a.b.film.example/tour",
        "javascript:alert(1)//www.film.example/embed/a",
        "not an address",
        "https://www.film.example/embed/a?q=" + "x" * LONGEST,
    ],
)
def test_what_no_pattern_allows_is_not_opened(url: str) -> None:
    assert rebuilt(PATTERNS, url) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_was_built_again_is_built_the_same_again(name: str, query: str) -> None:
    once = rebuilt(PATTERNS, f"https://www.film.example/embed/{name}?q={query}")
    assert once is None or rebuilt(PATTERNS, once) == once


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("youtube", "https://www.youtube.com/embed/dQw4w9WgXcQ?start=3"),
        ("youtube", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("vimeo", "https://player.vimeo.com/video/76979871?h=8272103f6e"),
        ("dailymotion", "https://www.dailymotion.com/embed/video/x5e9eog"),
        ("google-maps", "https://www.google.com/maps/embed?pb=%211m18%211m12"),
        ("openstreetmap", "https://www.openstreetmap.org/export/embed.html?bbox=2.3%2C48.8"),
        ("spotify", "https://open.spotify.com/embed/track/11dFghVXANMlKmJXsNCbNl"),
        ("soundcloud", "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2F1"),
    ],
)
def test_the_catalogue_opens_what_the_makers_hand_out(service: str, url: str) -> None:
    assert rebuilt(catalogue()[service].service().embeds, url) == url
