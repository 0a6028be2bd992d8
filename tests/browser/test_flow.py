"""From a page to a click, its record, its cookie, and to what runs: the whole, over TLS."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from starlette.types import Receive, Scope, Send

from consent.log.memory import MemoryLog
from consent.log.sql import SqlLog
from consent.model import Notice
from consent.record import Record
from tests.browser.outside import ADDRESS, shop
from tests.browser.sink import Sink
from tests.browser.watched import Watched
from tests.browser.world import world

TAG, PIXEL = "counter.example.net/tag", "pixel.example.net/tag"
SETTLING = 300


class Switched:
    """A site whose log each test chooses, since starting a browser takes a second."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.now = Watched(shop(self.log))

    def anew(self, log: SqlLog | None = None) -> None:
        """Nothing asked, nothing recorded."""
        self.log = MemoryLog()
        self.now = Watched(shop(log or self.log))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await self.now(scope, receive, send)


@pytest.fixture(scope="module")
def switched() -> Switched:
    return Switched()


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink, switched: Switched) -> Iterator[Browser]:
    with world(engine, switched, _sink) as started:
        yield started


@pytest.fixture
def site(switched: Switched) -> Watched:
    switched.anew()
    return switched.now


@pytest.fixture
def log(site: Watched, switched: Switched) -> MemoryLog:
    return switched.log


@pytest.fixture
def page(chromium: Browser, sink: Sink, site: Watched) -> Iterator[Page]:
    """The start page, before any choice."""
    with chromium.new_context() as context:
        yield _started(context)


@pytest.fixture
def plain(chromium: Browser, sink: Sink, site: Watched) -> Iterator[Page]:
    """The same without JavaScript."""
    with chromium.new_context(java_script_enabled=False) as context:
        yield _started(context)


def _started(context: BrowserContext) -> Page:
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(ADDRESS)
    return page


def refuse(page: Page) -> None:
    page.locator(".cc-banner [value=refuse_all]").click()
    expect(page.locator(".cc-banner")).to_be_hidden()


def accept(page: Page) -> None:
    with page.expect_navigation():
        page.locator(".cc-banner [value=accept_all]").click()


def withdraw(page: Page) -> None:
    """One click, once the panel is open."""
    page.locator(".cc-reopen").click()
    with page.expect_navigation():
        page.locator("dialog [value=refuse_all]").click()


def settled(page: Page, sink: Sink) -> set[str]:
    """What reached others, given time."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLING)
    return set(sink.requests)


def pages(site: Watched) -> list[str]:
    """What was asked of the site itself."""
    return [asked for asked in site.asked if "/consent/" not in asked and "favicon" not in asked]


def test_refusing_changes_nothing_on_the_page_and_lasts(
    page: Page, sink: Sink, site: Watched
) -> None:
    """design.md §3: never a reload after a refusal."""
    refuse(page)
    assert settled(page, sink) == set()
    assert pages(site) == ["GET /"]
    page.locator("#next").click()
    page.wait_for_url("**/next")
    expect(page.locator(".cc-banner")).to_have_count(0)
    assert settled(page, sink) == set()


def test_the_answer_to_a_click_is_read_to_its_end(page: Page) -> None:
    """Else its connection stays taken, and a page never counts as loaded for who watches it."""
    with page.expect_event("requestfinished", lambda done: done.url.endswith("/consent/choice")):
        refuse(page)


def test_the_cookie_comes_once_and_as_it_should(page: Page, site: Watched) -> None:
    """design.md §5; a script of the page does not see it, and no later page renews it."""
    refuse(page)
    page.goto(f"{ADDRESS}/next")
    (cookie,) = site.cookies
    kept = re.fullmatch(
        r"__Host-eu-consent=[\w.-]+; Path=/; Max-Age=(\d+); Expires=[^;]+ GMT"
        r"; Secure; HttpOnly; SameSite=Lax",
        cookie,
    )
    assert kept
    # Six months by the calendar, from a moment ago.
    assert 180 < int(kept[1]) / 86400 <= 184
    assert page.evaluate("document.cookie") == ""
    assert [each["name"] for each in page.context.cookies()] == ["__Host-eu-consent"]


def test_accepting_lets_everything_run_and_lasts(
    page: Page, sink: Sink, site: Watched, log: MemoryLog
) -> None:
    accept(page)
    assert settled(page, sink) == {TAG, PIXEL}
    assert pages(site) == ["GET /", "GET /"]
    assert [record.purposes for record in log.records] == [{"analytics": True, "marketing": True}]
    sink.clear()
    page.goto(f"{ADDRESS}/next")
    assert settled(page, sink) == {TAG, PIXEL}


def test_what_was_chosen_runs_and_nothing_else(page: Page, sink: Sink) -> None:
    page.locator(".cc-banner [data-consent-open]").click()
    page.locator("dialog input[value=analytics]").check()
    with page.expect_navigation():
        page.locator("dialog [value=save]").click()
    assert settled(page, sink) == {TAG}


def test_withdrawing_takes_one_click_and_stops_everything(
    page: Page, sink: Sink, log: MemoryLog
) -> None:
    """EU-09: as easy as giving it; what the counter stored goes as well (edges.md H16)."""
    accept(page)
    assert settled(page, sink) == {TAG, PIXEL}
    page.evaluate("document.cookie = 'counted=1; path=/; max-age=9999'")
    withdraw(page)
    sink.clear()
    page.goto(f"{ADDRESS}/next")
    assert settled(page, sink) == set()
    assert page.evaluate("document.cookie") == ""
    assert [record.action for record in log.records] == ["accept_all", "withdraw"]


def test_without_scripts_forms_do_the_same(plain: Page, sink: Sink, site: Watched) -> None:
    assert settled(plain, sink) == set()
    plain.locator(".cc-banner [value=accept_all]").click()
    assert plain.url == f"{ADDRESS}/"
    assert settled(plain, sink) == {TAG, PIXEL}
    assert site.asked.count("POST /consent/choice") == 1
    plain.locator(".cc-reopen").click()
    plain.locator("form [value=refuse_all]").first.click()
    sink.clear()
    plain.goto(f"{ADDRESS}/next")
    assert settled(plain, sink) == set()


def test_without_scripts_one_purpose_can_be_granted(plain: Page, sink: Sink) -> None:
    plain.locator(".cc-banner [data-consent-open]").click()
    plain.locator("input[value=analytics]").check()
    plain.locator("form [value=save]").click()
    assert plain.url == f"{ADDRESS}/"
    assert settled(plain, sink) == {TAG}


def test_an_order_is_not_sent_twice_by_accepting_on_its_page(
    page: Page, sink: Sink, site: Watched
) -> None:
    """design.md §3: what was granted holds from the next page on."""
    page.goto(f"{ADDRESS}/order")
    page.locator("#send").click()
    expect(page.locator("p", has_text="POST")).to_be_visible()
    page.locator(".cc-banner [value=accept_all]").click()
    expect(page.locator(".cc-toast")).not_to_be_empty()
    assert page.locator(".cc-toast button").count() == 0
    assert settled(page, sink) == set()
    assert site.asked.count("POST /order") == 1
    page.goto(f"{ADDRESS}/next")
    assert settled(page, sink) == {TAG, PIXEL}


def test_without_scripts_an_order_is_not_sent_twice_either(plain: Page, site: Watched) -> None:
    """A page confirms the choice, since the answer to a POST cannot be led back to."""
    plain.goto(f"{ADDRESS}/order")
    plain.locator("#send").click()
    plain.locator(".cc-banner [value=accept_all]").click()
    expect(plain).to_have_url(f"{ADDRESS}/consent/choice")
    plain.locator("main a").first.click()
    expect(plain.locator("p", has_text="GET")).to_be_visible()
    assert site.asked.count("POST /order") == 1


def test_what_was_typed_is_still_there_after_accepting(page: Page, sink: Sink) -> None:
    """design.md §3: the visitor says when."""
    page.goto(f"{ADDRESS}/order")
    page.locator("#note").fill("at the back door")
    page.locator(".cc-banner [value=accept_all]").click()
    now = page.locator(".cc-toast button")
    expect(now).to_be_visible()
    expect(page.locator("#note")).to_have_value("at the back door")
    assert settled(page, sink) == set()
    with page.expect_navigation():
        now.click()
    assert settled(page, sink) == {TAG, PIXEL}


def test_going_back_does_not_bring_back_what_was_withdrawn(page: Page, sink: Sink) -> None:
    """edges.md K5: neither the browser's memory nor its cache may show the older choice."""
    accept(page)
    settled(page, sink)
    page.locator("#next").click()
    page.wait_for_url("**/next")
    withdraw(page)
    settled(page, sink)
    sink.clear()
    page.go_back()
    page.wait_for_function("window.consent?.allows('analytics') === false")
    assert settled(page, sink) == set()


def test_another_tab_follows_with_its_next_page(page: Page, sink: Sink) -> None:
    accept(page)
    other = page.context.new_page()
    other.goto(ADDRESS)
    withdraw(page)
    settled(other, sink)
    sink.clear()
    other.goto(f"{ADDRESS}/next")
    assert settled(other, sink) == set()


def test_while_the_log_is_down_nothing_is_granted(
    page: Page, sink: Sink, site: Watched, log: MemoryLog
) -> None:
    """design.md §2.4: the bar stays, and says so."""
    log.fail_before = True
    page.locator(".cc-banner [value=accept_all]").click()
    expect(page.locator(".cc-banner .cc-message")).not_to_be_empty()
    expect(page.locator(".cc-banner")).to_be_visible()
    page.reload()
    expect(page.locator(".cc-banner")).to_be_visible()
    assert settled(page, sink) == set()
    assert site.cookies == []


def test_while_the_log_is_down_a_refusal_holds_and_is_recorded_later(
    page: Page, chromium: Browser, log: MemoryLog
) -> None:
    """design.md §2.4, edges.md E10."""
    log.fail_before = True
    refuse(page)
    page.goto(f"{ADDRESS}/next")
    expect(page.locator(".cc-banner")).to_have_count(0)
    assert log.records == []
    log.fail_before = False
    with chromium.new_context() as another:
        refuse(_started(another))
    page.wait_for_timeout(SETTLING)
    assert [record.action for record in log.records] == ["refuse_all"] * 2


def test_a_withdrawal_does_not_wait_for_the_log(page: Page, sink: Sink, log: MemoryLog) -> None:
    """EU-09."""
    accept(page)
    settled(page, sink)
    log.fail_before = True
    withdraw(page)
    sink.clear()
    page.goto(f"{ADDRESS}/next")
    assert settled(page, sink) == set()


@pytest.mark.parametrize("answer", ["accept_all", "refuse_all"])
def test_where_no_cookie_is_kept_the_bar_goes_away_for_the_page(
    page: Page, sink: Sink, site: Watched, answer: str
) -> None:
    """Issue: it can be put away and does not nag; no loop of reloads, and nothing runs."""
    site.forgetful = True
    page.locator(f".cc-banner [value={answer}]").click()
    expect(page.locator(".cc-banner")).to_be_hidden()
    expect(page.locator(".cc-toast")).not_to_be_empty()
    assert settled(page, sink) == set()
    assert pages(site) == ["GET /"]


def test_a_grant_is_in_the_database_with_the_texts_that_were_shown(
    page: Page, sink: Sink, switched: Switched, tmp_path: Path
) -> None:
    """EU-08: read by another process's eyes, once the page has it."""
    url = f"sqlite:///{tmp_path / 'proof.db'}"
    switched.anew(SqlLog(url))
    page.goto(ADDRESS)
    accept(page)
    assert settled(page, sink) == {TAG, PIXEL}
    # In a thread of its own: Playwright has an event loop in this one.
    with ThreadPoolExecutor() as elsewhere:
        record, notice = elsewhere.submit(asyncio.run, _proof(url)).result()
    assert record.purposes == {"analytics": True, "marketing": True}
    assert notice is not None
    assert b"Counter" in notice.content


async def _proof(url: str) -> tuple[Record, Notice | None]:
    log = SqlLog(url)
    (record,) = [record async for record in log.read()]
    notice = await log.notice(record.notice)
    await log.close()
    return record, notice
