"""What the guard stops: each way is gone by a script, and must have led somewhere without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.browser.guard_ways import HINTS, WAYS, host
from tests.browser.guarded import ADDRESS, BARE, app
from tests.browser.sink import Sink
from tests.browser.world import world

ROUNDS, ROUND = 100, 100
"""Looks, and milliseconds between them; where all ways lead somewhere, it is over before."""
TIMES = 3
"""So often the bare page is opened, as long as not all have: a busy browser drops a prefetch."""
QUIET = 20
"""Looks where nothing may come: more than are needed where all do."""


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, app, _sink) as started:
        yield started


def reached(sink: Sink) -> set[str]:
    """The ways that have led to a connection so far."""
    return {name for number, name in enumerate(WAYS) if host(number) in sink.connections}


def go(chromium: Browser, sink: Sink, address: str, *, hints: int, looks: int) -> None:
    """All ways once."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/ways")
        for _ in range(looks):
            page.wait_for_timeout(ROUND)
            if reached(sink) == set(WAYS):
                break
        assert page.evaluate("window.lost") == []
        assert page.locator("link[rel~=preconnect i][href*=wide]").count() == hints


def test_no_way_leads_anywhere_that_leads_somewhere_without_the_guard(
    chromium: Browser, sink: Sink
) -> None:
    """Issue 3: connections behind frames and forms, hints, speculation rules, relays."""
    for _ in range(TIMES):
        if reached(sink) != set(WAYS):
            go(chromium, sink, BARE, hints=len(HINTS), looks=ROUNDS)
    assert set(WAYS) - reached(sink) == set()
    sink.clear()
    go(chromium, sink, ADDRESS, hints=0, looks=QUIET)
    assert reached(sink) == set()
    assert [call for call in sink.requests if "wide.example.org" in call] == []
