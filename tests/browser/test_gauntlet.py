"""Every way to reach a host that we know of: none leads anywhere before consent (design.md §3).

A way counts only if it leads somewhere on the bare site, in the same run and the same browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType
from starlette.types import ASGIApp

from tests.browser.gauntlet.run import STATES, Seen, chromium, thrice
from tests.browser.gauntlet.site import Arrived, Ports
from tests.browser.gauntlet.states import Gauntlet, all_states, named
from tests.browser.gauntlet.table import table
from tests.browser.gauntlet.way import WAYS, Way
from tests.browser.sink import Sink

_FILE = Path(__file__).parents[1] / "corpus" / "gauntlet.json"
LIMITS: dict[str, dict[str, str]] = json.loads(_FILE.read_text())
"""Ways that neither seal nor guard closes, by what becomes of them, each with its reason."""
NAMED = {name for kind in LIMITS if kind != "granted" for name in LIMITS[kind]}
HELD = ("undecided", "refused", "withdrawn")
MOST = 400
"""Ways that fire on the bare site of the browser that these were written for: more."""
FEWEST = 130
"""Of them, gone in every other state: more."""


@pytest.fixture(scope="module")
def gauntlet(engine: BrowserType, _sink: Sink) -> Iterator[Gauntlet]:
    arrived: Arrived = {}
    known: Ports = {}

    def sites(ports: Ports, arrived: Arrived) -> Mapping[str, ASGIApp]:
        known.update(ports)
        return thrice(ports, arrived)

    with chromium(engine, _sink, arrived, sites) as started:
        yield Gauntlet(started, _sink, arrived, known)


@pytest.fixture(scope="module")
def states(gauntlet: Gauntlet) -> Iterator[dict[str, Seen]]:
    with all_states(gauntlet, LIMITS) as seen:
        print(*table(seen), sep="\n")  # noqa: T201 - for `pytest -s`
        yield seen


def asked(seen: Seen) -> set[Way]:
    """Ways that came through with a request."""
    return {way for way, _ in seen.requests}


def connected(seen: Seen) -> set[Way]:
    """Ways that came through with a connection and nothing more."""
    return {way for way, _ in seen.connections} - asked(seen)


def limits(kind: str, seen: Seen) -> set[str]:
    """Known ones among the ways that were gone."""
    return set(named(seen.gone)) & LIMITS[kind].keys()


def test_on_the_bare_site_the_ways_lead_somewhere(states: dict[str, Seen]) -> None:
    """Else none of the zeros below would mean anything."""
    assert len(states["bare"].of("tracker")) > MOST


@pytest.mark.parametrize("state", STATES)
def test_all_pages_arrive_whole_and_their_ways_are_gone(
    states: dict[str, Seen], state: str
) -> None:
    """But for those that Chromium is known to end: under the strict seal, and always."""
    crashes = LIMITS["crashes"].keys() if state == "strict" else set()
    assert states[state].lost == []
    assert set(states[state].crashed) == crashes


@pytest.mark.parametrize("state", [*HELD, "strict"])
def test_ways_of_every_family_are_gone(states: dict[str, Seen], state: str) -> None:
    proven = states[state].gone & states["bare"].of("tracker")
    assert {way.family for way in proven} == {way.family for way in WAYS}
    assert len(proven) > FEWEST


@pytest.mark.parametrize("state", HELD)
def test_while_nothing_is_granted_no_request_leaves(states: dict[str, Seen], state: str) -> None:
    """To a declared host and to one that nobody declared; but for the known limits, all of them."""
    seen = states[state]
    assert set(named(asked(seen))) == limits("requests", seen)


@pytest.mark.parametrize("state", HELD)
def test_while_nothing_is_granted_no_connection_is_made(
    states: dict[str, Seen], state: str
) -> None:
    """But for the known limits, all of them."""
    seen = states[state]
    assert set(named(connected(seen))) == limits("connections", seen)


def test_with_the_strict_seal_nobody_is_connected_to(states: dict[str, Seen]) -> None:
    """But for the known limits, all of them; those of the other seal were tried as well."""
    seen = states["strict"]
    assert set(named(seen.gone)) >= NAMED
    assert named(asked(seen)) == []
    assert set(named(connected(seen))) == LIMITS["strict"].keys()


def test_once_granted_every_way_leads_there_again(states: dict[str, Seen]) -> None:
    """But for the known limits, all of them, and what browsers only do when they are idle."""
    bare = states["bare"].of("tracker")
    missed = bare - states["accepted"].of("tracker")
    idle = {way for way in WAYS if "idle" in way.marks}
    listed = set(named(bare)) & LIMITS["granted"].keys()
    assert set(named(missed - idle)) <= listed <= set(named(missed))


def test_who_was_not_declared_is_not_granted(states: dict[str, Seen]) -> None:
    strangers = {way for way, zone in states["accepted"].requests if zone == "stranger"}
    assert set(named(strangers)) <= LIMITS["requests"].keys()


def test_every_known_limit_is_a_way_of_the_gauntlet() -> None:
    """A name that was misspelt would never be missed."""
    assert {way.title for way in WAYS} >= {name for kind in LIMITS.values() for name in kind}
