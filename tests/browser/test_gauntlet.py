"""Every way to reach a host that we know of: none leads anywhere before consent (design.md §3).

A way counts only if it leads somewhere on the bare site, in the same run and the same browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.gauntlet.run import Seen, chromium
from tests.browser.gauntlet.states import Gauntlet, named
from tests.browser.gauntlet.table import table
from tests.browser.gauntlet.way import WAYS, Way
from tests.browser.sink import Sink

_FILE = Path(__file__).parents[1] / "corpus" / "gauntlet.json"
LIMITS: dict[str, dict[str, str]] = json.loads(_FILE.read_text())
"""Ways that neither seal nor guard closes, by what comes through, each with its reason."""
FEWEST = 400
"""Ways that fire on the bare site of the browser that these were written for: more."""


@pytest.fixture(scope="module")
def gauntlet(browser: Browser, _sink: Sink) -> Iterator[Gauntlet]:
    arrived: dict[tuple[str, int], int] = {}
    with chromium(browser, _sink, arrived) as started:
        yield Gauntlet(started, _sink, arrived)


@pytest.fixture(scope="module")
def bare(gauntlet: Gauntlet) -> Seen:
    return gauntlet.bare()


@pytest.fixture(scope="module")
def undecided(gauntlet: Gauntlet, bare: Seen) -> Seen:
    seen = gauntlet.undecided("https://site.test")
    print(*table({"bare": bare, "undecided": seen}), sep="\n")  # noqa: T201 - for `pytest -s`
    return seen


def asked(seen: Seen) -> set[Way]:
    """Ways that came through with a request."""
    return {way for way, _ in seen.requests}


def connected(seen: Seen) -> set[Way]:
    """Ways that came through with a connection and nothing more."""
    return {way for way, _ in seen.connections} - asked(seen)


def test_on_the_bare_site_the_ways_lead_somewhere(bare: Seen) -> None:
    """Else none of the zeros below would mean anything."""
    assert len(bare.of("tracker")) > FEWEST


def test_all_pages_arrive_whole_and_their_ways_are_gone(undecided: Seen) -> None:
    assert undecided.lost == []


def test_before_a_choice_no_request_leaves(undecided: Seen) -> None:
    """To a declared host and to one that nobody declared; but for the known limits."""
    assert set(named(asked(undecided))) <= LIMITS["requests"].keys()


def test_before_a_choice_no_connection_is_made(undecided: Seen) -> None:
    """But for the known limits."""
    limits = LIMITS["connections"].keys() | LIMITS["requests"].keys()
    assert set(named(connected(undecided))) <= limits


def test_every_known_limit_is_a_way_of_the_gauntlet() -> None:
    """A name that was misspelt would never be missed."""
    titles = {way.title for way in WAYS}
    assert {name for kind in LIMITS.values() for name in kind} <= titles
