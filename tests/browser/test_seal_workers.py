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
from tests.browser.world import world

ADDRESS = "https://site.test"
WORKER = """
addEventListener('message', async (event) => {
  if (!event.data.url) return;
  const answer = fetch(event.data.url, {mode: 'no-cors'});
  event.ports[0].postMessage(await answer.then(() => 'reached', () => 'held'));
});
"""
ANSWERING = (
    f"{WORKER}addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));"
)
BUSY = f"""{WORKER}
addEventListener('fetch', (event) => {{
  event.waitUntil(new Promise((done) => setTimeout(done, 99999)));
  event.respondWith(fetch(event.request));
}});
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


SCRIPTS = {"plain": WORKER, "answering": ANSWERING, "busy": BUSY}


async def _script(request: Request) -> Response:
    return Response(SCRIPTS[request.path_params["name"]], media_type="text/javascript")


ROUTES = [Route("/", _page), Route("/{name}.js", _script)]
SITE = Starlette(routes=ROUTES)


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    app = ConsentMiddleware(SITE, config=config(), log=MemoryLog())
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def bare(chromium: Browser) -> Iterator[Page]:
    """A page without a worker."""
    with chromium.new_context() as context:
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(ADDRESS)
        yield page


@pytest.fixture(params=["plain", "answering"])
def page(bare: Page, request: pytest.FixtureRequest) -> Page:
    """A page with a service worker that was installed before any choice."""
    install(bare, request.param)
    return bare


def install(page: Page, name: str) -> None:
    """Register a worker of the site's, and wait until it has the page in its hands."""
    page.evaluate(
        "(script) => navigator.serviceWorker.register(script).then(() => {})", f"/{name}.js"
    )
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller")


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


SILENT = """
const never = () => new Promise(() => {});
const later = setTimeout;
setTimeout = (call, wait) => later(call, wait / 100);
navigator.serviceWorker.getRegistrations = async () => [{update: never, unregister: never}];
"""


def test_a_withdrawal_does_not_wait_for_a_browser_that_says_nothing(bare: Page) -> None:
    """Seen of Chromium: neither update() nor unregister() of a registration came to an end."""
    choose(bare, "accept_all")
    bare.evaluate(SILENT)
    choose(bare, "refuse_all")
    assert not bare.evaluate("consent.allows('analytics')")


def test_a_choice_reaches_a_service_worker_that_was_there_before(page: Page, sink: Sink) -> None:
    """design.md §3: granted it may, withdrawn it may not, and nobody has to close a tab."""
    assert asked(page) == ("held", "held")
    assert sink.requests == []
    choose(page, "accept_all")
    assert asked(page) == ("reached", "held")
    assert sink.requests != []
    choose(page, "refuse_all")
    sink.clear()
    assert asked(page) == ("held", "held")
    assert (sink.requests, "counter.example.net" in sink.connections) == ([], False)


TAKEN_OVER = """async () => {
  const found = await navigator.serviceWorker.ready;
  await found.update();
  const next = found.installing ?? found.waiting;
  await new Promise((done) => {
    next.onstatechange = () => next.state === 'activated' && done();
  });
}"""
POST = """() => fetch('/consent/choice', {
  method: 'POST',
  headers: {'content-type': 'application/json'},
  body: JSON.stringify({action: 'accept_all', interface: 'api'}),
}).then((answer) => answer.ok)"""


def test_a_choice_without_our_script_reaches_the_worker_when_it_is_fetched_again(
    page: Page,
) -> None:
    """As from a plain form: the new worker itself asks the one before, and does not wait for it."""
    assert page.evaluate(POST)
    page.evaluate(TAKEN_OVER)
    assert asked(page) == ("reached", "held")
    assert page.evaluate(POST.replace("accept_all", "refuse_all"))
    page.evaluate(TAKEN_OVER)
    assert asked(page) == ("held", "held")


def test_a_worker_that_never_ends_does_not_outlive_a_withdrawal(bare: Page, sink: Sink) -> None:
    """The browser waits for what it has in its hands; the visitor does not."""
    choose(bare, "accept_all")
    bare.clock.install()
    install(bare, "busy")
    assert asked(bare) == ("reached", "held")
    bare.locator(".cc-reopen").click()
    with bare.expect_navigation():
        bare.locator("dialog [value=refuse_all]").click()
        bare.wait_for_function("navigator.serviceWorker.ready.then((it) => it.waiting)")
        bare.clock.fast_forward(9000)
    sink.clear()
    assert (
        bare.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )
    assert bare.evaluate("navigator.serviceWorker.controller") is None
    assert sink.requests == []


def test_without_a_choice_the_worker_stays_the_same(page: Page) -> None:
    """A site's own worker is not started anew for nothing."""
    page.evaluate("navigator.serviceWorker.ready.then((it) => it.update())")
    page.reload()
    assert page.evaluate(
        "navigator.serviceWorker.ready.then(({waiting, installing}) => !(waiting ?? installing))"
    )
