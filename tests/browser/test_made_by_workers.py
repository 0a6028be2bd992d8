"""What a service worker answers by itself passes no server, and obeys the choice all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Host, Mount, Route

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.outside import ADDRESS, COUNTER, STRANGER, config
from tests.browser.sink import Sink
from tests.browser.world import world

BARE = "https://bare.site.test"
QUIET = "{mode: 'no-cors'}"
LOADING = f"""<!doctype html><html lang=en><title>…</title>
<img src={COUNTER}tag><script>
  document.cookie = 'counted=1';
  document.body.append(Object.assign(document.createElement('iframe'), {{src: '{COUNTER}frame'}}));
  const asked = ['{COUNTER}fetch', '{STRANGER}fetch'].map((url) => fetch(url, {QUIET}));
  Promise.allSettled(asked).then(() => (document.title = 'done'));
</script>"""
# A worker within a page within a service worker: each is made by the one before.
WORKING = """<!doctype html><title>…</title><script>
  new Worker('/made/script').onmessage = () => (document.title = 'done');
</script>"""
ASKING = f"fetch('{COUNTER}worker', {QUIET}).catch(() => 0).then(() => postMessage(0))"
TELLING = {
    "content-type": "text/html",
    "content-security-policy": f"object-src 'none'; report-uri {COUNTER}csp",
    "link": f"<{COUNTER}link>; rel=preconnect",
    "nel": '{"report_to": "x", "max_age": 9}',
    "report-to": f'{{"group": "x", "max_age": 9, "endpoints": [{{"url": "{COUNTER}nel"}}]}}',
    "reporting-endpoints": f'x="{COUNTER}reports"',
    "speculation-rules": f'"{COUNTER}rules"',
}
MAKER = f"""
const type = (text) => ({{headers: {{'content-type': text}}}});
const bytes = (text) => new TextEncoder().encode(text);
const pieces = (text) => new ReadableStream({{
  start(out) {{ [...text].forEach((each) => out.enqueue(bytes(each))); out.close(); }},
}});
const LOADING = {LOADING!r};
const TELLING = {json.dumps(TELLING)};
const made = {{
  text: () => new Response(LOADING, type('text/html')),
  pieces: () => new Response(pieces(LOADING), type('text/html;charset=utf-8')),
  data: () => fetch('data:text/html,' + encodeURIComponent(LOADING)),
  copied: async () => {{
    const answer = await fetch('/tagged');
    return new Response(answer.body, {{headers: answer.headers}});
  }},
  kept: async () => (await caches.match('/kept')).clone(),
  telling: () => new Response('<!doctype html><title>…</title>', {{headers: TELLING}}),
  passed: () => fetch('/tagged'),
  stored: async () => (await caches.match('/tagged')).clone(),
  working: () => new Response({WORKING!r}, type('text/html')),
  script: () => new Response({ASKING!r}, type('text/javascript')),
}};
addEventListener('install', (event) => event.waitUntil((async () => {{
  const cache = await caches.open('pages');
  await cache.put('/kept', new Response(LOADING, type('text/html')));
}})()));
addEventListener('fetch', (event) => {{
  const name = new URL(event.request.url).pathname.split('/made/')[1];
  if (made[name]) event.respondWith(made[name]());
}});
"""
PAGES = ("text", "pieces", "data", "copied", "kept", "stored", "working")
INSTALL = """async () => {
  await (await caches.open('pages')).add('/tagged');
  const {installing} = await navigator.serviceWorker.register('/maker.js', {scope: '/made/'});
  await new Promise((done) => {
    installing.onstatechange = () => installing.state === 'activated' && done();
  });
}"""
STORE = "caches.open('pages').then((cache) => cache.add('/tagged'))"


async def _home(request: Request) -> Response:
    return HTMLResponse("<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1>")


async def _tagged(request: Request) -> Response:
    return HTMLResponse(LOADING)


async def _maker(request: Request) -> Response:
    return Response(MAKER, media_type="text/javascript")


SITE = Starlette(routes=[Route("/", _home), Route("/tagged", _tagged), Route("/maker.js", _maker)])


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    kept = ConsentMiddleware(SITE, config=config(), log=MemoryLog())
    app = Starlette(routes=[Host("bare.site.test", SITE), Mount("", kept)])
    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        context.set_default_timeout(30_000)
        yield context.new_page()


def install(page: Page, site: str) -> None:
    """A worker that makes pages, and a cache with one of the site's."""
    page.goto(f"{site}/")
    page.evaluate(INSTALL)


def choose(page: Page, action: str) -> None:
    page.goto(f"{ADDRESS}/")
    place = page.locator(".cc-banner, dialog").filter(visible=True)
    if not place.count():
        page.locator(".cc-reopen").click()
    with page.expect_navigation():
        place.locator(f"[value={action}]").click()
    page.wait_for_function("window.consent?.state.decided")


def led(page: Page, sink: Sink, site: str, name: str) -> set[str]:
    """Where one of the pages led to."""
    sink.clear()
    page.goto(f"{site}/made/{name}")
    page.wait_for_function("document.title === 'done'")
    return set(sink.requests)


def everywhere(*paths: str, strangers: bool = True) -> set[str]:
    stranger = {STRANGER.partition("//")[2] + "fetch"} if strangers else set()
    return {COUNTER.partition("//")[2] + path for path in paths} | stranger


def test_pages_that_a_worker_makes_load_elsewhere(page: Page, sink: Sink) -> None:
    """On the bare site: else the zeros below would mean nothing."""
    install(page, BARE)
    found = {name: led(page, sink, BARE, name) for name in PAGES}
    assert found == dict.fromkeys(PAGES, everywhere("tag", "frame", "fetch")) | {
        "working": everywhere("worker", strangers=False)
    }


def test_they_obey_the_choice_as_pages_of_the_server_do(page: Page, sink: Sink) -> None:
    """design.md §2, 1: undecided nothing, granted what is granted, withdrawn nothing again."""
    install(page, ADDRESS)
    for name in PAGES:
        assert led(page, sink, ADDRESS, name) == set(), name
        assert sink.connections == [], name
        assert "counted=" not in page.evaluate("document.cookie"), name
    choose(page, "accept_all")
    page.evaluate(STORE)
    for name in PAGES:
        granted = {"working": {"worker"}}.get(name, {"tag", "frame", "fetch"})
        assert led(page, sink, ADDRESS, name) == everywhere(*granted, strangers=False), name
    choose(page, "refuse_all")
    for name in PAGES:
        assert led(page, sink, ADDRESS, name) == set(), name


def test_they_come_as_the_worker_made_them(page: Page) -> None:
    """Not as of old (quirks), nothing lost, and with our script where it comes first."""
    install(page, ADDRESS)
    for name in ("text", "pieces", "kept"):
        page.goto(f"{ADDRESS}/made/{name}")
        assert page.evaluate("[document.compatMode, document.documentElement.lang]") == [
            "CSS1Compat",
            "en",
        ]
        assert page.evaluate("window.consent.state.decided") is False
        first = page.locator("head > script[src]").first
        assert "/consent/assets/guard." in str(first.get_attribute("src"))


def test_what_the_network_answered_is_not_touched(page: Page) -> None:
    """A page that the worker has only passed on has one seal, and the bytes of the server."""
    install(page, ADDRESS)
    with page.expect_response(f"{ADDRESS}/made/passed") as passed:
        page.goto(f"{ADDRESS}/made/passed")
    assert passed.value.from_service_worker
    assert passed.value.headers["content-security-policy"].count("default-src") == 1


def test_they_tell_nobody_by_their_headers(page: Page) -> None:
    """What browsers fetch for a header, or report, they do whatever a policy says (H12)."""
    said = {}
    for site in (BARE, ADDRESS):
        install(page, site)
        with page.expect_response(f"{site}/made/telling") as made:
            page.goto(f"{site}/made/telling")
        said[site] = made.value.headers
    assert said[BARE].items() >= TELLING.items()
    assert COUNTER not in str(said[ADDRESS])
    assert said[ADDRESS]["content-security-policy"].startswith("object-src 'none';")
