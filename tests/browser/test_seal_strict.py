"""``seal = "strict"``: no request and no connection, whatever a script does (design.md §3).

Every way has a host of its own, so all of them can be gone in one run; what counts is that each
one fires on the same pages without the middleware.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from consent import Choice, ConsentMiddleware
from consent.cookie import ChoiceCookie
from consent.log.memory import MemoryLog
from tests.browser.sink import Sink
from tests.browser.ways import IMPORTING, WAYS, WORKER, script
from tests.browser.world import world
from tests.headers.rulings import blocking
from tests.sites import service

BARE, STRICT = "https://bare.site.test", "https://strict.site.test"
SILENT = "a relay of WebRTC"
"""Never a request; and under the strict seal WebRTC is off, for whom it may be granted as well."""
LOUD = WAYS.keys() - {SILENT}
SPECULATION = "a prefetch by speculation rules"
SETTLING = 1500
TRIES = 4
CONFIG = blocking(
    service("counter", "analytics", hosts=["*.counter.example.net"]),
    service("choice", "necessary", exempt_reason="security", hosts=["exempt.example.net"]),
    seal="strict",
)


async def _way(request: Request) -> Response:
    way = list(WAYS)[request.path_params["number"]]
    return _page(f"<script>{script(way, _host(way))}</script>")


async def _go(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], 302)


async def _worker(request: Request) -> Response:
    code = WORKER if request.url.path == "/worker.js" else IMPORTING
    return Response(code, media_type="text/javascript")


async def _life(request: Request) -> Response:
    if request.method == "POST":
        return RedirectResponse("/thanks", 303)
    out = "<a id=out href=https://stranger.example.org/>Out</a>"
    return _page(f"<form method=post><button id=order>Order</button></form>{out}")


async def _thanks(request: Request) -> Response:
    return _page("Thank you")


def _page(body: str) -> Response:
    return HTMLResponse(f"<!doctype html><title>Shop</title><body>{body}</body>")


def _host(way: str) -> str:
    return f"https://w{list(WAYS).index(way)}.counter.example.net/"


SITE = Starlette(
    routes=[
        Route("/way/{number:int}", _way),
        Route("/go", _go),
        Route("/worker.js", _worker),
        Route("/importing.js", _worker),
        Route("/order", _life, methods=["GET", "POST"]),
        Route("/thanks", _thanks),
    ]
)
SEALED = ConsentMiddleware(SITE, config=CONFIG, log=MemoryLog())


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    strict = dict(scope["headers"])[b"host"].startswith(b"strict")
    await (SEALED if strict else SITE)(scope, receive, send)


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, _app, _sink) as started:
        yield started


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def _gone(context: BrowserContext, sink: Sink, site: str, *, wanted: bool) -> set[str]:
    """Ways that led to a request when all of them are tried; waits for what is ``wanted``."""
    for number in range(len(WAYS)):
        with suppress(Error):
            # Some leave the page before it is loaded.
            context.new_page().goto(f"{site}/way/{number}", wait_until="commit")
    # Only pages that are in front prefetch, and not while the browser is busy.
    front = context.pages[list(WAYS).index(SPECULATION)]
    front.bring_to_front()
    front.wait_for_timeout(SETTLING)
    front.reload()
    front.wait_for_timeout(SETTLING)
    for _ in range(TRIES if wanted else 0):
        # A busy machine leaves some aside: they get another chance, in front and by themselves.
        for way in LOUD - _asked(sink):
            page = context.new_page()
            with suppress(Error):
                page.goto(f"{site}/way/{list(WAYS).index(way)}", wait_until="commit")
            page.wait_for_timeout(SETTLING)
    return _asked(sink)


def _asked(sink: Sink) -> set[str]:
    asked = {request.partition("/")[0] for request in sink.requests}
    return {way for way in WAYS if _host(way).split("/")[2] in asked}


def _connected(sink: Sink) -> set[str]:
    return {way for way in WAYS if _host(way).split("/")[2] in sink.connections}


def test_every_way_fires_without_the_middleware(context: BrowserContext, sink: Sink) -> None:
    """What does not fire here proves nothing below."""
    assert _gone(context, sink, BARE, wanted=True) == LOUD
    assert _connected(sink) == WAYS.keys()


def test_before_any_choice_nobody_is_connected_to(context: BrowserContext, sink: Sink) -> None:
    assert (_gone(context, sink, STRICT, wanted=False), _connected(sink)) == (set(), set())


def test_once_granted_every_way_fires_again(context: BrowserContext, sink: Sink) -> None:
    cookie = ChoiceCookie(CONFIG)
    now = datetime.now(UTC)
    value = cookie.encode(Choice(uuid4(), 1, now, {"analytics": True}), now=now)
    context.add_cookies([{"name": cookie.name(secure=True), "value": value, "url": STRICT}])
    assert _gone(context, sink, STRICT, wanted=True) == LOUD


def test_the_sites_own_forms_and_redirects_work(page: Page) -> None:
    page.goto(f"{STRICT}/order")
    page.locator("#order").click()
    page.wait_for_url(f"{STRICT}/thanks")


def test_a_redirect_of_the_sites_own_does_not_lead_out(page: Page, sink: Sink) -> None:
    answer = page.goto(f"{STRICT}/go?to=https://stranger.example.org/")
    assert answer and answer.status == 403
    assert "stranger.example.org" not in sink.connections


def test_a_link_to_elsewhere_is_stopped_which_is_what_strict_means(page: Page, sink: Sink) -> None:
    page.goto(f"{STRICT}/order")
    page.locator("#out").click()
    page.wait_for_timeout(300)
    assert "stranger.example.org" not in sink.connections
