"""Service workers under the seal: a choice reaches those that were installed before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.outside import COUNTER, STRANGER, config
from tests.browser.sink import Sink
from tests.browser.world import called, world

ADDRESS = "https://site.test"
MADE = f"<!doctype html><title>Made</title><img src={COUNTER}>"
MAKER = f"""
addEventListener('fetch', (event) => {{
  if (event.request.mode !== 'navigate') return;
  const headers = {{'content-type': 'text/html'}};
  event.respondWith(new Response('{MADE}', {{headers}}));
}});
"""
WORKER = """
addEventListener('message', async (event) => {
  if (!event.data.url) return;
  const answer = fetch(event.data.url, {mode: 'no-cors'});
  event.ports[0].postMessage(await answer.then(() => 'reached', () => 'held'));
});
"""
ASK = """async (url) => {
  const {active} = await navigator.serviceWorker.ready;
  const {port1, port2} = new MessageChannel();
  const answered = new Promise((heard) => (port1.onmessage = ({data}) => heard(data)));
  active.postMessage({url}, [port2]);
  return answered;
}"""


async def _page(request: Request) -> Response:
    return HTMLResponse("<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1>")


async def _worker(request: Request) -> Response:
    return Response(WORKER, media_type="text/javascript")


async def _maker(request: Request) -> Response:
    return Response(MAKER, media_type="text/javascript")


ROUTES = [Route("/", _page), Route("/sw.js", _worker), Route("/maker.js", _maker)]
SITE = Starlette(routes=ROUTES)


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    app = ConsentMiddleware(SITE, config=config(), log=MemoryLog())
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page with a service worker that was installed before any choice."""
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(ADDRESS)
        page.evaluate("navigator.serviceWorker.register('/sw.js')")
        page.evaluate("navigator.serviceWorker.ready.then(() => {})")
        yield page


def choose(page: Page, action: str) -> None:
    """Choose in the bar or the preferences; what changes something loads the page anew."""
    place = page.locator(".cc-banner, dialog").filter(visible=True)
    if not place.count():
        page.locator(".cc-reopen").click()
    with page.expect_navigation():
        place.locator(f"[value={action}]").click()
    page.wait_for_function("window.consent?.state.decided")


def asked(page: Page) -> tuple[str, str]:
    """What becomes of a request of the worker's to a declared host, and to another."""
    return page.evaluate(ASK, COUNTER), page.evaluate(ASK, STRANGER)


def test_a_choice_reaches_a_service_worker_that_was_there_before(page: Page, sink: Sink) -> None:
    """design.md §3: granted it may, withdrawn it may not, and nobody has to close a tab."""
    assert asked(page) == ("held", "held")
    assert called(sink) == []
    choose(page, "accept_all")
    assert asked(page) == ("reached", "held")
    assert called(sink) != []
    choose(page, "refuse_all")
    sink.clear()
    assert asked(page) == ("held", "held")
    assert (called(sink), "counter.example.net" in sink.connections) == ([], False)


def test_without_a_choice_the_worker_stays_the_same(page: Page) -> None:
    """A site's own worker is not started anew for nothing."""
    page.evaluate("navigator.serviceWorker.ready.then((it) => it.update())")
    page.reload()
    assert page.evaluate(
        "navigator.serviceWorker.ready.then(({waiting, installing}) => !(waiting ?? installing))"
    )


MAKE = """async () => {
  const {installing} = await navigator.serviceWorker.register('/maker.js', {scope: '/made'});
  await new Promise((done) => {
    installing.onstatechange = () => installing.state === 'activated' && done();
  });
}"""


def test_a_document_that_a_worker_makes_has_no_seal(page: Page, sink: Sink) -> None:
    """A known limit (docs/blocking.md): nothing of it passes the server."""
    page.evaluate(MAKE)
    sink.clear()
    page.goto(f"{ADDRESS}/made")
    page.wait_for_load_state("networkidle")
    assert page.title() == "Made"
    assert called(sink) != []
