"""Shared workers outlive the pages that started them, and a withdrawal ends them (FR-19)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.outside import COUNTER, config
from tests.browser.sink import Sink
from tests.browser.world import world

ADDRESS = "https://site.test"
SCRIPT = """
const born = Math.random();
onconnect = ({ports: [port]}) => port.onmessage = async ({data}) => {
  const answer = fetch(data, {mode: 'no-cors'});
  port.postMessage([born, await answer.then(() => 'reached', () => 'held')]);
};
"""
ASK = """(url) => new Promise((heard, lost) => {
  setTimeout(lost, 9999, 'no answer');
  worker.port.onmessage = ({data}) => heard(data);
  worker.port.postMessage(url);
})"""


class Slow:
    """What workers ask is answered when pages have long come anew."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        if headers.get(b"referer", b"").endswith(b".js"):
            await asyncio.sleep(2)
        await self._app(scope, receive, send)


async def _page(request: Request) -> Response:
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Shop</title><body><input name=note>"
        "<script>worker = new SharedWorker('/worker.js')</script>"
    )


async def _script(request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    site = Starlette(routes=[Route("/", _page), Route("/worker.js", _script)])
    app = ConsentMiddleware(site, config=config(), log=MemoryLog())
    with world(engine, Slow(app), _sink) as started:
        yield started


def opened(chromium: Browser) -> Page:
    page = chromium.new_context().new_page()
    page.goto(ADDRESS)
    page.evaluate("consent.save('accept_all')")
    page.reload()
    return page


def test_a_withdrawal_ends_a_shared_worker_that_another_tab_holds(chromium: Browser) -> None:
    page = opened(chromium)
    other = page.context.new_page()
    other.goto(ADDRESS)
    (born, said), again = other.evaluate(ASK, COUNTER), page.evaluate(ASK, COUNTER)
    assert (said, again) == ("reached", [born, "reached"])
    # What was typed would be lost: this page stays, and the worker with it.
    other.locator("input[name=note]").fill("typed")
    page.locator(".cc-reopen").click()
    with page.expect_navigation():
        page.locator("dialog [value=refuse_all]").click()
    page.wait_for_function("window.consent?.state.decided")
    later = page.evaluate(ASK, COUNTER)
    assert later[0] != born
    assert later[1] == "held"
    page.context.close()


def test_a_choice_that_takes_nothing_away_leaves_it_alone(chromium: Browser) -> None:
    page = opened(chromium)
    born, _ = page.evaluate(ASK, COUNTER)
    page.evaluate("consent.save('accept_all')")
    page.wait_for_timeout(3000)
    assert page.evaluate(ASK, COUNTER)[0] == born
    page.context.close()
