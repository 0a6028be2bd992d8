"""What visitors write into a page, past a sanitizer: `data-*`, ids and names, and no script."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Serve
from tests.browser.released import COUNTER, answers, held

HELD = "data-consent-held=refused data-consent-service=counter data-consent-purpose=analytics"
RUN = "window.ran = (window.ran || []).concat"
PARKED = "about:invalid#consent:analytics/counter/" + quote("javascript:0", safe="")
ATTEMPTS = f"""
<img {HELD} data-consent-src=/none.gif data-consent-onerror="{RUN}('onerror')">
<svg><image {HELD} data-consent-href=/none.gif data-consent-onerror="{RUN}('svg')" /></svg>
<b {HELD} data-consent-onclick="{RUN}('onclick')">b</b>
<a {HELD} data-consent-href="javascript:{RUN}('href')">a</a>
<iframe {HELD} data-consent-src="java&#10;script:parent.ran = ['address']"></iframe>
<iframe {HELD} data-consent-src=" &#1;javascript:parent.ran = ['address']"></iframe>
<iframe {HELD} data-consent-srcdoc="{escape("<script>parent.ran = ['srcdoc']</script>")}"></iframe>
<object {HELD} data-consent-data="data:text/html,<script>1</script>"></object>
<svg><a id=drawn><set {HELD} attributeName=href data-consent-to="/;javascript:1" /></a></svg>
<svg><a><set {HELD} attributeName=href to="{PARKED}" /></a></svg>
<form {HELD} data-consent-action="javascript:1"><button data-consent-formaction=x>b</button></form>
<meta {HELD} data-consent-http-equiv=refresh content="99; url=/elsewhere">
"""
OURS = f"<img id=ours src={COUNTER}/ours.gif>"
LATER = "d => document.body.append(document.createRange().createContextualFragment(d))"
ACTIVE = """() => [...document.body.querySelectorAll('*')]
  .filter((element) => !element.closest('#consent-ui'))
  .flatMap((element) => [...element.attributes])
  .filter(({name}) => !name.startsWith('data-'))
  .filter(({name, value}) => /^(on\\w+|srcdoc|action|formaction|http-equiv)$/.test(name)
    || /^[^!-\\uffff]*(java\\s*script|data):|;javascript:/i.test(value))
  .map(({name, value}) => `${name}=${value}`)"""
NAMES = [
    "<div id=consent>Our consent</div>",
    "<form id=consent><input name=state></form>",
    "<a id=consent></a><a id=consent name=state></a><form id=consent-state></form>",
    "<img name=consent><a id=consent-state>{}</a>",
]
PROPERTIES = ["baseURI", "documentElement", "dispatchEvent", "querySelector"]
"""Of the document, which an element that has one of them as its name takes the place of."""
NAMED = "<img name={0}><form id=consent-ui name={0}><input name={0}><input name=matches></form>"
HOLDS = """(urls) => urls.filter((url) => {
  const frame = Document.prototype.createElement.call(document, 'iframe');
  frame.src = url;
  return frame.hasAttribute('data-consent-src');
})"""
SIGNED = f"<img id=taken name=currentScript><script src={COUNTER}/smuggled.js></script>"
PAGES = {
    "/attempts": (f"<body>{OURS}{ATTEMPTS}", ""),
    "/later": (f"<body>{OURS}", ""),
    **{f"/{n}": (f"{names}<body>{OURS}{names}", "") for n, names in enumerate(NAMES)},
    **{f"/{name}": (f"<body>{NAMED.format(name)}", "") for name in PROPERTIES},
    "/strict": (f"<body>{OURS}{SIGNED}", "script-src 'nonce-a' 'strict-dynamic'"),
}


def accept(page: Page) -> list[str]:
    """Accept in the bar; what is asked of services, kept up to date."""
    asked: list[str] = []
    answers(page.context, asked)
    page.evaluate("window.stays = true")
    with page.expect_response(f"{COUNTER}/ours.gif"):
        page.locator(".cc-banner [value=accept_all]").click()
    return asked


def rests(page: Page) -> None:
    """What would run now had two turns of its own, and a failed picture its event."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")


def test_a_grant_brings_no_code_out_of_the_data_attributes_of_visitors(
    page: Page, serve: Serve
) -> None:
    """Sanitizers let `data-*` pass: no listener, document, code address or refresh comes of it."""
    address = serve(held(PAGES))
    page.goto(f"{address}/attempts")
    accept(page)
    rests(page)
    assert (page.evaluate(ACTIVE), page.evaluate("window.ran")) == ([], None)
    page.goto(f"{address}/later")
    page.evaluate(LATER, ATTEMPTS + OURS.replace("ours", "late"))
    expect(page.locator("#late")).to_have_attribute("src", f"{COUNTER}/late.gif")
    rests(page)
    assert (page.evaluate(ACTIVE), page.evaluate("window.ran")) == ([], None)


@pytest.mark.parametrize("path", range(len(NAMES)))
def test_an_element_that_takes_our_names_stops_neither_the_bar_nor_a_release(
    page: Page, serve: Serve, path: int
) -> None:
    """Ids become properties of the window, and of each other."""
    page.goto(f"{serve(held(PAGES))}/{path}")
    assert page.evaluate("consent.state.decided") is False
    accept(page)
    assert page.evaluate("[window.stays, consent.allows('analytics')]") == [True, True]


def test_an_element_that_takes_the_place_of_the_document_s_own_grants_nothing(
    browser: Browser, serve: Serve
) -> None:
    """Where our script cannot run, the bar is a form; the guard holds what it did, and no more."""
    address = serve(held(PAGES))
    for name in PROPERTIES:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{address}/{name}")
            assert page.evaluate(HOLDS, [f"{COUNTER}/", "/own", f"{address}/own"]) == [
                f"{COUNTER}/"
            ]
            page.locator(".cc-banner [value=refuse_all]").click()
            expect(page.locator(".cc-banner")).to_be_hidden()
            state = context.request.get(f"{address}/consent/state").json()
            assert (state["decided"], any(state["purposes"].values())) == (True, False), name


def test_a_picture_that_takes_the_place_of_our_script_loosens_no_strict_policy(
    page: Page, serve: Serve
) -> None:
    """edges.md S1: what a trusted script inserts would be trusted without a nonce."""
    page.goto(f"{serve(held(PAGES))}/strict")
    assert page.evaluate("document.currentScript.id") == "taken"
    asked = accept(page)
    rests(page)
    assert asked == [f"{COUNTER}/ours.gif"]
