"""Placeholders of held frames: what they show, and how they open in their place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from consent.record import Action, Interface
from tests.browser.conftest import Serve
from tests.browser.shop import config
from tests.browser.sink import Sink
from tests.browser.test_release import until

FILM = "www.youtube.com/embed/abc?start=3"
STRICT = "default-src 'none'; style-src 'self'; script-src 'nonce-a'; connect-src 'self'"
POLICIES = {
    "/": "",
    "/strict": f"{STRICT}; frame-src 'self'; form-action 'self'",
    "/long": "",
    "/closed": "frame-src 'none'",
}
ONCE, ALWAYS = "[value=once]", "[value=save]"


POST = "www.facebook.com/plugins/post.php?href=x"
"""No pattern knows it, so it cannot be opened this time."""


def body(path: str) -> str:
    if path == "/long":
        far = "<p style='height:3000px'>Far</p>"
        return f"{far}<iframe id=film src='https://{POST}' height=300></iframe>{far}"
    frame = f"<iframe id=film src='https://{FILM}&spy=1' width=320 height=180></iframe>"
    return f"<h1>Club</h1><input id=name aria-label=Nom>{frame}{frame.replace('film', 'more', 1)}"


async def _page(request: Request) -> Response:
    markup = f"<!doctype html><html lang=fr><title>Club</title><body>{body(request.url.path)}"
    policy = POLICIES[request.url.path]
    return HTMLResponse(markup, headers={"content-security-policy": policy} if policy else {})


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def address(serve: Serve, log: MemoryLog, sink: Sink) -> str:
    app = Starlette(routes=[Route(path, _page) for path in POLICIES])
    return serve(ConsentMiddleware(app, config=config(), log=log))


@pytest.fixture
def plain(browser: Browser, sink: Sink) -> Iterator[Page]:
    """Without JavaScript."""
    with browser.new_context(java_script_enabled=False) as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def placeholder(page: Page, name: str = "film") -> FrameLocator:
    return page.frame_locator(f"#{name}")


def player(page: Page, name: str = "film") -> FrameLocator:
    """What the sink sends in the place of a film."""
    return placeholder(page, name).frame_locator("iframe")


def is_shown(page: Page, name: str = "film") -> None:
    expect(player(page, name).locator("img")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/strict"])
def test_a_click_opens_the_film_in_its_place_once(
    page: Page, address: str, sink: Sink, log: MemoryLog, path: str
) -> None:
    """Nothing else of its address goes along, no cookie is set, no document is loaded anew."""
    page.goto(address + path)
    page.locator("#name").fill("typed")
    placeholder(page).locator(ONCE).click()
    is_shown(page)
    expect(page.locator("#name")).to_have_value("typed")
    expect(placeholder(page, "more").locator(ONCE)).to_be_visible()
    assert sink.requests == [FILM]
    assert page.context.cookies() == []
    assert [(record.action, record.interface) for record in log.records] == [
        (Action.ONCE, Interface.PLACEHOLDER)
    ]
    sink.clear()
    page.reload()
    expect(placeholder(page).locator(ONCE)).to_be_visible()
    assert sink.requests == []


@pytest.mark.parametrize("button", [ONCE, ALWAYS])
def test_it_opens_without_javascript_too(plain: Page, address: str, button: str) -> None:
    plain.goto(address)
    plain.locator("#name").fill("typed")
    placeholder(plain).locator(button).click()
    is_shown(plain)
    expect(plain.locator("#name")).to_have_value("typed")
    assert bool(plain.context.cookies()) is (button == ALWAYS)


def test_it_opens_by_the_keyboard(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#name").focus()
    page.keyboard.press("Tab")
    expect(placeholder(page).locator(ONCE)).to_be_focused()
    page.keyboard.press("Enter")
    is_shown(page)


def test_allowing_always_loads_the_page_anew_where_nothing_is_lost(
    page: Page, address: str, sink: Sink
) -> None:
    page.goto(address)
    placeholder(page).locator(ALWAYS).click()
    page.wait_for_function("consent.state.services.youtube === true")
    for name in ("film", "more"):
        expect(page.frame_locator(f"#{name}").locator("img")).to_have_count(1)
    expect(page.locator(".cc-banner")).to_have_count(0)


def test_a_page_keeps_its_place_when_it_is_loaded_anew_for_a_frame(
    page: Page, address: str, sink: Sink
) -> None:
    """design.md §3."""
    page.goto(f"{address}/long")
    placeholder(page).locator(ALWAYS).scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    with page.expect_navigation():
        placeholder(page).locator(ALWAYS).click()
    expect(placeholder(page).locator("img")).to_have_count(1)
    page.wait_for_function(f"Math.abs(scrollY - {before}) < 5")
    assert before > 1000


def test_frames_are_gone_before_their_page_is_loaded_anew(page: Page, address: str) -> None:
    """Firefox puts the documents of those that are left into the new page's frames."""
    page.goto(address)
    left = "sessionStorage.left = document.querySelectorAll('iframe').length"
    page.evaluate(f"() => void document.addEventListener('visibilitychange', () => {{ {left} }})")
    with page.expect_navigation():
        page.locator(".cc-banner [value=accept_all]").click()
    assert page.evaluate("sessionStorage.left") == "0"


def test_without_javascript_the_frame_says_that_it_is_allowed(plain: Page, address: str) -> None:
    plain.goto(f"{address}/long")
    placeholder(plain).locator(ALWAYS).click()
    placeholder(plain).get_by_role("status").get_by_role("link").click()
    expect(placeholder(plain).locator("img")).to_have_count(1)


def test_allowing_always_opens_in_place_where_something_would_be_lost(
    page: Page, address: str
) -> None:
    page.goto(address)
    page.locator("#name").fill("typed")
    placeholder(page).locator(ALWAYS).click()
    is_shown(page)
    expect(page.locator(".cc-toast button")).to_be_visible()
    expect(page.locator("#name")).to_have_value("typed")
    assert page.evaluate("consent.state.services.youtube") is True


def test_a_site_that_lets_no_frame_show_its_own_pages_gets_no_button_for_once(
    page: Page, address: str, sink: Sink
) -> None:
    page.goto(f"{address}/closed")
    expect(placeholder(page).locator(ONCE)).to_have_count(0)
    with page.expect_navigation():
        placeholder(page).locator(ALWAYS).click()
    assert page.evaluate("consent.state.services.youtube") is True


def test_going_back_shows_the_placeholder_and_not_the_film(
    page: Page, address: str, sink: Sink
) -> None:
    """A token opens once."""
    page.goto(address)
    placeholder(page).locator(ONCE).click()
    is_shown(page)
    page.goto(f"{address}/closed")
    sink.clear()
    page.go_back()
    until(page, lambda: placeholder(page).locator(ONCE).count() == 1)
    expect(placeholder(page).locator(ONCE)).to_be_visible()
    assert sink.requests == []


@pytest.mark.parametrize(("width", "height"), [(320, 180), (560, 315)])
def test_both_buttons_are_in_view_and_large_enough(
    page: Page, address: str, width: int, height: int
) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels; a film on a phone is 320 by 180."""
    page.goto(address)
    page.locator("#film").evaluate(
        "(frame, [w, h]) => Object.assign(frame, {width: w, height: h})", [width, height]
    )
    outer = page.locator("#film").bounding_box()
    assert outer is not None
    for button in (ONCE, ALWAYS):
        box = placeholder(page).locator(button).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert box["x"] >= outer["x"] and box["y"] >= outer["y"]
        assert box["x"] + box["width"] <= outer["x"] + outer["width"]
        assert box["y"] + box["height"] <= outer["y"] + outer["height"]
