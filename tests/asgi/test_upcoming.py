"""P-11: what is announced is told before its day, and holds from it, by the clock alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import anyio
import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent import ConsentConfig
from consent.asgi.event import event_of
from consent.asgi.middleware import ConsentMiddleware
from consent.cookie import ChoiceCookie
from consent.dossier.release import screens
from consent.log.memory import MemoryLog
from consent.testing import a_choice, signed_cookie
from tests.sites import SECRET, service

DAY = date(2026, 6, 1)
BEGINS = datetime(2026, 6, 1, tzinfo=UTC)
BEFORE, LAST, AFTER = BEGINS - timedelta(days=15), BEGINS - timedelta(seconds=1), BEGINS
COUNTER = service("counter", "analytics")
PIXEL = service("pixel", "marketing", company="Pixel Inc.")
SUMMARY = {"en": "We begin to advertise.", "fr": "Nous commençons à faire de la publicité."}
PAGE = "<!doctype html><html><head></head><body><script src='https://{}.example.net/t.js'></script>"
FORM = {"sec-fetch-site": "same-origin"}


def announced(change: dict[str, Any] | None = None, **settings: Any) -> ConsentConfig:
    """A site that asks about analytics, and from its day on about marketing, too."""
    written = {
        "site": {"name": "S", "url": "https://www.example.fr", "languages": ["en", "fr"]},
        "controller": {"name": "A", "address": "B", "email": "a@example.fr"},
        "cookie": {"secrets": [SECRET]},
        "services": [COUNTER],
        "effective_from": date(2026, 1, 1),
        "upcoming": {
            "effective_from": DAY,
            "summary": SUMMARY,
            "services": [COUNTER, PIXEL],
            **(change or {}),
        },
    }
    return ConsentConfig(**{**written, **settings})


class Site:
    """With a clock to move, as each of its workers has one."""

    def __init__(self, config: ConsentConfig | None = None, *, answers: dict[str, str]) -> None:
        self.now = BEFORE
        self.config = config or announced()
        self.log = MemoryLog()
        self.headers = answers

        def page(request: Request) -> HTMLResponse:
            text = PAGE.format(request.path_params["service"])
            return HTMLResponse(text, headers=self.headers)

        inner = Starlette(routes=[Route("/{service}", page)])
        self.app = ConsentMiddleware(
            inner, config=self.config, log=self.log, clock=lambda: self.now
        )
        self.client = TestClient(self.app, base_url="https://www.example.fr")

    def at(self, moment: datetime, path: str) -> str:
        self.now = moment
        return self.client.get(path).text

    def choose(self, moment: datetime, **content: Any) -> Response:
        self.now = moment
        return self.client.post("/consent/choice", json=content, headers=FORM)


@pytest.fixture
def shop() -> Site:
    return Site(answers={})


def is_asked(page: str) -> bool:
    return 'id="consent-title"' in page


def test_until_its_day_the_new_service_is_nowhere_asked_about_and_never_runs(shop: Site) -> None:
    """P-11; principle 1: it is not declared yet, so what is granted now does not reach it."""
    granted = shop.choose(LAST, action="accept_all")
    assert granted.json()["purposes"] == {"analytics": True}
    assert "data-consent-src" not in shop.at(LAST, "/counter")
    assert "data-consent-src" in shop.at(LAST, "/pixel")


def test_from_its_day_only_what_changed_is_asked_and_runs_after_consent_alone(shop: Site) -> None:
    """P-11: who had answered keeps the answers, and is asked about the new purpose."""
    shop.choose(LAST, action="accept_all")
    assert not is_asked(shop.at(LAST, "/pixel"))
    assert is_asked(page := shop.at(AFTER, "/pixel"))
    assert "data-consent-src" in page
    assert "data-consent-src" not in shop.at(AFTER, "/counter")
    shop.choose(AFTER, action="accept_all")
    assert "data-consent-src" not in shop.at(AFTER, "/pixel")


def test_what_changes_nothing_of_what_was_agreed_to_asks_nobody_again() -> None:
    change = {"services": [COUNTER], "log": {"retention_years": 6}}
    shop = Site(announced(change), answers={})
    shop.choose(LAST, action="accept_all")
    assert not is_asked(shop.at(AFTER, "/counter"))
    assert "You are not asked again" in shop.at(LAST, "/consent/policy?lang=en")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["Something changes on 1 June 2026", "(changes on 1 June 2026)"]),
        ("fr", ["Un changement a lieu le 1er juin 2026", "(change le 1er juin 2026)"]),
    ],
)
def test_every_page_tells_of_it_and_where_to_read_more_until_then(
    shop: Site, lang: str, said: list[str]
) -> None:
    """P-11: in the banner, in the preferences and in the control that everybody sees."""
    shop.headers = {"content-language": lang}
    pages = [shop.at(LAST, "/counter"), shop.at(LAST, f"/consent/preferences?lang={lang}")]
    assert [said[0] in page for page in pages] == [True, True]
    assert ["/consent/policy?lang=" in page and "#changes" in page for page in pages] == [True] * 2
    shop.choose(LAST, action="refuse_all")
    assert said[0] not in (page := shop.at(LAST, "/counter"))
    assert said[1] in page
    assert said[1] not in shop.at(AFTER, "/counter")


def test_the_policy_says_what_changes_and_what_will_be_asked(shop: Site) -> None:
    """P-11, in the site's words and in ours."""
    said = shop.at(BEFORE, "/consent/policy?lang=en")
    for text in (
        "What changes on 1 June 2026",
        "We begin to advertise.",
        "New service: Pixel (Pixel Inc.)",
        "you are asked about: ",
        "in force since 1 January 2026",
    ):
        assert text in said
    assert "Nouveau service" in shop.at(BEFORE, "/consent/policy?lang=fr")


def test_the_whole_policy_to_come_can_be_read_before_its_day(shop: Site) -> None:
    """P-11: the new version is published; in every language, and said not to be in force."""
    said = shop.at(BEFORE, "/consent/policy?lang=en&upcoming=1")
    assert "takes effect on 1 June 2026" in said
    assert "in force since" not in said
    assert "Fingerprint of the notice in force" not in said
    assert 'href="?upcoming=1&amp;lang=fr' in said
    assert "data-consent-companies" in said
    assert "Pixel Inc." in said


def test_from_its_day_the_policy_names_it_as_the_date_in_force(shop: Site) -> None:
    """P-19."""
    for page in ("/consent/policy?lang=en", "/consent/policy?lang=en&upcoming=1"):
        said = shop.at(AFTER, page)
        assert "in force since 1 June 2026" in said
        assert "What changes on" not in said
        assert "takes effect" not in said


def test_a_version_that_is_served_before_its_own_day_is_said_to_be_in_force_since_none() -> None:
    """P-19: only what is true."""
    shop = Site(announced(upcoming=None, effective_from=DAY), answers={})
    assert "in force since" not in shop.at(LAST, "/consent/policy?lang=en")


def test_a_choice_is_recorded_with_the_notice_that_was_shown(shop: Site) -> None:
    """EU-10: the announcement is part of what was shown, and archived with it."""
    shop.choose(LAST, action="accept_all", interface="banner", lang="en")
    shop.choose(AFTER, action="accept_all")
    first, second = shop.log.records
    upcoming = shop.config.upcoming
    assert upcoming is not None
    assert (first.notice, second.notice) == (
        shop.config.notice.hash,
        upcoming.config.notice.hash,
    )
    assert b'"effective_from":"2026-06-01"' in shop.config.notice.content
    assert first.screen is not None
    screen = anyio.run(shop.log.screen, first.screen)
    assert screen is not None
    assert b"Something changes on 1 June 2026" in screen.content


def test_a_grant_to_the_notice_of_before_is_refused_and_a_refusal_is_not(shop: Site) -> None:
    """As after any other change: nobody has agreed to what was not on screen."""
    old = shop.config.notice.hash
    assert shop.choose(AFTER, action="accept_all", notice=old).status_code == 409
    assert shop.choose(AFTER, action="refuse_all", notice=old).status_code == 200


def test_the_files_of_both_versions_are_there_at_any_time(shop: Site) -> None:
    """A page of the one asks when the other holds; and workers' clocks differ a little."""
    for made, asked in ((LAST, AFTER), (AFTER, LAST)):
        page = shop.at(made, "/counter")
        start = page.index("/consent/assets/guard.")
        guard = page[start : page.index('"', start)]
        shop.now = asked
        assert shop.client.get(guard).status_code == 200


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"cache-control": "max-age=3600"}, "max-age=60, private"),
        ({"cache-control": "max-age=30"}, "max-age=30, private"),
        ({"cache-control": "max-age=9, stale-while-revalidate=600"}, "max-age=9, private"),
        ({"cache-control": 's-maxage=9, max-age="70"'}, "max-age=60, private"),
        ({"expires": "Mon, 01 Jun 2026 00:00:01 GMT"}, "private"),
    ],
)
def test_no_cache_shows_a_page_past_the_day(given: dict[str, str], left: str) -> None:
    """K1: what is announced begins in caches, too."""
    shop = Site(answers=given)
    shop.now = BEGINS - timedelta(seconds=60)
    answer = shop.client.get("/counter")
    assert answer.headers["cache-control"] == left
    assert "expires" not in answer.headers
    shop.now = AFTER
    assert shop.client.get("/counter").headers.get("expires") == given.get("expires")


def test_an_end_before_the_day_stays_and_a_tag_of_before_is_none_of_after() -> None:
    """K1, K3."""
    early = "Sun, 31 May 2026 23:59:30 GMT"
    shop = Site(answers={"expires": early, "etag": '"1"'})
    shop.now = BEGINS - timedelta(seconds=60)
    before = shop.client.get("/counter").headers
    shop.now = AFTER
    assert before["expires"] == early
    assert before["etag"] != shop.client.get("/counter").headers["etag"]


def test_a_question_with_our_tag_is_answered_until_the_day_only() -> None:
    """K1, K3: a 304 makes what is stored fresh again, for no longer than a page would be."""
    config = announced()

    async def unchanged(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"etag", b'"1"'), (b"cache-control", b"max-age=3600")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body"})

    shop = Site(config, answers={"etag": '"1"'})
    asked = {"sec-fetch-dest": "document"}
    tag = shop.client.get("/counter", headers=asked).headers["etag"]
    clock = BEGINS - timedelta(seconds=60)
    app = ConsentMiddleware(unchanged, config=config, log=MemoryLog(), clock=lambda: clock)
    client = TestClient(app, base_url="https://www.example.fr")
    answer = client.get("/counter", headers={**asked, "if-none-match": tag})
    assert answer.headers["cache-control"] == "max-age=60, private"


def test_where_nothing_is_asked_it_is_told_by_the_link_to_the_policy() -> None:
    """P-11, P-17."""
    till = service("till", "necessary", exempt_reason="basket")
    kept = {"services": [till], "log": {"retention_years": 6}}
    shop = Site(announced(kept, services=[till]), answers={"cache-control": "max-age=3600"})
    page = shop.at(LAST, "/till")
    assert not is_asked(page)
    assert "changes on 1 June 2026" in page
    assert "not asked again" not in shop.at(LAST, "/consent/policy?lang=en")
    assert shop.client.get("/till").headers["cache-control"].startswith("max-age=1")


def test_hooks_are_told_by_the_version_of_the_day_of_the_choice() -> None:
    """EU-06: who is told of a withdrawal is who could have received something then."""
    config = announced()
    log = MemoryLog()
    clock = [LAST]
    app = ConsentMiddleware(Starlette(), config=config, log=log, clock=lambda: clock[0])
    client = TestClient(app, base_url="https://www.example.fr")
    for clock[0] in (LAST, AFTER):
        client.post("/consent/choice", json={"action": "accept_all"}, headers=FORM)
    first, second = (replace(each, services={}) for each in log.records)
    assert event_of(first, None, config).services == {"counter": True}
    assert event_of(second, first, config).granted == {"pixel"}


def test_cookies_for_tests_are_those_of_their_day() -> None:
    config = announced()
    then = config.at(AFTER)
    assert a_choice(config, made_at=LAST, purposes=True).purposes == {"analytics": True}
    assert set(a_choice(config, made_at=AFTER).purposes) == {"analytics", "marketing"}
    _, value = signed_cookie(config, made_at=AFTER, purposes={"marketing": True})
    read = ChoiceCookie(then).decode(value.encode(), now=AFTER)
    assert read is not None
    assert read.purposes == {"analytics": False, "marketing": True}


def test_its_screens_are_among_those_of_a_release() -> None:
    """FR-24: what visitors will be shown from that day on is photographed as well."""
    upcoming = announced().upcoming
    assert upcoming
    shown = {screen.hash for screen in screens(announced())}
    assert shown > {screen.hash for screen in screens(upcoming.config)}
