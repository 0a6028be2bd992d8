"""Before any choice, under seal and guard, the site does what it did (design.md §2, §3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from tests.browser.ordinary import LOGIN, site
from tests.browser.outside import ADDRESS, BANK, STRANGER
from tests.browser.sink import Sink
from tests.browser.world import world

FIRST = (
    "new Promise((heard, lost) =>"
    " Object.assign({0}, {{onmessage: (e) => heard(e.data), onerror: lost}}))"
)
TOO_LONG = "new Promise((_, lost) => setTimeout(lost, 9999, 'too long'))"


@pytest.fixture(scope="module")
def chromium(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    with world(engine, site(), _sink) as started:
        yield started


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        context.grant_permissions(["clipboard-read", "clipboard-write", "geolocation"])
        context.set_geolocation({"latitude": 48.85, "longitude": 2.35})
        yield context


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def page(context: BrowserContext, sink: Sink, errors: list[str]) -> Iterator[Page]:
    """The page of ordinary things; what scripts throw is noted."""
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(ADDRESS)
    yield page
    for popup in context.pages:
        if popup is page or popup.opener() is page:
            popup.close()
    assert errors == []


@pytest.fixture(scope="module")
def life(chromium: Browser) -> Iterator[Page]:
    """One page for all that leaves it as it is, in a profile without the others' workers."""
    with chromium.new_context() as context:
        context.set_default_timeout(10_000)
        context.grant_permissions(["clipboard-read", "clipboard-write", "geolocation"])
        context.set_geolocation({"latitude": 48.85, "longitude": 2.35})
        page = context.new_page()
        page.goto(ADDRESS)
        yield page


def test_the_page_itself_asks_nobody(page: Page, sink: Sink) -> None:
    assert sink.requests == []


def test_a_link_leads_where_it_says(page: Page) -> None:
    """design.md §2.8."""
    page.locator("#plain").click()
    page.wait_for_url(f"{STRANGER}plain")


@pytest.mark.parametrize("rel", ["blank", "noopener"])
def test_a_link_into_a_new_tab_leads_where_it_says(page: Page, rel: str) -> None:
    with page.expect_popup() as popup:
        page.locator(f"#{rel}").click()
    popup.value.wait_for_url(STRANGER + rel)
    assert popup.value.evaluate("opener") is None


def test_a_link_may_keep_its_opener(page: Page) -> None:
    with page.expect_popup() as popup:
        page.locator("#opener").click()
    popup.value.wait_for_url(f"{STRANGER}opener")
    assert popup.value.evaluate("opener !== null")


def test_a_popup_opens_and_answers_its_opener(page: Page) -> None:
    """As a login in a popup does."""
    with page.expect_popup() as popup:
        page.locator("#popup").click()
    popup.value.wait_for_url(f"{STRANGER}window")
    popup.value.evaluate("opener.postMessage('token', '*')")
    page.wait_for_function("window.told")
    assert page.evaluate("told") == [STRANGER.rstrip("/"), "token"]
    assert page.evaluate("popup.closed") is False


def test_a_login_at_a_third_party_leads_there_and_back(page: Page) -> None:
    page.locator("#login").click()
    page.wait_for_url(LOGIN)
    page.evaluate("location.href = new URLSearchParams(location.search).get('back')")
    page.wait_for_url(f"{ADDRESS}/welcome")
    expect(page.locator("#here")).to_have_text("/welcome")


@pytest.mark.parametrize("button", ["pay", "bank"])
def test_a_form_is_led_to_the_bank(page: Page, button: str) -> None:
    """design.md §2.8: own POST → 303 → bank, and a POST of the page itself."""
    page.locator(f"#{button}").click()
    page.wait_for_url(BANK)


@pytest.mark.parametrize(
    ("link", "name", "text"), [("attached", "list.csv", "a,b"), ("saved", "own.txt", "own")]
)
def test_a_file_is_downloaded(page: Page, link: str, name: str, text: str) -> None:
    with page.expect_download() as download:
        page.locator(f"#{link}").click()
    assert download.value.suggested_filename == name
    assert download.value.path().read_text() == text


def test_a_file_that_the_page_made_is_downloaded(page: Page) -> None:
    made = (
        "Object.assign(document.createElement('a'), {download: 'made.txt',"
        " href: URL.createObjectURL(new Blob(['made']))}).click()"
    )
    with page.expect_download() as download:
        page.evaluate(made)
    assert download.value.path().read_text() == "made"


def test_a_file_is_uploaded(page: Page) -> None:
    page.locator("#file").set_input_files({"name": "a", "mimeType": "text/plain", "buffer": b"a"})
    page.locator("#upload").click()
    expect(page.locator("#here")).to_have_text("True")


def test_links_to_programs_are_followed(page: Page) -> None:
    """mailto:, tel: and a scheme of the site's own: nobody answers here, and nobody minds."""
    for link in ("mail", "call", "scheme"):
        page.locator(f"#{link}").click()
    assert page.evaluate("[mailed, called, custom]") == [1, 1, 1]


def test_inline_handlers_work(page: Page) -> None:
    page.locator("#inline").click()
    expect(page.locator("#inline")).to_have_text("clicked")


def test_style_sheets_and_fonts_of_the_site_are_loaded(page: Page) -> None:
    expect(page.locator("#styled")).to_have_css("color", "rgb(1, 2, 3)")
    names = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert f"{ADDRESS}/own.woff2" in names


def test_what_the_sites_other_hosts_have_is_shown(page: Page) -> None:
    page.wait_for_function("document.getElementById('assets').complete")
    assert page.evaluate("document.getElementById('assets').naturalWidth") == 1


def test_frames_of_the_site_live(page: Page) -> None:
    expect(page.frame_locator("#inner").locator("#here")).to_have_text("/inner")
    page.wait_for_function("document.getElementById('text').contentDocument.title === 'lives'")


def test_a_fragment_that_is_swapped_in_lives(page: Page) -> None:
    """As htmx and its like do it."""
    page.locator("#swap").click()
    page.locator("#swapped").click()
    expect(page.locator("#swapped")).to_have_text("live")


def test_things_are_dragged_and_dropped(page: Page) -> None:
    page.locator("#drag").drag_to(page.locator("#drop"))
    assert page.evaluate("dropped") == "dragged"


def test_the_address_is_changed_by_script_and_back_again(page: Page) -> None:
    page.evaluate("history.pushState({step: 1}, '', '/spa/one')")
    page.evaluate("history.replaceState({step: 2}, '', '/spa/two')")
    assert page.url == f"{ADDRESS}/spa/two"
    page.evaluate("history.back()")
    page.wait_for_url(f"{ADDRESS}/")


def test_a_page_is_left_by_script(page: Page) -> None:
    page.evaluate("location.assign('/spa/away')")
    page.wait_for_url(f"{ADDRESS}/spa/away")
    page.evaluate("navigation.navigate('/inner')")
    page.wait_for_url(f"{ADDRESS}/inner")


def test_a_service_worker_of_the_site_answers(page: Page) -> None:
    page.evaluate(
        "navigator.serviceWorker.register('/service.js').then(() => navigator.serviceWorker.ready)"
    )
    page.wait_for_function("navigator.serviceWorker.controller")
    assert page.evaluate("fetch('/offline').then((answer) => answer.text())") == "kept"
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("new Worker('/worker.js')", "hello"),
        ("new Worker('/module.js', {type: 'module'})", "imported"),
        ("new Worker(URL.createObjectURL(new Blob([\"postMessage('hello')\"])))", "hello"),
        ("new SharedWorker('/shared.js').port", "hello"),
        ("new EventSource('/events')", "hello"),
        ("new WebSocket('wss://site.test/socket')", "hello"),
    ],
    ids=["worker", "module worker", "blob worker", "shared worker", "EventSource", "WebSocket"],
)
def test_what_the_site_has_of_its_own_answers(life: Page, source: str, said: str) -> None:
    assert life.evaluate(FIRST.format(source)) == said


@pytest.mark.parametrize(
    "expression",
    [
        "eval('1 + 1') === 2",
        "new Function('return 2')() === 2",
        "setTimeout('window.late = 1') &&"
        " new Promise((ran) => setTimeout(() => ran(late === 1), 50))",
        "WebAssembly.instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => true)",
        "import('own').then((module) => module.own === 'imported')",
        "window.imported === 'imported'",
        "fetch('/part').then((answer) => answer.ok)",
        "navigator.sendBeacon('/upload', 'x')",
        "document.getElementById('drawn').naturalWidth === 1",
        "new Promise((r) => document.createElement('canvas').toBlob((b) => { const i = new Image();"
        " i.onload = () => r(i.naturalWidth > 0); i.src = URL.createObjectURL(b) }))",
        "(() => { const c = document.createElement('canvas'), x = c.getContext('2d');"
        " setInterval(() => x.fillRect(0, 0, 9, 9), 20);"
        " const v = Object.assign(document.createElement('video'), {muted: true});"
        " v.srcObject = c.captureStream(); document.body.append(v);"
        " return v.play().then(() => true) })()",
        "CSS.paintWorklet.addModule('/painted.js').then(() => true)",
        "new Promise((r, lost) => navigator.geolocation.getCurrentPosition("
        "(at) => r(at.coords.latitude === 48.85), lost))",
        "navigator.clipboard.writeText('own').then(() => navigator.clipboard.readText())"
        ".then((text) => text === 'own')",
        "(() => { const d = document.getElementById('dialog'); d.showModal(); d.close();"
        " return true })()",
        "(() => { const p = document.getElementById('pop'); p.showPopover();"
        " return p.matches(':popover-open') })()",
        "document.startViewTransition(() => document.getElementById('part').textContent = '1')"
        ".finished.then(() => true)",
        "new Promise((r) => { const c = new MessageChannel(); c.port1.onmessage = () => r(true);"
        " c.port2.postMessage(1) })",
        "caches.open('own').then((kept) => kept.add('/own.js')).then(() => true)",
        "new Promise((r) => { const o = indexedDB.open('own'); o.onsuccess = () => r(true) })",
        "(() => { const x = new XMLHttpRequest(); x.open('GET', '/part', false); x.send();"
        " return x.responseText.includes('new') })()",
        "new Promise((r) => { const f = document.createElement('iframe'); f.srcdoc = '<p id=p>1';"
        " f.onload = () => r(!!f.contentDocument.getElementById('p')); document.body.append(f) })",
        "new Promise((r) => { const f = document.createElement('iframe');"
        " f.src = URL.createObjectURL(new Blob(['<p id=p>1'], {type: 'text/html'}));"
        " f.onload = () => r(!!f.contentDocument.getElementById('p')); document.body.append(f) })",
    ],
)
def test_the_pages_own_scripts_may_do_what_they_did(life: Page, expression: str) -> None:
    assert life.evaluate(f"Promise.race([{expression}, {TOO_LONG}])") is True
