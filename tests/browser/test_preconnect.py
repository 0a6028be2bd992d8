"""Hints at a connection, in a profile that is kept: Chromium leaves them out in any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import BrowserContext, BrowserType
from starlette.types import ASGIApp

from consent.testing import signed_cookie
from tests.browser.conftest import CHROMIUM
from tests.browser.gauntlet.run import Runner, Seen, Spot, Walk, served, thrice
from tests.browser.gauntlet.site import PAGES, Arrived, Ports, config
from tests.browser.gauntlet.states import PATIENCE, SPARE
from tests.browser.gauntlet.way import WAYS, ZONES
from tests.browser.sink import Sink

HINTS = [way for way in WAYS if "preconnect" in way.text and way.family != "noscript"]
ON = [number for number, ways in enumerate(PAGES) if not set(ways).isdisjoint(HINTS)]
SITE = "https://site.test"


def spots(*zones: str) -> frozenset[Spot]:
    return frozenset((way, zone) for way in HINTS for zone in way.zones if zone in zones)


class Profile:
    """Goes the pages that have such hints."""

    def __init__(self, context: BrowserContext, runner: Runner, ports: Ports) -> None:
        self._context = context
        self._ports = ports
        self._runner = runner
        self._patience = dict.fromkeys(ON, PATIENCE)

    def seen(self, state: str, site: str, wanted: frozenset[Spot] = frozenset()) -> set[Spot]:
        """Which of the hints were followed, once all that is wanted has come."""
        walk = Walk(state, site, self._context, self._context, [*ON], self._patience, due=wanted)
        walk.enough = wanted
        self._runner.go([walk])
        assert walk.seen.lost == []
        self._patience = {n: max(PATIENCE, SPARE * took) for n, took in walk.seen.took.items()}
        return of(walk.seen)

    def grants(self) -> None:
        """From now on it has the cookie of a grant."""
        name, value = signed_cookie(config(self._ports, seal=True), purposes=True)
        self._context.add_cookies(
            [{"name": name, "value": value, "url": f"{SITE}/", "secure": True}]
        )


def of(seen: Seen) -> set[Spot]:
    return {spot for spot in seen.came if spot[0] in HINTS}


@pytest.fixture
def profile(engine: BrowserType, _sink: Sink) -> Iterator[Profile]:
    arrived: Arrived = {}
    known: Ports = {}

    def sites(ports: Ports, arrived: Arrived) -> Mapping[str, ASGIApp]:
        known.update(ports)
        return thrice(ports, arrived)

    with TemporaryDirectory() as folder, served(_sink, arrived, sites) as flags:
        context = engine.launch_persistent_context(folder, executable_path=CHROMIUM, args=flags)
        yield Profile(context, Runner(_sink, arrived), known)
        context.close()


def test_hints_at_a_connection_are_followed_once_granted_and_never_before(
    profile: Profile,
) -> None:
    """In markup, in headers, from scripts: the bare site, undecided, strict, granted."""
    assert len(HINTS) > 5
    assert profile.seen("bare", "https://bare.test", spots(*ZONES)) == spots(*ZONES)
    assert profile.seen("undecided", SITE) == set()
    assert profile.seen("strict", "https://strict.test") == set()
    profile.grants()
    granted = spots(ZONES[0])
    assert profile.seen("accepted", SITE, granted) == granted
