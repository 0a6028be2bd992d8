"""Every service of the catalogue in a real browser: it acts on the bare site, is held until the
visitor consents, and acts again after.

Many services share a page, so that the whole catalogue takes a few page loads; what each of them
did is told apart by its own addresses, scripts and cookies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, BrowserType
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from consent import ConsentMiddleware
from consent.catalog import catalogue
from consent.log.memory import MemoryLog
from tests.browser.sink import Sink
from tests.browser.world import DOMAIN, world
from tests.catalog.triggers import storing, trigger, use
from tests.sites import site

A_PAGE = 60
"""Services on one page: a browser keeps no more than 180 cookies of a site."""
HOSTS = 2
"""Hosts of each service: that all are held is known by the tests of the server's decisions."""
IDS = list(catalogue())
BATCHES = [IDS[start : start + A_PAGE] for start in range(0, len(IDS), A_PAGE)]
ACCEPT = """async () => (await fetch("/consent/choice", {
  method: "POST",
  headers: {"content-type": "application/json"},
  body: JSON.stringify({action: "accept_all"}),
})).status"""


@dataclass(frozen=True)
class Seen:
    """What happened, as in ``Trigger.effects``, of all services together."""

    bare: set[str]
    undecided: set[str]
    granted: set[str]


def page(batch: list[str]) -> ASGIApp:
    """A page with everything that these services are known by."""
    triggers = [trigger(catalogue()[name], HOSTS) for name in batch]
    body = "\n".join(each.page() for each in triggers) + storing(triggers)
    cookies = [f"{name}=1; Path=/; Secure" for each in triggers for name in each.cookies]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = HTMLResponse(f"<!doctype html><html><title>All</title><body>{body}<p id=end>")
        answer.raw_headers += [(b"set-cookie", each.encode()) for each in cookies]
        await answer(scope, receive, send)

    return app


def held(batch: list[str]) -> ASGIApp:
    """The same behind the middleware."""
    services = tuple(use(catalogue()[name]) for name in batch)
    return ConsentMiddleware(
        page(batch), config=site(services=services, url=f"https://{DOMAIN}"), log=MemoryLog()
    )


@pytest.fixture(scope="module")
def seen(engine: BrowserType, _sink: Sink) -> Iterator[Seen]:
    """All pages once, in each of the three states."""
    apps: dict[str, ASGIApp] = {}
    for number, batch in enumerate(BATCHES):
        apps |= {f"bare{number}": page(batch), f"page{number}": held(batch)}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode()
        await apps[host.partition(".")[0]](scope, receive, send)

    with world(engine, app, _sink) as chromium:
        contexts = [chromium.new_context() for _ in BATCHES]
        bare = visited(contexts, "bare", _sink)
        for context in contexts:
            context.clear_cookies()
        undecided = visited(contexts, "page", _sink)
        for context in contexts:
            assert context.pages[0].evaluate(ACCEPT) == 200
        yield Seen(bare, undecided, visited(contexts, "page", _sink))


def visited(contexts: list[BrowserContext], kind: str, sink: Sink) -> set[str]:
    """What happens when these pages are opened beside each other, each in a profile of its own."""
    sink.clear()
    tabs = [context.pages[0] if context.pages else context.new_page() for context in contexts]
    for number, tab in enumerate(tabs):
        tab.goto(f"https://{kind}{number}.{DOMAIN}/", wait_until="commit")
    effects: set[str] = set()
    for tab in tabs:
        tab.wait_for_load_state("load")
        assert tab.locator("#end").count() == 1
        effects.update(tab.evaluate("window.ran ?? []"))
        effects.update(tab.evaluate("window.stored"))
    return effects.union(sink.requests)


@pytest.mark.parametrize("name", IDS)
def test_a_service_acts_on_the_bare_site_is_held_and_acts_again_with_consent(
    name: str, seen: Seen
) -> None:
    """Issue 3, law.md FR-01: whatever does not act on the bare site proves nothing."""
    effects = trigger(catalogue()[name], HOSTS).effects()
    assert effects - seen.bare == set()
    assert effects & seen.undecided == set()
    assert effects - seen.granted == set()


def test_nothing_at_all_happens_before_consent(seen: Seen) -> None:
    """Not under a name that no service has, either."""
    assert seen.undecided == set()
