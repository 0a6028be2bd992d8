"""The demo in a real Chromium: what the trackers received, counted at the trackers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Page, expect

from consent.config.addresses import is_loopback
from demo.__main__ import listen
from demo.addresses import Addresses
from demo.app import Demo
from demo.counter import Side, Traffic
from demo.played import ALL
from tests.browser.conftest import CHROMIUM, QUIET

WITH, WITHOUT = Traffic("boutique", Side.WITH), Traffic("boutique", Side.WITHOUT)
PAGES = ("/", "/instruments/altair-130", "/carnet/premier-instrument", "/nous-trouver")
ANALYTICS = {"google-analytics", "hotjar", "matomo"}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
EVERYONE = {each.service for each in ALL}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The whole demo as ``make demo`` starts it, on three free ports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONSENT_SECRET", "a secret that only this test knows, long enough")
        folder: Path = tmp_path_factory.mktemp("demo")
        addresses, sockets = somewhere()
        demo = Demo(addresses, log=f"sqlite:///{folder / 'demo.db'}")
    server = uvicorn.Server(uvicorn.Config(demo, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=(sockets,), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield demo
    server.should_exit = True
    thread.join()


def somewhere() -> tuple[Addresses, list[socket.socket]]:
    """Three free ports in a row."""
    for port in range(18000, 19000, 3):
        with suppress(OSError):
            return Addresses(port), listen(Addresses(port))
    pytest.fail("no three ports are free")


@pytest.fixture
def demo(running: Demo) -> Demo:
    """Nothing counted yet."""
    running.counts.arrived.clear()
    return running


@pytest.fixture(scope="module")
def chromium(engine: BrowserType) -> Iterator[Browser]:
    """For which this machine is the whole world: it has the trackers' stand-ins, too."""
    rules = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost"
    started = engine.launch(
        executable_path=CHROMIUM, args=[*QUIET, f"--host-resolver-rules={rules}"]
    )
    yield started
    started.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new profile; a script error, or a call to anybody off this machine, fails the test."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    foreign: list[str] = []
    context.on(
        "request", lambda request: foreign.append(request.url) if away(request.url) else None
    )
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert errors == []
    assert foreign == []


def away(url: str) -> bool:
    """Whether an address is off this machine."""
    return not is_loopback(urlsplit(url).hostname or "localhost")


def walk(page: Page, base: str) -> None:
    """See every kind of page, to the end, so that what loads lazily loads; then leave it time."""
    for path in PAGES:
        page.goto(base + path, wait_until="load")
        page.mouse.wheel(0, 20_000)
        page.wait_for_function("scrollY + innerHeight >= document.body.scrollHeight - 5")
        expect(page.locator("footer")).to_be_in_viewport()
        page.wait_for_timeout(300)


def until(page: Page, true: Callable[[], bool]) -> None:
    """Wait for what must come; what never comes fails the test in the end."""
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail("it never came")


def leave(page: Page, demo: Demo) -> None:
    """Close the page's site, and wait until nothing of it is on the way any more."""
    page.goto("about:blank")
    seen, quiet = demo.counts.requests.copy(), 0
    while quiet < 20:
        page.wait_for_timeout(50)
        now = {traffic: counts.copy() for traffic, counts in demo.counts.requests.items()}
        seen, quiet = now, quiet + 1 if now == seen else 0


def accept(page: Page, base: str) -> None:
    """Accept in the banner, and wait for the page that comes with it."""
    page.goto(base)
    with page.expect_navigation():
        page.get_by_role("button", name="Tout accepter").click()


def refuse(page: Page, base: str) -> None:
    """Refuse in the banner, and wait until the page says so."""
    page.goto(base)
    button = page.get_by_role("button", name="Tout refuser")
    button.click()
    expect(button).to_be_hidden()


def test_no_tracker_receives_anything_before_an_answer(page: Page, demo: Demo) -> None:
    walk(page, demo.url("boutique"))
    assert demo.counts.requests == {}
    assert demo.counts.pages(WITH) == len(PAGES)


def test_no_tracker_receives_anything_after_a_refusal(page: Page, demo: Demo) -> None:
    refuse(page, demo.url("boutique"))
    walk(page, demo.url("boutique"))
    assert demo.counts.requests == {}
    assert demo.counts.pages(WITH) > len(PAGES)


def test_every_tracker_fires_after_everything_was_accepted(page: Page, demo: Demo) -> None:
    accept(page, demo.url("boutique"))
    walk(page, demo.url("boutique"))
    until(page, lambda: set(demo.counts.of(WITH)) == EVERYONE)
    assert set(demo.counts.requests) == {WITH}


def test_every_tracker_fires_at_once_without_the_middleware(page: Page, demo: Demo) -> None:
    """The control: these pages do call every tracker when nothing stops them."""
    walk(page, demo.url("boutique", protected=False))
    until(page, lambda: set(demo.counts.of(WITHOUT)) == EVERYONE)
    assert set(demo.counts.requests) == {WITHOUT}


def test_after_everything_is_accepted_each_tracker_receives_what_it_does_on_the_bare_side(
    page: Page, demo: Demo
) -> None:
    accept(page, demo.url("boutique"))
    # Accepting loads the page anew: what that brings must not be counted with the walk.
    until(page, lambda: demo.counts.of(WITH)["hotjar"] > 0)
    leave(page, demo)
    demo.counts.arrived.clear()
    walk(page, demo.url("boutique"))
    walk(page, demo.url("boutique", protected=False))
    until(page, lambda: demo.counts.of(WITH) == demo.counts.of(WITHOUT))
    assert set(demo.counts.of(WITH)) == EVERYONE


def test_only_those_of_an_accepted_purpose_receive_anything(page: Page, demo: Demo) -> None:
    page.goto(demo.url("boutique"))
    page.get_by_role("button", name="Personnaliser mes choix").click()
    panel = page.get_by_role("dialog")
    panel.locator("[name=purpose][value=analytics]").check()
    panel.get_by_role("button", name="Valider mes choix").click()
    expect(panel).to_be_hidden()
    walk(page, demo.url("boutique"))
    until(page, lambda: set(demo.counts.of(WITH)) == ANALYTICS)


def test_without_javascript_the_pixels_are_held_too(chromium: Browser, demo: Demo) -> None:
    """What stands in ``<noscript>``: on the bare side it calls three trackers and the fonts."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo.url("boutique"))
    page.goto(demo.url("boutique", protected=False))
    called = {"google-tag-manager", "linkedin-insight", "meta-pixel", "matomo", "google-fonts"}
    until(page, lambda: set(demo.counts.of(WITHOUT)) == called)
    assert WITH not in demo.counts.requests
    context.close()


def test_without_javascript_accepting_lets_them_through(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(demo.url("boutique"))
    page.get_by_role("button", name="Accept all").click()
    until(page, lambda: {"meta-pixel", "matomo"} <= set(demo.counts.of(WITH)))
    context.close()


def test_the_whole_way_works_by_keyboard_in_english(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(demo.url("boutique"))
    refuse = page.get_by_role("button", name="Refuse all")
    for _ in range(60):
        page.keyboard.press("Tab")
        if refuse.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(refuse).to_be_hidden()
    assert demo.counts.requests == {}
    context.close()


@pytest.mark.parametrize("path", [*PAGES, "/panier", "/confidentialite"])
def test_the_pages_of_the_demo_have_no_accessibility_violation(
    page: Page, demo: Demo, path: str
) -> None:
    refuse(page, demo.url("boutique"))
    page.goto(demo.url("boutique") + path)
    page.locator("#panel summary").click()
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_the_film_opens_in_its_place_this_time_and_the_page_keeps_its_own(
    page: Page, demo: Demo
) -> None:
    refuse(page, demo.url("boutique"))
    page.goto(demo.url("boutique") + "/carnet/premier-instrument")
    held = page.frame_locator("iframe")
    held.get_by_role("button", name="Afficher cette fois").click()
    expect(held.frame_locator("iframe").get_by_role("button", name="Lecture")).to_be_visible()
    assert set(demo.counts.of(WITH)) == {"youtube"}
    assert page.evaluate("scrollY") > 0


def test_after_a_withdrawal_no_tracker_receives_anything_more(page: Page, demo: Demo) -> None:
    accept(page, demo.url("boutique"))
    page.goto(demo.url("boutique") + "/consent/preferences")
    with page.expect_navigation():
        page.get_by_role("button", name="Tout refuser").first.click()
    demo.counts.arrived.clear()
    walk(page, demo.url("boutique"))
    assert demo.counts.requests == {}


def test_an_order_works_after_a_refusal(page: Page, demo: Demo) -> None:
    """promises.md P-14, up to the bank on another host and back."""
    refuse(page, demo.url("boutique"))
    page.goto(demo.url("boutique") + "/instruments/vega-80")
    page.get_by_role("button", name="Ajouter au panier").click()
    page.get_by_role("link", name="Commander").click()
    page.get_by_label("Nom").fill("Ada")
    page.get_by_label("Adresse électronique").fill("ada@example.fr")
    page.get_by_label("Adresse de livraison").fill("1 rue de la Paix")
    page.get_by_role("button", name="Payer chez la banque").click()
    page.get_by_role("button", name="Payer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est commandé.")
    assert page.url.startswith(demo.url("boutique"))
    assert demo.counts.requests == {}


def test_the_strip_shows_what_was_counted_without_a_reload(page: Page, demo: Demo) -> None:
    page.goto(demo.url("boutique"))
    expect(page.locator("#panel summary [data-total=with]")).to_have_text("0")
    demo.counts.request(WITH, "youtube")
    expect(page.locator("#panel summary [data-total=with]")).to_have_text("1")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_strip_can_be_opened_while_the_banner_asks(page: Page, demo: Demo, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(demo.url("boutique"))
    page.locator("#panel summary").click()
    expect(page.locator("#panel [data-service=hotjar]").first).to_be_visible()
    page.get_by_role("button", name="Tout refuser").click()
    expect(page.get_by_role("button", name="Tout refuser")).to_be_hidden()


def test_no_page_is_wider_than_a_phone(page: Page, demo: Demo) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(demo.url("boutique") + "/instruments/vega-80")
    page.get_by_role("button", name="Ajouter au panier").press("Enter")
    page.wait_for_url("**/panier")
    page.locator("#panel summary").click()
    for path in (*PAGES, "/panier", "/commande", "/confidentialite"):
        page.goto(demo.url("boutique") + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
