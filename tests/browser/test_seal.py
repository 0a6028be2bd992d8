"""What the browser itself refuses under the seal, and what it must go on doing (design.md §2, §3).

Every way is gone by a script of the page, to a declared host and to one that nobody declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserType, Error, Page, expect

from tests.browser.outside import ADDRESS, BANK, COUNTER, STRANGER, shop
from tests.browser.sink import Sink
from tests.browser.ways import CLOSED, GUARDED, LIMITS, WAYS
from tests.browser.world import called, world

SETTLING = 300
ECHOED = (
    "new Promise((heard, lost) => Object.assign({0},"
    " {{onmessage: (event) => heard(event.data), onerror: lost}}))"
)


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, shop(), _sink) as started:
        yield started


@pytest.fixture
def page(chromium: Browser, sink: Sink) -> Iterator[Page]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


@pytest.fixture
def life(page: Page) -> Page:
    """A page of ordinary things, before any choice."""
    page.goto(f"{ADDRESS}/life")
    return page


def opened(page: Page, path: str) -> None:
    """Open a page, and let it do what it wants to."""
    page.goto(ADDRESS + path)
    page.wait_for_timeout(SETTLING)


def accept(page: Page) -> None:
    """Accept in the preferences, whether or not the bar is still there."""
    page.locator(".cc-reopen").click()
    page.locator("dialog [value=accept_all]").click()
    page.wait_for_function(
        "performance.getEntriesByType('navigation')[0].type === 'reload'"
        " && document.title === 'done' && window.consent?.state.decided"
    )


def reached(page: Page, sink: Sink) -> set[str]:
    """Which hosts were reached, once one has been."""
    for _ in range(100):
        if called(sink):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(SETTLING)
    return {f"https://{request.partition('/')[0]}/" for request in called(sink)}


def tried(page: Page, way: str) -> None:
    """Open a page that goes this way, before and after refusing."""
    path = f"/way/{list(WAYS).index(way)}"
    opened(page, path)
    page.locator(".cc-banner [value=refuse_all]").click()
    page.wait_for_selector("html[data-consent-decided]")
    opened(page, path)


def connected(sink: Sink) -> set[str]:
    """To which of the hosts of these tests somebody connected."""
    return {host for host in sink.connections if host.endswith((".example.net", ".example.org"))}


@pytest.mark.parametrize("way", [*CLOSED, *(way for way in GUARDED if "WebRTC" not in way)])
def test_a_script_reaches_nobody_until_it_is_granted(page: Page, sink: Sink, way: str) -> None:
    """design.md §3: undecided, refused, refused and opened anew; then granted, only whom it was."""
    tried(page, way)
    assert (called(sink), connected(sink)) == ([], set())
    accept(page)
    assert reached(page, sink) == {COUNTER}


@pytest.mark.parametrize("way", LIMITS["connections"])
def test_a_frame_makes_the_browser_connect_but_not_ask(page: Page, sink: Sink, way: str) -> None:
    """A known limit, which fails here once it is none."""
    tried(page, way)
    assert called(sink) == []
    assert connected(sink) == {"counter.example.net", "stranger.example.org"}
    accept(page)
    assert reached(page, sink) == {COUNTER}


def test_a_relay_of_webrtc_is_called_only_once_it_is_granted(page: Page, sink: Sink) -> None:
    """design.md §3; granted or not, there is no request."""
    tried(page, "a relay of WebRTC")
    assert (called(sink), connected(sink)) == ([], set())
    accept(page)
    page.wait_for_timeout(SETTLING)
    assert connected(sink) == {"counter.example.net"}


@pytest.mark.parametrize("way", LIMITS["navigation"])
def test_what_the_seal_cannot_close_is_listed(page: Page, sink: Sink, way: str) -> None:
    """Known limits, which fail here once they are none."""
    with suppress(Error):
        # The page may be left before it is loaded.
        page.goto(f"{ADDRESS}/way/{list(WAYS).index(way)}")
    assert reached(page, sink) == {STRANGER}


def test_accepting_loads_the_document_once_more_and_not_again(page: Page) -> None:
    loads: list[str] = []
    page.on("request", lambda r: loads.append(r.url) if r.resource_type == "document" else None)
    opened(page, "/strict")
    with page.expect_navigation():
        page.locator(".cc-banner [value=accept_all]").click()
    page.wait_for_timeout(2 * SETTLING)
    assert loads == [f"{ADDRESS}/strict"] * 2


def test_a_link_leads_where_it_says(life: Page, sink: Sink) -> None:
    """design.md §2.8."""
    life.locator("#link").click()
    life.wait_for_url(f"{STRANGER}read")
    assert called(sink)[0] == "stranger.example.org/read"


def test_a_form_is_led_on_to_the_bank(life: Page) -> None:
    """design.md §2.8: own POST → 303 → bank."""
    life.locator("#pay").click()
    life.wait_for_url(BANK)


def test_a_popup_opens(life: Page) -> None:
    with life.expect_popup() as popup:
        life.locator("#popup").click()
    popup.value.wait_for_url(f"{STRANGER}window")


def test_inline_handlers_and_styles_work(life: Page) -> None:
    life.locator("#inline").click()
    expect(life.locator("#inline")).to_have_text("clicked")
    expect(life.locator("#inline")).to_have_css("color", "rgb(1, 2, 3)")


def test_a_file_can_be_downloaded(life: Page) -> None:
    with life.expect_download() as download:
        life.locator("#file").click()
    assert download.value.path().read_text() == "a,b"


def test_a_frame_with_its_own_text_lives(life: Page) -> None:
    life.wait_for_function("document.getElementById('frame').contentDocument.title === 'lives'")


def test_pictures_out_of_the_page_itself_are_shown(life: Page) -> None:
    assert life.evaluate("document.getElementById('drawn').naturalWidth") == 1
    width = life.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement('canvas'), {width: 7, height: 7});
          const blob = await new Promise((drawn) => canvas.toBlob(drawn));
          const picture = Object.assign(new Image(), {src: URL.createObjectURL(blob)});
          await picture.decode();
          return picture.naturalWidth;
        }"""
    )
    assert width == 7


@pytest.mark.parametrize(
    "source",
    [
        "new Worker('/echo.js')",
        "new Worker(URL.createObjectURL(new Blob([\"postMessage('hello')\"])))",
        "new EventSource('/events')",
    ],
    ids=["a worker", "a worker of a blob", "events of the server"],
)
def test_what_the_site_has_of_its_own_answers(life: Page, source: str) -> None:
    assert life.evaluate(ECHOED.format(source)) == "hello"


@pytest.mark.parametrize(
    "expression",
    [
        "eval('1 + 1') === 2",
        "new Function('return 2')() === 2",
        "WebAssembly.instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => true)",
        "fetch('/file').then((answer) => answer.ok)",
        "new Promise((ran) => setTimeout('window.late = 1', 1) && setTimeout(() => ran(late), 99))"
        ".then((late) => late === 1)",
    ],
    ids=["eval", "a made function", "WebAssembly", "a fetch", "a timer of text"],
)
def test_the_pages_own_scripts_may_do_what_they_did(life: Page, expression: str) -> None:
    assert life.evaluate(expression) is True


def test_a_site_with_a_strict_policy_goes_on_as_before_and_so_does_the_banner(page: Page) -> None:
    """edges.md S1: two policies, neither merged with nor weakening the other."""
    opened(page, "/strict")
    assert page.evaluate("window.ran") == "with its nonce"
    page.locator(".cc-banner [value=refuse_all]").click()
    expect(page.locator(".cc-toast")).not_to_be_empty()
    expect(page.locator(".cc-banner")).to_be_hidden()
    page.locator(".cc-reopen").click()
    expect(page.locator("dialog")).to_be_visible()
