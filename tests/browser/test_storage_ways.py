"""Before consent, and after a refusal, nothing of a held service is on the device (law.md FR-01).

Each way writes under a name of a held service and under one of the site's own. It counts only if it
works on the bare site in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page
from starlette.types import Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.sink import Sink
from tests.browser.storage_ways import LIMITS, WAYS, script
from tests.browser.world import world
from tests.headers.rulings import blocking
from tests.sites import service

HELD, OWN = "trk_", "own_"
KINDS = ("cookie", "local", "session")
TYPES = {"/events": "text/event-stream", "/set": "text/javascript"}
WIDE = "; Domain=site.test; Max-Age=99999"
PATIENCE = 40_000
"""Milliseconds for all ways to come to their end."""


async def site(scope: Scope, receive: Receive, send: Send) -> None:
    """Sets a cookie of the name that the address ends with; some of it are pages."""
    folder, _, name = scope["path"].rpartition("/")
    attributes = {"/wide": WIDE, "/hidden": "; HttpOnly"}.get(folder, "")
    cookie = (b"set-cookie", f"{name}=1; Path=/{attributes}".encode())
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept", "headers": [cookie]})
        await send({"type": "websocket.close"})
        return
    body = page_of(folder, name)
    kind = "text/html" if body else TYPES.get(folder, "text/plain")
    headers = [(b"content-type", kind.encode()), (b"location", b"/plain")]
    if not body:
        headers.append(cookie)
    status = {"/redirect": 302, "/error": 404}.get(folder, 200)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


def page_of(folder: str, name: str) -> str:
    """The pages of the site."""
    body = ""
    if folder == "/writes":
        body = f"<script>document.cookie = '{name}=1; path=/'</script>"
    elif folder == "/way":
        body = f"<script>{script(list(WAYS)[int(name)], HELD, OWN)}</script>"
    elif name == "limits":
        ways = "".join(script(way, HELD) for way in LIMITS)
        body = f"<script>onload = () => {RESTED.replace('…', ways)}</script>"
    elif not folder:
        # Each in a frame of its own, so that none is stopped by what another set off.
        frames = "".join(f"<iframe src=/way/{at}></iframe>" for at in range(len(WAYS)))
        body = f"<script>{LISTENING}</script>{frames}"
    return body and f"<!doctype html><link rel=icon href=data:,><body>{body}"


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    items = [{"name": f"{HELD}*", "kind": kind, "lifetime": "P1Y"} for kind in KINDS]
    config = blocking(service("tracker", "analytics", items=items), exclude_paths=["/hooks/*"])
    guarded = ConsentMiddleware(site, config=config, log=MemoryLog())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"]
        await (site if host.startswith(b"bare") else guarded)(scope, receive, send)

    with world(engine, app, _sink) as started:
        yield started


def kept(page: Page, prefix: str) -> set[str]:
    """The ways by which something came to be on the device."""
    state = page.context.storage_state(indexed_db=True)
    names = {cookie["name"] for cookie in page.context.cookies()}
    for origin in state["origins"]:
        names |= {item["name"] for item in origin.get("localStorage", ())}
    names |= set(page.evaluate(OTHERS))
    ways = list(WAYS)
    return {ways[int(name.removeprefix(prefix))] for name in names if name.startswith(prefix)}


OPENED = "localStorage.length; sessionStorage.length;"
"""What was there before goes when a storage is opened: so that it is not this test that does."""

RESTED = "requestIdleCallback(() => requestIdleCallback(() => { … }))"
"""After the browser had time to take away what was there before."""

LISTENING = f"""
{OPENED}
self.seen = [];
cookieStore.onchange = ({{changed}}) => seen.push(...changed.map(({{name}}) => name));
"""
"""Remembers a cookie that the next answer of the server takes away again."""

OTHERS = """async () => {
  const opened = await navigator.storage.getDirectory();
  const files = await Array.fromAsync(opened.keys());
  const bases = (await indexedDB.databases()).map(({name}) => name);
  return [...Object.keys(sessionStorage), ...(await caches.keys()), ...bases, ...files,
          ...(self.seen ?? [])];
}"""


def gone(context: BrowserContext, host: str, *, action: str = "") -> Page:
    """A page that has gone every way, until all that can be written has been."""
    page = context.new_page()
    address = f"https://{host}.site.test"
    if action:
        page.goto(f"{address}/writes/nothing")
        page.evaluate("(action) => consent.save(action)", action)
    page.goto(address, wait_until="commit")
    for _ in range(PATIENCE // 500):
        if kept(page, OWN) == set(WAYS):
            break
        page.wait_for_timeout(500)
    return page


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context


def test_every_way_works_on_the_bare_site(context: BrowserContext) -> None:
    page = gone(context, "bare")
    assert set(WAYS) - kept(page, HELD) == set()
    assert set(WAYS) - kept(page, OWN) == set()


@pytest.mark.parametrize("action", ["", "refuse_all"], ids=["undecided", "refused"])
def test_nothing_of_a_held_service_is_kept_but_by_known_limits_fr01(
    context: BrowserContext, action: str
) -> None:
    page = gone(context, "www", action=action)
    assert kept(page, OWN) == set(WAYS)
    assert kept(page, HELD) <= set(LIMITS)


def test_known_limits_are_limits(context: BrowserContext) -> None:
    """On a page that asks the server for nothing more, which would take the cookies away again."""
    page = context.new_page()
    page.goto("https://www.site.test/limits")
    for _ in range(PATIENCE // 500):
        if kept(page, HELD) == set(LIMITS):
            break
        page.wait_for_timeout(500)
    assert kept(page, HELD) == set(LIMITS)


def test_with_consent_every_way_works_again(context: BrowserContext) -> None:
    page = gone(context, "www", action="accept_all")
    assert set(WAYS) - kept(page, HELD) == set()
