"""Open tabs, and pages in the browser's memory, follow a choice made elsewhere (edges.md K5)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, Route

from tests.browser.conftest import CHROMIUM, QUIET, Serve
from tests.browser.shop import site
from tests.browser.test_banner import ACCEPT, LOADS, REFUSE, click, open_panel, reloaded, said
from tests.browser.watched import Watched

DENIED = "window.consent?.allows('analytics') === false"


@pytest.fixture
def watched() -> Watched:
    return Watched(site())


@pytest.fixture
def home(serve: Serve, watched: Watched) -> str:
    return serve(watched)


@pytest.fixture
def other(page: Page, home: str) -> Page:
    """A second tab of a visitor who has accepted; ``page`` is the first."""
    page.goto(home)
    click(page, ACCEPT)
    reloaded(page)
    return page.context.new_page()


def withdraw(page: Page) -> None:
    open_panel(page)
    with page.expect_navigation():
        page.locator("dialog").get_by_role("button", name=REFUSE).click()
    page.wait_for_function(DENIED)


def test_a_withdrawal_in_one_tab_reloads_the_others(page: Page, other: Page, home: str) -> None:
    other.goto(home)
    with other.expect_navigation():
        withdraw(page)
    other.wait_for_function(DENIED)
    assert other.evaluate(LOADS) == "reload"


def test_a_tab_in_which_something_was_typed_says_so_and_keeps_it(
    page: Page, other: Page, home: str
) -> None:
    other.goto(f"{home}/form")
    other.locator("#name").fill("Zoé")
    withdraw(page)
    other.wait_for_function(DENIED)
    said(other, "Appliquer maintenant")
    assert other.evaluate(LOADS) == "navigate"
    assert other.locator("#name").input_value() == "Zoé"


def test_the_banner_of_another_tab_goes_away_without_a_reload_after_a_refusal(
    page: Page, home: str
) -> None:
    page.goto(home)
    other = page.context.new_page()
    other.goto(home)
    click(page, REFUSE)
    other.wait_for_selector(".cc-banner", state="hidden")
    assert other.evaluate(LOADS) == "navigate"


def test_what_another_tab_says_is_never_believed(
    page: Page, other: Page, home: str, watched: Watched
) -> None:
    withdraw(page)
    other.goto(home)
    watched.asked.clear()
    said_what = {"decided": True, "purposes": {"analytics": True}}
    other.evaluate(
        "async (state) => { const b = new BroadcastChannel('consent');"
        " for (let i = 0; i < 200; i++) b.postMessage(state); }",
        said_what,
    )
    page.wait_for_function(
        "performance.getEntriesByType('resource').some((e) => e.name.endsWith('/consent/state'))"
    )
    page.wait_for_timeout(300)
    assert page.evaluate(DENIED)
    # One question at a time, whatever comes in.
    assert 0 < watched.asked.count("GET /consent/state") < 100
    assert watched.asked.count("GET /") == 0


def test_a_browser_that_has_no_channels_takes_a_choice_all_the_same(page: Page, home: str) -> None:
    """Firefox throws where a site may keep no cookies; ``page`` fails on what a script throws."""
    nothing = "class { constructor() { throw new DOMException('', 'SecurityError'); } }"
    page.add_init_script(f"window.BroadcastChannel = {nothing}")
    page.goto(home)
    click(page, ACCEPT)
    reloaded(page)
    assert page.evaluate("consent.allows('analytics')") is True


@pytest.mark.parametrize("place", ["/consent/preferences?next=/form", "/consent/mine"])
def test_what_a_form_on_our_own_pages_takes_away_ends_in_the_other_tabs(
    page: Page, other: Page, home: str, place: str
) -> None:
    """FR-19: opened in a tab of its own, as with the middle button; erasing counts as well."""
    other.goto(home + place)
    with page.expect_navigation():
        other.locator("main form button:not([value=accept_all])").first.click()
    page.wait_for_function("window.consent?.allows('analytics') === false")
    assert page.evaluate(LOADS) == "reload"


def test_what_a_page_of_ours_confirms_is_told_as_it_is_shown(
    page: Page, other: Page, home: str
) -> None:
    """The form stood on a page of the site, and no script of ours was there."""
    other.goto(home)
    with page.expect_navigation():
        other.evaluate(
            """() => {
              const form = Object.assign(document.createElement('form'), {
                method: 'post', action: '/consent/choice',
              });
              for (const [name, value] of [['action', 'refuse_all'], ['result', 'page']])
                form.append(Object.assign(document.createElement('input'), { name, value }));
              document.body.append(form);
              form.submit();
            }"""
        )
    page.wait_for_function("window.consent?.allows('analytics') === false")
    assert "/consent/choice" in other.url


@pytest.fixture
def remembering(engine: BrowserType) -> Iterator[BrowserContext]:
    """A browser that keeps the pages that were left."""
    started = engine.launch(
        executable_path=CHROMIUM,
        args=[*QUIET],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    context = started.new_context(locale="fr-FR")
    context.set_default_timeout(10_000)
    yield context
    started.close()


def _without_clearing(asked: Route) -> None:
    answer = asked.fetch()
    headers = {n: v for n, v in answer.headers.items() if n != "clear-site-data"}
    asked.fulfill(response=answer, headers=headers)


def left(context: BrowserContext, home: str) -> Page:
    """A tab that went on from a page with everything accepted, which says if it is shown again."""
    page = context.new_page()
    page.goto(home)
    click(page, ACCEPT)
    reloaded(page)
    page.evaluate(
        "document.title = 'kept'; addEventListener('pageshow', (e) =>"
        " sessionStorage.setItem('from memory', e.persisted))"
    )
    page.goto(f"{home}/form")
    return page


def test_after_a_withdrawal_no_page_comes_from_the_browsers_memory(
    remembering: BrowserContext, home: str
) -> None:
    page = left(remembering, home)
    other = remembering.new_page()
    other.goto(home)
    with page.expect_navigation():
        withdraw(other)
    page.go_back(wait_until="commit")
    page.wait_for_function(DENIED)
    assert page.evaluate("sessionStorage.getItem('from memory')") is None


def test_a_page_from_the_browsers_memory_is_loaded_anew_after_a_withdrawal(
    remembering: BrowserContext, home: str
) -> None:
    page = left(remembering, home)
    other = remembering.new_page()
    # As in a browser that keeps its pages whatever Clear-Site-Data says.
    other.route("**/consent/choice", _without_clearing)
    other.goto(home)
    # The page that is there follows as well: only once it has can it be left.
    with page.expect_navigation():
        withdraw(other)
    page.go_back(wait_until="commit")
    page.wait_for_function(f"{DENIED} && document.title !== 'kept'")
    assert page.evaluate("sessionStorage.getItem('from memory')") == "true"
    assert page.evaluate(LOADS) == "reload"


AHEAD = """document.head.append(Object.assign(document.createElement('script'), {
  type: 'speculationrules',
  textContent: '{"prefetch": [{"urls": ["/form"], "eagerness": "immediate"}]}',
}))"""


@pytest.mark.parametrize("clearing", [True, False])
def test_a_page_that_was_fetched_ahead_of_a_refusal_does_not_ask_again(
    page: Page, home: str, watched: Watched, clearing: bool
) -> None:
    """Z-03; without the header, Chromium shows what it fetched, and the bar in it."""
    if not clearing:
        page.route("**/consent/choice", _without_clearing)
    page.goto(home)
    page.evaluate(AHEAD)
    while "GET /form" not in watched.asked:
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)
    click(page, REFUSE)
    said(page, "Vos choix sont enregistrés.")
    with page.expect_navigation():
        page.evaluate("location.assign('/form')")
    page.wait_for_function("window.consent")
    assert page.locator(".cc-banner").is_visible() is not clearing
    assert page.evaluate("window.consent.state.decided") is clearing
