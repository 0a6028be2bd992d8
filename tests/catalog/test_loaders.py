"""Inline loaders as sites have them are known, whatever their shape, and nothing else is."""

from __future__ import annotations

import re

import pytest

from consent.catalog import catalogue
from consent.catalog.schema import Entry
from tests.catalog.snippets import INNOCENT, LOADERS, SHAPES, minified, spaced
from tests.catalog.table import families

GROUPING = r"(?<!\\)(?:\(\?:|[()])"
REPEATED = r"(?:\\[sw]|\])[*+]"
PATTERNS = [(e.id, re.compile(each)) for e in catalogue().values() for each in e.snippets]
every_family = pytest.mark.parametrize("entries", families().values(), ids=list(families()))


def owners(script: str) -> set[str]:
    return {name for name, pattern in PATTERNS if pattern.search(script)}


@every_family
def test_a_loader_as_sites_paste_it_is_recognised_as_its_own_service_only(
    entries: list[Entry],
) -> None:
    names = {entry.id for entry in entries}
    for service, script in SHAPES:
        assert service not in names or owners(script) == {service}, script


@every_family
def test_every_snippet_is_tried_with_a_real_loader(entries: list[Entry]) -> None:
    for entry in entries:
        scripts = [script for service, script in LOADERS if service == entry.id]
        assert bool(scripts) == bool(entry.snippets), entry.id
        for each in entry.snippets:
            assert any(re.search(each, script) for script in scripts), each


@pytest.mark.parametrize("script", INNOCENT)
def test_a_script_that_only_mentions_a_tracker_is_nobodys(script: str) -> None:
    """edges.md, reported of others, 4."""
    assert owners(script) == set()


@every_family
def test_recognising_a_loader_cannot_be_made_slow(entries: list[Entry]) -> None:
    """Repetitions neither begin a pattern, nor follow one another, nor contain one another."""
    for snippet in (each for entry in entries for each in entry.snippets):
        between = re.split(REPEATED, re.sub(GROUPING, "", snippet))[:-1]
        assert all(literal.removeprefix(r"\b") for literal in between), snippet
        assert not re.search(r"[*+]\)[*+{]|\.[*+]", snippet), snippet


def test_the_shapes_say_the_same_in_other_words() -> None:
    """Else all of them would prove what one of them proves."""
    script = "if (a) { gtag( 'config', 'a b', { x: [1] });\n var y = z || new X() }"
    assert minified(script) == 'if(a){gtag("config","a b",{x:[1]});var y=z||new X()}'
    assert spaced("f( 'a',1 )") == "f(\n  'a' ,\n  1 )\n  "
