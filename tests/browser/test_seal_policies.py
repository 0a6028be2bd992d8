"""Our own tags under the site's own policies (edges.md S1, S3): none is changed, all are obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from consent import ConsentMiddleware
from consent.cookie import ChoiceCookie
from consent.log.memory import MemoryLog
from tests.browser.outside import config
from tests.browser.sink import Sink
from tests.browser.world import world

ADDRESS = "https://site.test"
TYPED = "require-trusted-types-for 'script'; trusted-types 'none'"
NONCED = "script-src 'nonce-one' 'strict-dynamic'; style-src 'nonce-two'; base-uri 'none'"
POLICIES: dict[str, tuple[list[str], str]] = {
    "a nonce, and nothing else": (["default-src 'none'; connect-src 'self'; " + NONCED], ""),
    "other nonces in another policy": (
        [NONCED, "script-src 'nonce-three' 'nonce-one'", "style-src-elem 'nonce-two' 'nonce-x'"],
        "",
    ),
    "two policies in one header": ([f"{NONCED}, script-src-elem 'nonce-one'"], ""),
    "a nonce in a tag of the page": (
        [],
        f'<meta http-equiv="content-security-policy" content="{NONCED}; connect-src \'self\'">',
    ),
    "a host": (["default-src 'self'; object-src 'none'"], ""),
    "trusted types": ([f"{NONCED}; {TYPED}"], ""),
    "trusted types in a tag of the page": (
        [],
        f'<meta http-equiv="content-security-policy" content="{TYPED}">',
    ),
}
"""Policies that let our script in: headers, and what stands in the page's head."""
CLOSED: dict[str, tuple[list[str], str]] = {
    "hashes": (["script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"], ""),
    "no scripts at all": (["script-src 'none'"], ""),
    "a nonce, but no connections": ([f"{NONCED}; connect-src https://api.example.net"], ""),
    "a sandbox of forms": (["sandbox allow-forms allow-same-origin allow-top-navigation"], ""),
}
"""Policies that keep our script out, or keep it from asking the server."""
ALL = POLICIES | CLOSED


async def _site(scope: Scope, receive: Receive, send: Send) -> None:
    number = scope["path"].strip("/")
    headers, head = ALL[list(ALL)[int(number)]] if number.isdigit() else ([], "")
    page = f"<!doctype html><html lang=en><head>{head}<title>Shop</title></head><body><h1>Shop"
    response = HTMLResponse(page)
    response.raw_headers += [(b"content-security-policy", each.encode()) for each in headers]
    await response(scope, receive, send)


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    app = ConsentMiddleware(_site, config=config(), log=MemoryLog())
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def open_(page: Page, policy: str) -> list[str]:
    """Open the page that has this policy; gives what it will have refused of us."""
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Security Policy" in m.text else None)
    page.goto(f"{ADDRESS}/{list(ALL).index(policy)}")
    return refused


@pytest.mark.parametrize("policy", POLICIES)
def test_our_tags_work_and_nothing_of_them_is_refused(page: Page, policy: str) -> None:
    refused = open_(page, policy)
    page.wait_for_function("window.consent")
    expect(page.locator(".cc-banner")).to_have_css("position", "fixed")
    page.locator(".cc-banner [value=refuse_all]").click()
    expect(page.locator(".cc-banner")).to_be_hidden()
    page.locator(".cc-reopen").click()
    expect(page.locator("dialog")).to_be_visible()
    assert refused == []


@pytest.mark.parametrize("policy", CLOSED)
def test_where_no_script_may_run_or_ask_the_banner_is_a_form(page: Page, policy: str) -> None:
    """design.md: the whole thing also works without JavaScript."""
    open_(page, policy)
    with page.expect_navigation():
        page.locator(".cc-banner [value=refuse_all]").click()
    expect(page.locator("h1")).to_have_text("Shop")
    expect(page.locator(".cc-banner")).to_be_hidden()
    (kept,) = page.context.cookies(ADDRESS)
    choice = ChoiceCookie(config()).decode(kept["value"].encode(), now=datetime.now(UTC))
    assert choice and choice.purposes == {"analytics": False, "marketing": False}
