"""The seal, and a visitor who makes up their mind (design.md §2, §3).

That each way leads nowhere before is shown by ``test_gauntlet.py``; that the rest of a site goes on
as before, by ``test_ordinary_life.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserType, Error, Page, expect

from tests.browser.outside import ADDRESS, shop
from tests.browser.sink import Sink
from tests.browser.ways import NAVIGATION, WAYS
from tests.browser.world import world

SETTLING = 500
LOOKS, LOOK = 200, 50
"""Looks for what has to come, and milliseconds between them."""
EVERY = {f"counter.example.net/{number}" for number in range(len(WAYS))}


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, shop(), _sink) as started:
        yield started


@pytest.fixture
def page(chromium: Browser, sink: Sink) -> Iterator[Page]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def opened(page: Page, path: str) -> None:
    """Open a page, and let it do what it wants to."""
    page.goto(ADDRESS + path)
    page.wait_for_timeout(SETTLING)


def reached(page: Page, sink: Sink, wanted: set[str]) -> set[str]:
    """What was asked for by the time that all this was."""
    for _ in range(LOOKS):
        if wanted <= {request.rstrip("?") for request in sink.requests}:
            break
        page.wait_for_timeout(LOOK)
    page.wait_for_timeout(SETTLING)
    # A form adds a question mark.
    return {request.rstrip("?") for request in sink.requests}


def test_scripts_reach_nobody_until_they_may_and_then_only_whom_they_may(
    page: Page, sink: Sink
) -> None:
    """design.md §3: undecided, refused, refused and opened anew; then granted."""
    opened(page, "/ways")
    page.locator(".cc-banner [value=refuse_all]").click()
    page.wait_for_selector("html[data-consent-decided]")
    opened(page, "/ways")
    assert sink.requests == []
    page.locator(".cc-reopen").click()
    page.locator("dialog [value=accept_all]").click()
    assert reached(page, sink, EVERY) == EVERY


def test_where_nobody_declared_it_a_page_leads_its_visitor_elsewhere(
    page: Page, sink: Sink
) -> None:
    """design.md §2.8: a known limit, which fails here once it is none; held services are not."""
    for number in range(len(NAVIGATION)):
        with suppress(Error):
            # It may be left before it is loaded.
            page.context.new_page().goto(f"{ADDRESS}/leaving/{number}", wait_until="commit")
    wanted = {f"stranger.example.org/{number}" for number in range(len(NAVIGATION))}
    assert reached(page, sink, wanted) == wanted


def test_accepting_loads_the_document_once_more_and_not_again(page: Page) -> None:
    loads: list[str] = []
    page.on("request", lambda r: loads.append(r.url) if r.resource_type == "document" else None)
    opened(page, "/strict")
    with page.expect_navigation():
        page.locator(".cc-banner [value=accept_all]").click()
    page.wait_for_timeout(SETTLING)
    assert loads == [f"{ADDRESS}/strict"] * 2


def test_a_site_with_a_strict_policy_goes_on_as_before_and_so_does_the_banner(page: Page) -> None:
    """edges.md S1: two policies, neither merged with nor weakening the other."""
    opened(page, "/strict")
    assert page.evaluate("window.ran") == "with its nonce"
    page.locator(".cc-banner [value=refuse_all]").click()
    expect(page.locator(".cc-toast")).not_to_be_empty()
    expect(page.locator(".cc-banner")).to_be_hidden()
    page.locator(".cc-reopen").click()
    expect(page.locator("dialog")).to_be_visible()
