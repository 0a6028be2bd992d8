"""What was held is told: to the server by the browser's reports, to who develops in the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.sink import Sink
from tests.browser.world import world
from tests.headers.rulings import blocking
from tests.sites import service

SITES = ("block", "report")
LATE = "new Image().src = 'https://late.example.org/x?visitor=7'"
PAGE = f"""<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1>
<img src=https://tag.example.org/x><img src=https://counter.example.net/x>
<img src=https://www.facebook.com/tr?id=7><script>{LATE}</script><img src=https://static.site.test/x>"""
THEIRS = 'main="https://block.site.test/theirs"'


def _sealed(stance: str, log: MemoryLog) -> ConsentMiddleware:
    config = blocking(service("counter", "analytics"), undeclared_hosts=stance)
    here = {"url": f"https://{stance}.site.test", "development": True}
    object.__setattr__(config, "site", config.site.model_copy(update=here))
    return ConsentMiddleware(_shop, config=config, log=log)


async def _shop(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"reporting-endpoints": THEIRS}
    await HTMLResponse(PAGE, headers=headers)(scope, receive, send)


LOGS = {stance: MemoryLog() for stance in SITES}
APPS = {stance: _sealed(stance, LOGS[stance]) for stance in SITES}


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    host = dict(scope["headers"])[b"host"].decode().partition(".")[0]
    await (APPS.get(host) or _shop)(scope, receive, send)


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, _app, _sink, "--short-reporting-delay") as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def said(page: Page, stance: str) -> list[str]:
    """What we say in the console, once all three hosts have been named."""
    lines: list[str] = []
    page.on("console", lambda m: lines.append(m.text) if "asgi-consent:" in m.text else None)
    page.goto(f"https://{stance}.site.test/shop?q=1")
    for _ in range(100):
        if len(lines) >= 3:
            break
        page.wait_for_timeout(50)
    return sorted(lines)


def counted(page: Page, stance: str, host: str) -> str | None:
    """By which service's name the log counts this host, once it does; "" for none."""
    for _ in range(200):
        found = {each.host: each.service for each in LOGS[stance]._held}
        if host in found:
            return found[host]
        page.wait_for_timeout(50)
    return None


def test_what_a_script_wanted_is_reported_to_the_server(page: Page, sink: Sink) -> None:
    """The site's own endpoints stay, and nobody else is told."""
    page.goto("https://block.site.test/")
    assert counted(page, "block", "late.example.org") == ""
    assert counted(page, "block", "tag.example.org") == ""
    assert counted(page, "block", "counter.example.net") == "counter"
    assert "static.site.test" not in {each.host for each in LOGS["block"]._held}
    assert sink.requests == []


def test_the_console_names_each_host_once_with_what_to_paste(page: Page) -> None:
    late, tag, pixel = said(page, "block")
    assert late.startswith("asgi-consent: held late.example.org on /shop: no service declares")
    assert 'hosts = ["late.example.org"]' in late
    assert tag.startswith("asgi-consent: held tag.example.org on /shop")
    assert pixel.endswith('[[services]]\nuse = "meta-pixel"  # or: facebook-social\n')


def test_under_report_everything_loads_and_is_named(page: Page, sink: Sink) -> None:
    """design.md §2.1: what is declared is held in the page, the rest is only said."""
    late, tag, _ = said(page, "report")
    assert "late.example.org is used" in late and 'undeclared_hosts = "block" would' in late
    assert "tag.example.org is used" in tag
    assert counted(page, "report", "late.example.org") == ""
    assert {request.partition("/")[0] for request in sink.requests} == {
        "late.example.org",
        "tag.example.org",
        "www.facebook.com",
    }
