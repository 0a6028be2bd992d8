"""A browser that objects by itself, through the middleware (law.md §4)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent import ConsentMiddleware
from consent.asgi.gpc import PLACE
from consent.banner import Pages
from consent.config import ConsentConfig
from consent.log.memory import MemoryLog
from consent.record import decode, encode
from tests.asgi.exchange import CONFIG, NAVIGATION, NOW, visitor_cookie
from tests.test_objections import config

PIXEL = b'<script src="https://pixel.example.net/t.js"></script>'
PAGE = b"<!doctype html><html lang=en><head><title>Shop</title></head><body>" + PIXEL
HELD = b"data-consent-src"
SIGNAL = b'data-cc-role="signal"'
RESPECTED = b"browser signal respected"
GPC = {"sec-gpc": "1"}


def asked(request: Any) -> JSONResponse:
    consent = request.state.consent
    return JSONResponse([consent.allows("marketing"), list(consent.objections)])


SITE = Starlette(
    routes=[
        Route("/", lambda request: HTMLResponse(PAGE, headers={"etag": '"1"'})),
        Route("/asked", asked),
        Route(PLACE, lambda request: JSONResponse("the site's own")),
    ]
)


class Visitor(TestClient):
    """A browser, and the log behind the site."""

    def __init__(self, made: ConsentConfig, root_path: str = "", **purposes: bool) -> None:
        self.log = MemoryLog()
        app = ConsentMiddleware(SITE, config=made, log=self.log, clock=lambda: NOW)
        cookie = {"cookie": visitor_cookie(made, purposes)} if purposes else {}
        headers = {**NAVIGATION, "sec-fetch-site": "same-origin", **cookie}
        url = "https://www.example.fr"
        super().__init__(app, base_url=url, headers=headers, root_path=root_path)

    def choose(self, action: str, **headers: str) -> Any:
        answer = self.post("/consent/choice", json={"action": action}, headers=headers)
        return answer.json()


def test_an_undecided_visitor_is_asked_all_the_same_and_told_gpc_07() -> None:
    page = Visitor(CONFIG).get("/", headers=GPC).content
    assert HELD in page
    assert b"consent-title" in page
    assert SIGNAL in page
    assert RESPECTED in page
    assert SIGNAL not in Visitor(CONFIG).get("/").content


def test_a_site_may_leave_it_at_the_signal() -> None:
    visitor = Visitor(config(banner=False))
    assert b"consent-title" in visitor.get("/").content
    page = visitor.get("/", headers=GPC).content
    assert (b"consent-title" in page, RESPECTED in page) == (False, True)


def test_what_was_granted_before_is_held_again_and_that_is_shown_us_02() -> None:
    visitor = Visitor(CONFIG, analytics=True, marketing=True)
    assert HELD not in visitor.get("/").content
    page = visitor.get("/", headers={"dnt": "1"}).content
    assert HELD in page
    assert RESPECTED in page
    assert visitor.get("/asked", headers=GPC).json() == [False, ["gpc"]]
    assert visitor.get("/asked").json() == [True, []]


def test_what_is_granted_in_spite_of_it_holds_and_is_recorded_so_gpc_05() -> None:
    visitor = Visitor(CONFIG)
    answer = visitor.choose("accept_all", **GPC)
    assert (answer["purposes"]["marketing"], answer["signals"]) == (True, ["gpc"])
    page = visitor.get("/", headers=GPC).content
    assert (HELD in page, RESPECTED in page) == (False, False)
    preferences = visitor.get("/consent/preferences", headers=GPC).text
    assert "allowed some of it all the same" in preferences
    assert visitor.get("/asked", headers=GPC).json() == [True, ["gpc"]]
    assert [record.signals for record in visitor.log.records] == [("gpc",)]


def test_the_requests_themselves_leave_no_record_gpc_05() -> None:
    visitor = Visitor(CONFIG, marketing=True)
    for _ in range(3):
        visitor.get("/", headers=GPC)
    assert visitor.log.records == []


def test_a_choice_that_keeps_the_rest_does_not_bring_back_what_is_objected_to() -> None:
    visitor = Visitor(CONFIG, analytics=False, marketing=True)
    body = {"action": "save", "services": {"counter": True}, "keep": True}
    visitor.post("/consent/choice", json=body, headers=GPC)
    (record,) = visitor.log.records
    assert record.purposes == {"analytics": False, "marketing": False}


def test_the_preferences_have_it_off_and_say_why() -> None:
    visitor = Visitor(CONFIG, analytics=True, marketing=True)
    page = visitor.get("/consent/preferences", headers=GPC).text
    assert page.count(" checked") == 1
    assert "That is respected" in page


def test_the_page_is_another_for_caches_tech_13() -> None:
    visitor = Visitor(CONFIG, analytics=True, marketing=True)
    without, objecting = visitor.get("/"), visitor.get("/", headers=GPC)
    assert {"Cookie", "Sec-GPC", "DNT"} <= set(objecting.headers["vary"].split(", "))
    assert objecting.headers["vary"] == without.headers["vary"]
    assert objecting.headers["etag"] != without.headers["etag"]


def test_the_page_of_who_refused_is_another_as_well_tech_13() -> None:
    """Nothing but what it says differs."""
    visitor = Visitor(CONFIG, analytics=False, marketing=False)
    tags = {visitor.get("/", headers=headers).headers["etag"] for headers in ({}, GPC)}
    assert len(tags) == 2


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_policy_tells_what_is_made_of_signals_gpc_04(lang: str) -> None:
    for signals, told in (({}, " o"), ({"dnt": False}, "Global Privacy Control,")):
        page = Pages(config(**signals)).policy(lang=lang, prefix="/consent")
        assert f"Global Privacy Control{told}" in page or told in page
        assert 'id="signals"' in page
    nothing = Pages(config(gpc=False, dnt=False)).policy(lang=lang, prefix="/consent")
    assert 'id="signals"' not in nothing


def test_a_record_names_the_signals_that_came_with_the_choice() -> None:
    visitor = Visitor(CONFIG)
    visitor.choose("accept_all")
    visitor.choose("refuse_all", dnt="1")
    bodies = [json.loads(encode(record)) for record in visitor.log.records]
    assert [body["signals"] for body in bodies] == [[], ["dnt"]]
    assert [decode(encode(record)).signals for record in visitor.log.records] == [(), ("dnt",)]


class TestWellKnown:
    """GPC-03."""

    def test_it_says_so_and_since_when(self) -> None:
        answer = Visitor(config(gpc_last_update=date(2026, 1, 2))).get(PLACE)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {"gpc": True, "lastUpdate": "2026-01-02"}

    def test_the_date_is_not_that_of_today(self) -> None:
        assert CONFIG.signals.gpc_last_update == date(2026, 11, 22)

    def test_it_has_a_head(self) -> None:
        visitor = Visitor(CONFIG)
        head, whole = visitor.head(PLACE), visitor.get(PLACE)
        assert (head.content, head.headers) == (b"", whole.headers)

    def test_it_is_only_read(self) -> None:
        answer = Visitor(CONFIG).post(PLACE)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")

    def test_without_the_promise_it_is_the_sites(self) -> None:
        assert Visitor(config(gpc=False)).get(PLACE).json() == "the site's own"

    def test_below_the_root_of_the_host_it_is_not_ours(self) -> None:
        assert Visitor(CONFIG, root_path="/shop").get(PLACE).json() == "the site's own"
