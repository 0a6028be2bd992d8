"""The proof: 65 pages of the web in a real browser, every other host being a sink that counts.

A page that failed to load contacts nobody and proves nothing, so each is checked to have arrived
whole, and the same pages without the middleware are checked to contact many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserType
from starlette.types import ASGIApp, Receive, Scope, Send

from consent.asgi.middleware import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests import saved
from tests.browser.shop import config
from tests.browser.sink import Sink
from tests.browser.visits import SETTLING, Visit, batches, load, visit
from tests.browser.world import world

pytestmark = [saved.needed, pytest.mark.shared]


@dataclass
class Seen:
    """What became of all pages, opened in one way."""

    broken: list[str] = field(default_factory=list)
    """Pages that did not arrive whole."""
    calling: set[str] = field(default_factory=set)
    """Pages that were answered by another host."""
    requests: list[str] = field(default_factory=list)
    """What reached the sink."""

    def note(self, visits: list[Visit]) -> None:
        """Add these pages."""
        self.broken += [each.name for each in visits if not each.is_whole]
        self.calling |= {each.name for each in visits if each.others}


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink, log: MemoryLog) -> Iterator[Browser]:
    """Knows each page three times: at ``bare7.site.test``, ``page7.site.test`` and ``html7.…``."""
    unsealed = config(blocking={"seal": False})
    sites: dict[str, ASGIApp] = {
        "bare": saved.site,
        "page": ConsentMiddleware(saved.site, config=config(), log=log),
        "html": ConsentMiddleware(saved.site, config=unsealed, log=log),
    }

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode()
        await sites[host[:4]](scope, receive, send)

    with world(engine, site, _sink) as started:
        yield started


def test_without_the_middleware_the_pages_contact_many(chromium: Browser, sink: Sink) -> None:
    """Else none of the zeros below would mean anything."""
    seen = _walked(chromium, "bare", sink)
    assert seen.broken == []
    # The others carry nothing of others, or only links.
    assert len(seen.calling) > 40
    assert len(seen.requests) > 1000


def test_before_a_choice_and_after_refusing_no_page_contacts_anybody(
    chromium: Browser, sink: Sink, log: MemoryLog
) -> None:
    """Refused on the page itself, and then on the same page opened anew."""
    undecided, refused, again = Seen(), Seen(), Seen()
    with chromium.new_context(locale="fr-FR") as context:
        for numbers in batches():
            visits = [visit(context, "page", number) for number in numbers]
            load(visits)
            undecided.note(visits)
            undecided.requests += _taken(sink)
            for each in visits:
                _refuse(each)
            visits[0].tab.wait_for_timeout(SETTLING)
            refused.note(visits)
            refused.requests += _taken(sink)
            load(visits)
            again.note(visits)
            assert [each.name for each in visits if _asks(each)] == []
            _close(visits)
            again.requests += _taken(sink)
    assert [undecided, refused, again] == [Seen(), Seen(), Seen()]
    answers = [set(record.purposes.values()) for record in log.records]
    assert answers == [{False}] * len(saved.PAGES)


def test_without_scripts_no_page_contacts_anybody(chromium: Browser, sink: Sink) -> None:
    """And this without the seal: the tags alone are held, those in <noscript> as well."""
    assert _walked(chromium, "html", sink, java_script_enabled=False) == Seen()


def test_without_the_middleware_and_scripts_pages_contact_many(
    chromium: Browser, sink: Sink
) -> None:
    seen = _walked(chromium, "bare", sink, among=batches()[:2], java_script_enabled=False)
    assert seen.broken == []
    assert len(seen.requests) > 100


def _walked(
    chromium: Browser,
    kind: str,
    sink: Sink,
    *,
    among: list[range] | None = None,
    java_script_enabled: bool = True,
) -> Seen:
    seen = Seen()
    with chromium.new_context(java_script_enabled=java_script_enabled) as context:
        for numbers in among or batches():
            visits = [visit(context, kind, number) for number in numbers]
            load(visits)
            seen.note(visits)
            _close(visits)
            seen.requests += _taken(sink)
    return seen


def _close(visits: list[Visit]) -> None:
    for each in visits:
        each.tab.close(run_before_unload=False)


def _taken(sink: Sink) -> list[str]:
    requests = sink.requests[:]
    sink.clear()
    return requests


def _refuse(visit: Visit) -> None:
    visit.tab.locator(".cc-banner [value=refuse_all]").click()
    visit.tab.wait_for_selector("html[data-consent-decided]")
    assert not _asks(visit)


def _asks(visit: Visit) -> bool:
    return visit.tab.locator(".cc-banner").is_visible()
