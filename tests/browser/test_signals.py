"""What vendors' own scripts are told, and in which order (law.md §5)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.conftest import Serve
from tests.browser.shop import config
from tests.browser.sink import Sink

SERVICES = (
    "google-analytics",
    "google-ads",
    "microsoft-ads",
    "microsoft-clarity",
    "meta-pixel",
    "pinterest-tag",
    "matomo",
    "tiktok-pixel",
)
# Loaders as vendors hand them out, in our words: a queue, a function that fills it, a script tag.
OWN_QUEUE = """
  (function (name) {{
    if (window[name]) return;
    var stub = window[name] = function () {{ stub.queue.push([].slice.call(arguments)); }};
    stub.queue = [];
    var tag = document.createElement('script');
    tag.async = true;
    tag.src = '{address}';
    document.head.appendChild(tag);
  }})('{name}');
"""
LOADERS = (
    "window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }"
    "gtag('js', new Date()); gtag('config', 'G-AB12CD34EF');",
    OWN_QUEUE.format(name="fbq", address="https://connect.facebook.net/en_US/fbevents.js")
    + "fbq('init', '1234567890'); fbq('track', 'PageView');",
    OWN_QUEUE.format(name="pintrk", address="https://s.pinimg.com/ct/core.js")
    + "pintrk('load', '1234567890'); pintrk('page');",
    "var _paq = window._paq = window._paq || []; _paq.push(['trackPageView']);",
    "window.clarity = window.clarity || function () { (clarity.q = clarity.q || [])"
    ".push(arguments); }; clarity('set', 'page', 'home'); var x = 'https://www.clarity.ms/tag/';",
    "window.uetq = window.uetq || []; uetq.push('event', 'seen', {}); if (window.UET) new UET({});",
    "window.ttq = window.ttq || []; ttq.push(['load', 'AB']); window.TiktokAnalyticsObject='ttq';",
)
SAID = """() => {
  const list = (queue) => queue && [...queue].map((one) =>
    Object.prototype.toString.call(one) === "[object Arguments]" ? ["arguments", ...one] : one);
  return { google: list(window.dataLayer), uet: list(window.uetq), clarity: list(window.clarity?.q),
    meta: list(window.fbq?.queue), pinterest: list(window.pintrk?.queue),
    matomo: list(window._paq), tiktok: list(window.ttq) };
}"""
AD = ("ad_storage", "ad_user_data", "ad_personalization")
OTHERS = ("analytics_storage", "functionality_storage", "personalization_storage")
DENIED = dict.fromkeys((*AD, *OTHERS), "denied")
DEFAULT = ["arguments", "consent", "default", {**DENIED, "security_storage": "granted"}]


async def _home(request: Request) -> Response:
    scripts = "".join(f"<script>{loader}</script>" for loader in LOADERS)
    return HTMLResponse(f"<!doctype html><html lang=en><head>{scripts}</head><body>x</body></html>")


def consented(page: Page, *actions: Any) -> None:
    for action in actions:
        page.evaluate("decision => window.consent.save(decision)", action)


@pytest.fixture
def site(serve: Serve) -> str:
    app = Starlette(routes=[Route("/", _home)])
    return serve(ConsentMiddleware(app, config=config(SERVICES), log=MemoryLog()))


@pytest.fixture
def home(page: Page, site: str, sink: Sink) -> Page:
    page.goto(site)
    return page


@pytest.fixture
def accepted(home: Page) -> Page:
    consented(home, "accept_all")
    home.reload()
    return home


def said(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(SAID)
    return found


def test_before_a_choice_vendors_are_refused_and_not_contacted(home: Page, sink: Sink) -> None:
    """GCM-01, GCM-04, MS-01, MTM-01: what is said stays in the page."""
    assert said(home) == {
        "google": [DEFAULT],
        "uet": ["consent", "default", {"ad_storage": "denied"}],
        "clarity": None,
        "meta": None,
        "pinterest": None,
        "matomo": [["requireConsent"]],
        "tiktok": [["holdConsent"]],
    }
    assert sink.requests == []


def test_google_hears_the_default_then_the_choice_then_the_page(accepted: Page) -> None:
    """GCM-02, GCM-05."""
    google = said(accepted)["google"]
    granted = DENIED | dict.fromkeys((*AD, "analytics_storage"), "granted")
    assert google[:2] == [DEFAULT, ["arguments", "consent", "update", granted]]
    assert [one[1] for one in google[2:]] == ["js", "config"]


def test_microsoft_is_told_twice_in_its_two_spellings(accepted: Page) -> None:
    """MS-01, MS-02: a capital S for Clarity, and a signal of its own."""
    heard = said(accepted)
    assert heard["uet"][:6] == [
        *("consent", "default", {"ad_storage": "denied"}),
        *("consent", "update", {"ad_storage": "granted"}),
    ]
    granted = {"ad_Storage": "granted", "analytics_Storage": "granted"}
    assert heard["clarity"][0] == ["arguments", "consentv2", granted]


def test_loaders_that_stop_at_an_existing_function_still_load(accepted: Page, sink: Sink) -> None:
    """META-01: revoked before the first command, then granted; and no stub in the loader's way."""
    heard = said(accepted)
    assert heard["meta"][:3] == [
        ["consent", "revoke"],
        ["consent", "grant"],
        ["init", "1234567890"],
    ]
    assert heard["pinterest"][:2] == [["setconsent", True], ["load", "1234567890"]]
    accepted.wait_for_load_state("networkidle")
    assert {"connect.facebook.net", "s.pinimg.com"} <= {url.split("/")[0] for url in sink.requests}


def test_matomo_and_tiktok_hear_of_consent_before_they_are_asked_to_count(accepted: Page) -> None:
    heard = said(accepted)
    assert heard["matomo"] == [["requireConsent"], ["setConsentGiven"], ["trackPageView"]]
    assert heard["tiktok"] == [["holdConsent"], ["grantConsent"], ["load", "AB"]]


def test_a_withdrawal_is_told_to_the_scripts_that_still_run(accepted: Page) -> None:
    """law.md FR-19, EU-06, MTM-01: also to those that would send what they have kept."""
    consented(accepted, "refuse_all")
    heard = said(accepted)
    assert heard["google"][-1] == ["arguments", "consent", "update", DENIED]
    assert heard["uet"][-1] == {"ad_storage": "denied"}
    refused = {"ad_Storage": "denied", "analytics_Storage": "denied"}
    assert heard["clarity"][-1] == ["arguments", "consentv2", refused]
    assert heard["meta"][-1] == ["consent", "revoke"]
    assert heard["pinterest"][-1] == ["setconsent", False]
    assert heard["matomo"] == [["requireConsent"], ["forgetConsentGiven"]]
    assert heard["tiktok"][-1] == ["revokeConsent"]


def test_each_choice_is_told_once_and_only_to_whom_it_concerns(home: Page) -> None:
    """GCM-02: exactly one update for each decision."""
    analytics = {"purposes": {"analytics": True}}
    consented(home, analytics, analytics)
    heard = said(home)
    assert [one[2] for one in heard["google"]] == ["default", "update"]
    assert heard["uet"] == ["consent", "default", {"ad_storage": "denied"}]
    assert heard["matomo"] == [["requireConsent"], ["setConsentGiven"]]


def test_one_service_that_was_refused_apart_is_told_so(home: Page) -> None:
    apart = {"purposes": {"marketing": True}, "services": {"google-ads": False}}
    consented(home, apart)
    home.reload()
    update = said(home)["google"][1]
    assert update[3] == DENIED


def test_a_forged_event_grants_nothing(home: Page) -> None:
    home.evaluate(
        """() => document.dispatchEvent(new CustomEvent("consent:change", {
          detail: { decided: true, purposes: { analytics: true }, services: {} } }))"""
    )
    assert said(home)["google"] == [DEFAULT]
