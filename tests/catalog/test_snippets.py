"""A fixed text that is searched for first must never hide a match (edges.md 4)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.catalog import catalogue
from consent.catalog.snippets import Snippet, needle
from tests.catalog.snippets import INNOCENT, SHAPES

PATTERNS = [pattern for entry in catalogue().values() for pattern in entry.snippets]


@pytest.mark.parametrize(
    ("pattern", "fixed"),
    [
        ("abc", "abc"),
        ("", ""),
        ("_x\\(\\s*['\"]init", "init"),
        ("\\bgtag\\(", "gtag("),
        ("abcd|ef", ""),
        ("(?:ab|cd)efg", "efg"),
        ("(ab)?efg", "efg"),
        ("abc?", "ab"),
        ("abc*de", "ab"),
        ("abc+de", "abc"),
        ("abc+?de", "abc"),
        ("abc{2}", "abc"),
        ("abc{0,2}", "ab"),
        ("abc{2,3}?d", "abc"),
        ("a.bc", "bc"),
        ("[abc]{3}", ""),
        ("[\\]x]yz", "yz"),
        ("a\\.b\\$c", "a.b$c"),
        ("a\\db", "a"),
        ("(?i)abc", ""),
        ("ab(?i:c)", ""),
        ("window.hjid", "hjid"),
        ("function x", "function x"),
        ("function.x", "x"),
        ("window", ""),
        ("ab(?=cd)", "ab"),
        ("^ab$", "ab"),
        ("ab\\Z", "ab"),
    ],
)
def test_the_needle_is_the_longest_text_that_every_match_has(pattern: str, fixed: str) -> None:
    assert needle(pattern) == fixed


def test_every_snippet_of_the_catalogue_is_searched_for_fast() -> None:
    assert [pattern for pattern in PATTERNS if len(needle(pattern)) < 3] == []


@settings(max_examples=300)
@given(pattern=st.sampled_from(PATTERNS), data=st.data())
def test_whatever_matches_contains_the_needle(pattern: str, data: st.DataObject) -> None:
    script = data.draw(st.from_regex(pattern))
    assert needle(pattern) in script
    assert Snippet(pattern).is_in(script)


@given(
    st.from_regex(r"\A(?:[abc.]|\\[.$sdb]|\(\?:a|\)|\||[*+?]|\[ab\]|\{0,1\}|\{2\}){1,8}\Z"),
    st.text("abc.$ 1", max_size=9),
)
def test_no_expression_is_hidden_by_its_needle(pattern: str, script: str) -> None:
    try:
        found = re.search(pattern, script) is not None
    except re.error:
        return
    assert Snippet(pattern).is_in(script) is found


def test_every_known_loader_is_found() -> None:
    for owner, script in SHAPES:
        assert any(Snippet(each).is_in(script) for each in catalogue()[owner].snippets), script


def test_no_innocent_script_is_taken_for_a_loader() -> None:
    snippets = [Snippet(pattern) for pattern in PATTERNS]
    assert [script for script in INNOCENT for each in snippets if each.is_in(script)] == []
