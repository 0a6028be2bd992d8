"""``seal = "strict"``: no request and no connection, whatever a script does (design.md §3).

One way of each kind, on a page that is in front; all there are, and that none leads anywhere, are
in ``test_gauntlet.py``. Each has a host of its own, and what counts is that it fires on the same
page without the middleware.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.browser import ways
from tests.browser.sink import Sink
from tests.browser.world import world
from tests.headers.rulings import blocking
from tests.sites import service

BARE, STRICT = "https://bare.site.test", "https://strict.site.test"
PAGES_OWN = {name: way for name, way in ways.WAYS.items() if "worker" not in name}
"""Workers obey the same header, of their own, under either seal."""
WAYS = PAGES_OWN | {"a relay": ways.RELAY, "a prefetch by speculation rules": ways.RULES}
LOUD = set(WAYS) - {"a relay"}
"""A relay asks for nothing; and WebRTC is off under the strict seal, for whom it may be as well."""
LOOKS, LOOK = 300, 100
"""Looks for what has to come, and milliseconds between them."""
AGAIN = 100
"""Looks after which the bare page is opened again: a busy browser aborts a frame now and then."""
QUIET = 20
"""Looks where nothing may come."""
CONFIG = blocking(
    service("counter", "analytics", hosts=["*.counter.example.net"]),
    service("choice", "necessary", exempt_reason="security", hosts=["exempt.example.net"]),
    seal="strict",
)


async def _ways(request: Request) -> Response:
    scripts = "".join(
        f"<script>{ways.script(way, _host(name))}</script>" for name, way in WAYS.items()
    )
    return _page(scripts)


async def _go(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], 302)


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
        Route("/ways", _ways),
        Route("/go", _go),
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


def _gone(page: Page, sink: Sink, site: str, wanted: set[str]) -> set[str]:
    """Ways that led to a request, once those that are wanted have led anywhere."""
    for look in range(LOOKS if wanted else QUIET):
        if not look or (site == BARE and not look % AGAIN):
            _open(page, f"{site}/ways")
        if wanted and _asked(sink) == LOUD and _connected(sink) >= wanted:
            break
        page.wait_for_timeout(LOOK)
    return _asked(sink)


def _open(page: Page, address: str) -> None:
    """A busy browser gives up a page now and then before any of it is there: it is asked twice."""
    try:
        page.goto(address)
    except Error as error:
        if "ERR_ABORTED" not in str(error):
            raise
        page.goto(address)


def _asked(sink: Sink) -> set[str]:
    asked = {request.partition("/")[0] for request in sink.requests}
    return {way for way in WAYS if _host(way).split("/")[2] in asked}


def _connected(sink: Sink) -> set[str]:
    return {way for way in WAYS if _host(way).split("/")[2] in sink.connections}


def test_every_way_fires_without_the_middleware(page: Page, sink: Sink) -> None:
    """What does not fire here proves nothing below."""
    assert _gone(page, sink, BARE, set(WAYS)) == LOUD
    assert _connected(sink) == WAYS.keys()


def test_before_any_choice_nobody_is_connected_to(page: Page, sink: Sink) -> None:
    assert (_gone(page, sink, STRICT, set()), _connected(sink)) == (set(), set())


def test_once_granted_every_way_fires_again(page: Page, sink: Sink) -> None:
    cookie = ChoiceCookie(CONFIG)
    now = datetime.now(UTC)
    value = cookie.encode(Choice(uuid4(), 1, now, {"analytics": True}), now=now)
    page.context.add_cookies([{"name": cookie.name(secure=True), "value": value, "url": STRICT}])
    assert _gone(page, sink, STRICT, LOUD) == LOUD


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
