"""Fifty cookies, one withdrawal, one request under each path: none is left (law.md FR-19)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page
from starlette.types import Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests import sites
from tests.browser.sink import Sink
from tests.browser.world import world

HOST = "www.shop.site.test"
ADDRESS = f"https://{HOST}"
PARENTS = ("site.test", "shop.site.test", HOST)

ODD = [
    b"trk_a.b[c]=1",
    b"trk sp ace=1",
    b'"trk"=1',
    b"trk,comma=1",
    b"trk{}()<>@:/?=1",
    "trk_é".encode() + b"=1",
    b"trk_\xe9\xff=1",
    b"trk_empty=",
    b"trk_equal=a=b",
    b"TRK=not this; Max-Age=1",
    b"trk_long=" + b"x" * 2000,
    b"__Secure-trk=1; Secure",
    b"__Host-trk=1; Secure; Path=/",
    b"__Http-trk=1; Secure; HttpOnly",
    b"__Host-Http-trk=1; Secure; HttpOnly; Path=/",
]
EVERYWHERE = [
    b"trk=1; Path=/",
    b"trk=1; Path=/; Secure; Partitioned",
    b"trk_part=1; Path=/; Secure; Partitioned; Domain=site.test; SameSite=None",
    b"trk_http=1; HttpOnly",
    b"trk_strict=1; SameSite=Strict",
    b"trk_none=1; SameSite=None; Secure",
    b"trk_year=1; Max-Age=31536000; HttpOnly",
    *(b"trk=1; Path=/; Domain=" + name.encode() for name in PARENTS),
    *(b"trk_p=1; HttpOnly; Domain=" + name.encode() for name in PARENTS),
    b"trk_aside=1; Path=/other/place; HttpOnly",
    b"trk_aside=1; Path=/other; Domain=site.test",
]
DEEP = [
    b"trk=1",
    b"trk_http=1; HttpOnly",
    b"trk_deep=1; Domain=site.test",
    b"trk_deep=1; HttpOnly; Secure; Partitioned",
]
PLANTED = {"/": [c for c in ODD if not c.startswith(b"TRK")] + EVERYWHERE}
PLANTED |= {"/a/": DEEP, "/a/b/c/": DEEP, "/a;b/": DEEP, "/caf%C3%A9/": DEEP}
PLANTED["/a/"] = [*DEEP, b"trk_slash=1; Path=/a/", b"trk_page=1; Path=/a/page"]
BY_SCRIPT = ["trk_js=1", "trk_js=1; domain=site.test; path=/", "trk_js=1; path=/a/b", "trk[js].é=1"]
KEPT = {"session", "cart", "__Host-eu-consent"}
PATHS = ("/", "/a/page", "/a/b/c/page", "/a;b/page", "/caf%C3%A9/page", "/other/place")


@dataclass
class Shop:
    """Sets what each folder has, and writes down which cookies it is shown."""

    seen: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer anything with a page."""
        path = scope["raw_path"].decode().partition("?")[0]
        headers = dict(scope["headers"])
        self.seen.append((path, headers.get(b"cookie", b"")))
        sets: list[bytes] = []
        if path.endswith("plant"):
            sets = [*PLANTED[path.removesuffix("plant")], b"session=1; HttpOnly", b"cart=1; Path=/"]
        pairs = [(b"content-type", b"text/html"), *((b"set-cookie", value) for value in sets)]
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": b"<!doctype html><title>Shop</title>"})


def items(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "kind": "cookie", "lifetime": "P13M"} for name in names]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink, shop: Shop) -> Iterator[Browser]:
    def site(host: str, **cookie: Any) -> ConsentMiddleware:
        services = (
            sites.service("tracker", "analytics", items=items("*trk*")),
            sites.service("till", "necessary", exempt_reason="basket", items=items("cart")),
        )
        config = sites.site(url=f"https://{host}", services=services, cookie=cookie)
        return ConsentMiddleware(shop, config=config, log=MemoryLog())

    one, shared = site(HOST), site("site.test", domain="site.test")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode()
        await (one if host == HOST else shared)(scope, receive, send)

    with world(engine, app, _sink) as started:
        yield started


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context


def decide(page: Page, action: str) -> None:
    """Decide as the banner does; the page then follows by itself."""
    page.evaluate("(action) => consent.save(action)", action)


def tracking(context: BrowserContext) -> list[str]:
    """What the raw jar holds of the tracker, wherever it lives."""
    jar = [(c, f"{c.get('domain')} {c.get('path')} {c['name']}") for c in context.cookies()]
    return sorted(place for cookie, place in jar if "trk" in cookie["name"])


def plant(page: Page) -> None:
    for folder in PLANTED:
        page.goto(f"{ADDRESS}{folder}plant")
    page.evaluate("(all) => all.forEach((one) => { document.cookie = one; })", BY_SCRIPT)


def test_none_of_fifty_cookies_survives_one_withdrawal_fr19(
    context: BrowserContext, shop: Shop
) -> None:
    page = context.new_page()
    page.goto(ADDRESS)
    decide(page, "accept_all")
    plant(page)
    assert len(tracking(context)) >= 50

    page.goto(ADDRESS)
    decide(page, "refuse_all")
    shop.seen.clear()
    for path in PATHS:
        page.goto(ADDRESS + path)

    assert tracking(context) == []
    assert {cookie["name"] for cookie in context.cookies()} >= KEPT
    assert shop.seen
    assert not any(b"trk" in cookies.lower() for _, cookies in shop.seen)


def test_who_closes_the_tab_after_withdrawing_is_rid_of_what_the_request_brought_fr19(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.goto(ADDRESS)
    decide(page, "accept_all")
    page.goto(f"{ADDRESS}/plant")
    assert len(tracking(context)) > 25
    status = page.evaluate(
        """async () => (await fetch('/consent/choice', {
          method: 'POST',
          headers: {'content-type': 'application/json'},
          body: '{"action": "refuse_all"}',
        })).status"""
    )
    assert status == 200
    # What lives elsewhere did not come with the request.
    assert [place for place in tracking(context) if " /other" not in place] == []


def test_a_choice_that_subdomains_share_is_a_withdrawal_on_each_fr19(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    one, other = "https://one.site.test", "https://other.site.test"
    page.goto(one)
    decide(page, "accept_all")
    for host in (one, other):
        page.goto(f"{host}/a/plant")
    assert {place.partition(" ")[0] for place in tracking(context)} == {
        "one.site.test",
        "other.site.test",
        ".site.test",
    }
    page.goto(one)
    decide(page, "refuse_all")
    for host in (one, other):
        page.goto(f"{host}/a/page")
    assert tracking(context) == []
