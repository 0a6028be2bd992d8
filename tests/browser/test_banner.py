"""What the banner does in a browser, with a script and without."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent.log.memory import MemoryLog
from tests.browser.conftest import Serve
from tests.browser.shop import config, site
from tests.browser.sink import Sink

REFUSE, ACCEPT, CUSTOMISE = "Tout refuser", "Tout accepter", "Personnaliser mes choix"
REOPEN, SAVE = "Gérer mes cookies", "Valider mes choix"
MODULES = Path(__file__).parents[2] / "node_modules"
LIBRARIES = [
    MODULES / "htmx.org" / "dist" / "htmx.min.js",
    MODULES / "@hotwired" / "turbo" / "dist" / "turbo.es2017-umd.js",
]
LOADS = "performance.getEntriesByType('navigation')[0].type"


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def banner(page: Page) -> bool:
    return page.locator(".cc-banner").is_visible()


def open_panel(page: Page, name: str = REOPEN) -> None:
    page.locator("#consent-ui [data-consent-open]", has_text=name).click()
    page.wait_for_selector("dialog[open]")


def reloaded(page: Page) -> None:
    """Wait until the page has been reloaded, and its script has run again."""
    page.wait_for_function(f"{LOADS} === 'reload' && window.consent?.state.decided")


def said(page: Page, words: str) -> None:
    """Wait until this is announced."""
    expect(page.locator(".cc-toast")).to_contain_text(words)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def home(page: Page, serve: Serve, log: MemoryLog) -> str:
    """The page is open, in French, before any choice."""
    address = serve(site(log=log))
    page.goto(address)
    return address


@pytest.fixture
def plain(browser: Browser, serve: Serve, log: MemoryLog) -> Iterator[Page]:
    """A browser without JavaScript, on the same page."""
    with browser.new_context(java_script_enabled=False, locale="fr-FR") as context:
        page = context.new_page()
        page.goto(serve(site(log=log)))
        yield page


def test_refusing_takes_one_click_and_does_not_reload(
    home: str, page: Page, log: MemoryLog
) -> None:
    """FR-12, design.md §3: never after a refusal."""
    click(page, REFUSE)
    said(page, "Vos choix sont enregistrés.")
    assert not banner(page)
    assert page.evaluate(LOADS) == "navigate"
    assert [set(record.purposes.values()) for record in log.records] == [{False}]
    assert log.records[0].interface == "banner"
    page.goto(home)
    assert not banner(page)


def test_accepting_takes_one_click_and_reloads_once(home: str, page: Page, log: MemoryLog) -> None:
    """design.md §3: a policy cannot be loosened in a live document."""
    click(page, ACCEPT)
    reloaded(page)
    assert not banner(page)
    assert page.evaluate("consent.allows('analytics')") is True
    assert [set(record.purposes.values()) for record in log.records] == [{True}]


@pytest.mark.usefixtures("home")
def test_what_was_saved_is_said_once_after_the_reload_that_follows(page: Page) -> None:
    """WCAG 4.1.3: by a status message, with the focus where it is on every page."""
    click(page, ACCEPT)
    reloaded(page)
    said(page, "Vos choix sont enregistrés.")
    assert page.get_by_role("status").filter(has_text="Vos choix").count() == 1
    assert page.evaluate("[document.activeElement.tagName, name]") == ["BODY", ""]
    page.reload()
    reloaded(page)
    expect(page.locator(".cc-toast")).to_be_empty()


@pytest.mark.usefixtures("home")
def test_a_name_that_the_site_gave_its_tab_stays(page: Page) -> None:
    page.evaluate("name = 'basket'")
    click(page, ACCEPT)
    reloaded(page)
    assert page.evaluate("name") == "basket"


def test_without_the_seal_a_grant_is_in_force_at_once_too(page: Page, serve: Serve) -> None:
    """In place: there is no policy that would have to be loosened."""
    page.goto(f"{serve(site(config(blocking={'seal': False})))}/counted")
    assert page.locator("script[src*=googletagmanager]").count() == 0
    click(page, ACCEPT)
    expect(page.locator("script[src*=googletagmanager]")).to_have_count(1)
    assert page.evaluate(LOADS) != "reload"


@pytest.mark.parametrize("fragment", ["", "#last"])
def test_reloading_keeps_the_place_on_the_page(home: str, page: Page, fragment: str) -> None:
    """design.md §3: also where the address names another place."""
    page.set_viewport_size({"width": 800, "height": 400})
    page.goto(f"{home}/{fragment}")
    page.evaluate("scrollTo(0, 150)")
    click(page, ACCEPT)
    reloaded(page)
    page.wait_for_function("scrollY === 150")
    assert page.url.endswith(f"/{fragment}")


@pytest.mark.usefixtures("home")
def test_nothing_but_a_click_decides(page: Page, log: MemoryLog, sink: Sink) -> None:
    """FR-03, EU-13: scrolling, keys, moving on and coming back are silence."""
    page.mouse.wheel(0, 800)
    page.keyboard.press("Escape")
    page.keyboard.press("PageDown")
    page.locator("h1").click()
    page.reload()
    assert banner(page)
    assert log.records == []
    assert sink.requests == []


@pytest.mark.usefixtures("home")
def test_customising_starts_with_nothing_ticked_and_saves_what_is(
    page: Page, log: MemoryLog
) -> None:
    """FR-11, EU-04."""
    open_panel(page, CUSTOMISE)
    boxes = page.locator("dialog input[type=checkbox]")
    assert [box.is_checked() for box in boxes.all()] == [False] * 4
    page.get_by_label("Autoriser : Mesure d’audience").check()
    click(page, SAVE)
    reloaded(page)
    assert [k for k, granted in log.records[0].purposes.items() if granted] == ["analytics"]
    assert log.records[0].interface == "preferences"


@pytest.mark.usefixtures("home")
def test_one_service_can_be_answered_apart_from_its_purpose(page: Page, log: MemoryLog) -> None:
    open_panel(page, CUSTOMISE)
    page.get_by_label("Autoriser : Mesure d’audience").check()
    page.locator("dialog summary").nth(1).click()
    page.get_by_label("Choix pour Hotjar").select_option("Refuser")
    click(page, SAVE)
    reloaded(page)
    refused = [name for name, answer in log.records[0].services.items() if not answer]
    assert "hotjar" in refused
    assert "google-analytics" not in refused
    open_panel(page)
    expect(page.locator("dialog select[aria-label='Choix pour Hotjar']")).to_have_value("-hotjar")


@pytest.mark.usefixtures("home")
def test_ticking_a_box_sends_nothing(page: Page, log: MemoryLog) -> None:
    """A-11; and its state is said in words (A-13)."""
    open_panel(page, CUSTOMISE)
    label = page.locator("dialog .cc-switch").first
    expect(label.locator(".cc-off")).to_be_visible()
    label.click()
    expect(label.locator(".cc-on")).to_be_visible()
    assert log.records == []


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("way", ["Escape", "button"])
def test_closing_the_panel_decides_nothing_and_gives_the_focus_back(
    page: Page, log: MemoryLog, way: str
) -> None:
    """A-02, A-03, FR-15."""
    open_panel(page, CUSTOMISE)
    assert page.evaluate("document.activeElement.id") == "consent-panel-title"
    page.locator("dialog input").last.check()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        click(page, "Fermer sans rien changer")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.textContent") == CUSTOMISE
    assert banner(page)
    assert log.records == []


@pytest.mark.usefixtures("home")
def test_withdrawing_takes_one_click_once_open_and_stops_what_runs(
    page: Page, log: MemoryLog
) -> None:
    """FR-18, FR-19, P-12: the document is replaced, since what runs in it cannot be stopped."""
    click(page, ACCEPT)
    reloaded(page)
    open_panel(page)
    with page.expect_navigation():
        page.locator("dialog").get_by_role("button", name=REFUSE).click()
    page.wait_for_function("window.consent?.allows('analytics') === false")
    assert log.records[-1].action == "withdraw"


def test_everything_works_by_keyboard(home: str, page: Page) -> None:
    """A-02, A-03: the banner comes first, takes no focus, and the panel can be left."""
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    reached: list[str] = []
    while CUSTOMISE not in reached[-1:]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert len(reached) < 12
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    said(page, "Vos choix sont enregistrés.")
    assert page.evaluate("document.activeElement.textContent") == REOPEN


def test_a_grant_that_is_not_recorded_leaves_the_bar_and_says_so(
    home: str, page: Page, log: MemoryLog
) -> None:
    """design.md §2.4, style.md 14: the bar goes away only after the server said yes."""
    log.fail_before = True
    click(page, ACCEPT)
    expect(page.locator(".cc-banner .cc-message")).to_contain_text("Rien n’a été activé.")
    assert banner(page)
    assert page.evaluate("consent.state.decided") is False
    log.fail_before = False
    click(page, ACCEPT)
    reloaded(page)


@pytest.mark.usefixtures("home")
def test_an_error_in_the_panel_is_said_in_the_panel(page: Page, log: MemoryLog) -> None:
    log.fail_before = True
    open_panel(page, CUSTOMISE)
    page.locator("dialog").get_by_role("button", name=ACCEPT).click()
    expect(page.locator("dialog .cc-message")).to_contain_text("Rien n’a été activé.")


@pytest.mark.usefixtures("home")
def test_a_double_click_is_one_choice(page: Page, log: MemoryLog) -> None:
    page.get_by_role("button", name=REFUSE).dblclick()
    said(page, "Vos choix sont enregistrés.")
    assert len(log.records) == 1


def forgetful(app: ASGIApp) -> ASGIApp:
    """A browser that keeps no cookies, as the server sees it."""

    async def without_cookies(scope: Scope, receive: Receive, send: Send) -> None:
        async def forget(message: Message) -> None:
            kept = [pair for pair in message.get("headers", ()) if pair[0] != b"set-cookie"]
            await send({**message, "headers": kept} if "headers" in message else message)

        await app(scope, receive, forget)

    return without_cookies


def test_without_cookies_the_bar_can_be_put_away_and_nothing_runs(page: Page, serve: Serve) -> None:
    """No reload, no loop, and no claim that the choice is kept."""
    page.goto(serve(forgetful(site())))
    page.evaluate("() => { consent.on('change', () => { document.title = 'changed'; }); }")
    click(page, ACCEPT)
    said(page, "ne conserve pas les cookies")
    assert not banner(page)
    assert page.evaluate("consent.state.decided") is False
    assert page.title() == "Club"
    assert page.evaluate(LOADS) == "navigate"


LOSSES = {
    "text typed": "document.getElementById('name').value = 'Ada'",
    "an option chosen": "document.getElementById('town').value = 'Lyon'",
    "a box ticked": "document.getElementById('box').checked = true",
    "a file chosen": "const files = new DataTransfer(); files.items.add(new File(['a'], 'a'));"
    "const input = Object.assign(document.createElement('input'), {type: 'file'});"
    "document.getElementById('name').form.append(input); input.files = files.files",
    "an editor in focus": "document.getElementById('editor').focus()",
    "text in an editor": "document.getElementById('editor')"
    ".dispatchEvent(new InputEvent('input', {bubbles: true}))",
    "a page that is edited": "document.designMode = 'on'",
    "an editor in a frame": "document.body.append(Object.assign(document.createElement('iframe'),"
    "{srcdoc: '<body contenteditable>'}))",
}


@pytest.mark.parametrize("script", LOSSES.values(), ids=LOSSES.keys())
def test_a_page_with_something_to_lose_is_not_reloaded_unasked(
    home: str, page: Page, script: str
) -> None:
    """design.md §3: instead, the visitor may."""
    page.goto(f"{home}/form")
    page.evaluate(f"{{ {script} }}")
    page.wait_for_timeout(50)
    page.evaluate("document.querySelector('[value=accept_all]').click()")
    said(page, "Appliquer maintenant")
    page.evaluate("document.body.click()")
    said(page, "Appliquer maintenant")
    assert page.evaluate("consent.allows('analytics')") is True
    page.evaluate("document.designMode = 'off'")
    click(page, "Appliquer maintenant")
    reloaded(page)


def silence() -> str:
    """Ten seconds of it, as a data URL."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 80_000)
    return f"data:audio/wav;base64,{base64.b64encode(file.getvalue()).decode()}"


@pytest.mark.parametrize(
    ("autoplay", "cut"), [(False, False), (True, True)], ids=["started by hand", "decoration"]
)
def test_what_the_visitor_plays_is_not_cut(
    home: str, page: Page, autoplay: bool, cut: bool
) -> None:
    """design.md §3; a silent film that starts by itself is not something to lose."""
    page.evaluate(
        """([src, autoplay]) => {
          const sound = document.createElement('audio');
          Object.assign(sound, {src, autoplay, muted: true});
          document.body.append(sound);
          return sound.play();
        }""",
        [silence(), autoplay],
    )
    click(page, ACCEPT)
    if cut:
        reloaded(page)
    else:
        said(page, "Appliquer maintenant")


def test_an_untouched_form_does_not_stand_in_the_way(home: str, page: Page) -> None:
    page.goto(f"{home}/form")
    click(page, ACCEPT)
    reloaded(page)


def test_a_page_that_answered_a_post_is_never_reloaded(home: str, page: Page) -> None:
    """design.md §3: reloading would post again."""
    page.goto(f"{home}/form")
    posts: list[str] = []
    page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    page.locator("#send").click()
    page.wait_for_load_state()
    click(page, ACCEPT)
    said(page, "à la prochaine page que vous ouvrirez")
    assert page.get_by_role("button", name="Appliquer maintenant").count() == 0
    assert [url for url in posts if url.endswith("/form")] == [f"{home}/form"]


def test_a_counter_runs_after_the_grant_and_not_before(home: str, page: Page, sink: Sink) -> None:
    """P-05, FR-20."""
    page.goto(f"{home}/counted")
    assert sink.requests == []
    click(page, REFUSE)
    said(page, "Vos choix sont enregistrés.")
    assert sink.requests == []
    open_panel(page)
    page.locator("dialog").get_by_role("button", name=ACCEPT).click()
    reloaded(page)
    page.wait_for_load_state("networkidle")
    assert any("googletagmanager.com/gtag/js" in request for request in sink.requests)


def test_the_placeholder_of_a_video_allows_that_video_alone(
    home: str, page: Page, log: MemoryLog
) -> None:
    page.goto(f"{home}/video")
    with page.expect_navigation():
        page.frame_locator("iframe").get_by_role(
            "button", name="Toujours autoriser YouTube"
        ).click()
    assert page.url == f"{home}/video"
    assert set(log.records[0].purposes.values()) == {False}
    assert [name for name, granted in log.records[0].services.items() if granted] == ["youtube"]


def test_what_was_saved_is_said_until_the_next_click_and_not_for_a_time(
    home: str, page: Page
) -> None:
    """WCAG 2.2.1: nobody has to read fast."""
    click(page, REFUSE)
    said(page, "Vos choix sont enregistrés.")
    page.evaluate("document.body.click()")
    expect(page.locator(".cc-toast")).to_be_empty()


def test_the_banner_is_in_the_language_of_the_page(home: str, page: Page) -> None:
    """EU-22."""
    page.goto(f"{home}/?lang=en")
    assert page.locator("#consent-ui").get_attribute("lang") == "en"
    click(page, "Refuse all")
    said(page, "Your choices are saved.")
    page.get_by_role("link", name="Manage cookies").click()
    expect(page.locator("dialog h1")).to_have_text("Your choices, purpose by purpose")


def test_what_is_swapped_into_the_page_later_works_and_shows_no_bar_twice(
    home: str, page: Page
) -> None:
    """Turbo and its like replace the body; the script is not started again."""
    swap = "document.body.replaceWith(new DOMParser().parseFromString(kept, 'text/html').body)"
    page.evaluate("window.kept = document.documentElement.outerHTML")
    page.evaluate(swap)
    click(page, REFUSE)
    said(page, "Vos choix sont enregistrés.")
    page.evaluate(swap)
    assert not banner(page)
    assert page.get_by_role("link", name=REOPEN).is_visible()


@pytest.mark.parametrize("library", LIBRARIES, ids=["htmx", "turbo"])
def test_libraries_that_fetch_what_links_and_forms_lead_to_leave_ours_alone(
    home: str, page: Page, library: Path
) -> None:
    """htmx sent each choice a second time, and put our pages into the site's."""
    if not library.exists():
        pytest.skip("NOT CHECKED: a library of the page. Run 'npm ci' first.")
    posted: list[str] = []
    page.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)

    def boost() -> None:
        page.add_script_tag(path=library)
        page.evaluate("document.body.setAttribute('hx-boost', 'true')")
        page.evaluate("window.htmx?.process(document.body), window.stays = true")

    boost()
    page.locator(".cc-banner a[href*='/policy']").click()
    page.wait_for_url("**/consent/policy?**")
    page.wait_for_load_state()
    assert page.evaluate("window.stays") is None
    page.goto(home)
    boost()
    click(page, REFUSE)
    said(page, "Vos choix sont enregistrés.")
    page.wait_for_timeout(300)
    assert posted == [f"{home}/consent/choice"]


def test_it_works_under_a_strict_policy(home: str, page: Page) -> None:
    """edges.md S1, S3: nothing inline, no Trusted Types sink."""
    policy = "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

    def restrict(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, headers=headers)

    page.route(f"{home}/", restrict)
    page.add_init_script(
        "window.violated = []; document.addEventListener('securitypolicyviolation',"
        " (event) => violated.push(event.effectiveDirective + ' ' + event.target.nodeName))"
    )
    page.goto(home)
    open_panel(page, CUSTOMISE)
    page.locator("dialog").get_by_role("button", name=REFUSE).click()
    said(page, "Vos choix sont enregistrés.")
    # Only the style sheet that the test page itself carries.
    assert page.evaluate("violated") == ["style-src-elem STYLE"]


def test_the_pages_script_learns_of_each_change(home: str, page: Page) -> None:
    """design.md §5: events and `window.consent`."""
    page.evaluate("() => { window.seen = []; consent.on('ready', (s) => seen.push(s.decided)); }")
    page.evaluate("() => { window.stop = consent.on('change', (s) => seen.push(s.decided)); }")
    page.evaluate("document.addEventListener('consent:change', (e) => seen.push(e.detail.decided))")
    state = page.evaluate("consent.save('refuse_all')")
    assert state["purposes"]["analytics"] is False
    assert page.evaluate("seen") == [False, True, True]
    page.evaluate("stop()")
    page.evaluate("consent.save({purposes: {analytics: false}})")
    assert page.evaluate("seen") == [False, True, True, True]
    assert not banner(page)


def test_the_pages_script_cannot_change_the_state(home: str, page: Page) -> None:
    page.evaluate("() => { try { consent.state.purposes.analytics = true; } catch {} }")
    assert page.evaluate("consent.allows('analytics')") is False
    assert page.evaluate("consent.allows('necessary')") is True
    assert page.evaluate("consent.allows('unheard-of')") is False


def test_the_page_itself_can_open_the_panel(home: str, page: Page) -> None:
    """EU-20: a link in the site's own footer."""
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        " '<button id=ours data-consent-open>Cookies</button>')"
    )
    page.locator("#ours").evaluate("(button) => button.click()")
    page.wait_for_selector("dialog[open]")


def test_where_the_panel_cannot_be_fetched_its_page_opens(home: str, page: Page) -> None:
    page.route("**/consent/preferences*", lambda route: route.abort(), times=1)
    page.locator(".cc-banner [data-consent-open]").click()
    page.wait_for_url("**/consent/preferences?**")


def test_without_script_refusing_takes_one_click(plain: Page, log: MemoryLog) -> None:
    """A-16."""
    before = plain.url
    click(plain, REFUSE)
    assert plain.url == before
    assert not banner(plain)
    assert (log.records[0].interface, set(log.records[0].purposes.values())) == ("no-js", {False})


def test_without_script_choosing_by_purpose_is_a_page(plain: Page, log: MemoryLog) -> None:
    before = plain.url
    click(plain, CUSTOMISE)
    plain.get_by_label("Autoriser : Mesure d’audience").check()
    click(plain, SAVE)
    assert plain.url == before
    assert [k for k, granted in log.records[0].purposes.items() if granted] == ["analytics"]
    plain.get_by_role("link", name=REOPEN).click()
    assert plain.get_by_label("Autoriser : Mesure d’audience").is_checked()
    click(plain, REFUSE)
    assert log.records[1].action == "withdraw"


def test_the_page_of_the_preferences_says_whether_scripts_run(
    home: str, page: Page, plain: Page, log: MemoryLog
) -> None:
    for each in (page, plain):
        each.goto(f"{each.url}consent/preferences")
        click(each, REFUSE)
    assert [record.interface for record in log.records] == ["preferences", "no-js"]


def test_without_script_a_failure_is_a_page_that_says_so(plain: Page, log: MemoryLog) -> None:
    log.fail_before = True
    with plain.expect_response(lambda answer: answer.status == 503):
        click(plain, ACCEPT)
    expect(plain.locator("main")).to_contain_text("Rien n’a été activé.")


def test_without_script_the_bar_can_be_put_away(plain: Page) -> None:
    """Where the browser keeps no cookies either; its words say what it means (FR-15)."""
    plain.get_by_role("link", name="Continuer sans accepter").click()
    assert not banner(plain)
    assert plain.get_by_role("link", name=REOPEN).is_visible()
