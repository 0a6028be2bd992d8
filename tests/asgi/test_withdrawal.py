"""What was withdrawn goes with the first answer, and with every other (law.md FR-19, edges H16)."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from starlette.types import Message

from consent import Choice, ConsentMiddleware
from consent.headers.forget import PROXIED
from consent.log.memory import MemoryLog
from consent.policy import Policy
from tests.asgi.exchange import (
    HTML,
    NAVIGATION,
    NOW,
    Answer,
    call,
    header_of,
    responds,
    scope_for,
    spied,
    visitor_cookie,
    wrap,
)
from tests.headers.rulings import blocking
from tests.log.examples import NOTICE, a_record
from tests.sites import service, site

ITEMS = [{"name": name, "kind": "cookie", "lifetime": "P13M"} for name in ("_ga", "_ga_*")]
CONFIG = site(services=(service("counter", "analytics", items=ITEMS),))
GRANTED = visitor_cookie(CONFIG, {"analytics": True})
REFUSED = visitor_cookie(CONFIG, {"analytics": False})
BOTH = (GRANTED, REFUSED)
GONE = {
    f"_ga=; Max-Age=0; Path=/{domain}{more}"
    for domain in ("", "; Domain=example.fr", "; Domain=www.example.fr")
    for more in ("", "; Secure; Partitioned")
}


def visit(
    path: str = "/", cookie: str = "_ga=1", *, app: Any = None, config: Any = CONFIG, **headers: str
) -> Answer:
    given = {"cookie": cookie, **{name.replace("_", "-"): v for name, v in headers.items()}}
    return call(wrap(app or responds(b"<p>"), config), scope_for(path, {**NAVIGATION, **given}))


def post(action: str, cookie: str) -> Answer:
    body = json.dumps({"action": action}).encode()
    sent = {"content-type": "application/json", "sec-fetch-site": "same-origin", "cookie": cookie}
    answer = Answer()

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        answer.messages.append(message)

    scope = scope_for("/consent/choice", sent, method="POST")
    asyncio.run(wrap(responds(b""), CONFIG)(scope, receive, send))
    return answer


def test_the_answer_to_a_withdrawal_takes_them_away_fr19() -> None:
    own, *others = post("refuse_all", f"{GRANTED}; _ga=1; session=2").all("set-cookie")
    assert own.startswith("__Host-eu-consent=") and "Max-Age=0" not in own
    assert set(others) == GONE


def test_the_answer_to_a_grant_takes_nothing_away() -> None:
    assert len(post("accept_all", f"{REFUSED}; _ga=1").all("set-cookie")) == 1


def test_with_a_choice_the_browser_lets_go_of_pages_from_before_k5() -> None:
    """With a withdrawal of those that it keeps for "back", too."""
    assert post("refuse_all", GRANTED)["clear-site-data"] == '"cache"'
    for action, before in (("refuse_all", ""), ("refuse_all", REFUSED), ("accept_all", GRANTED)):
        assert post(action, before)["clear-site-data"] == '"prefetchCache", "prerenderCache"'


@pytest.mark.parametrize(
    ("before", "now", "less"),
    [
        ((True, {}), (True, {"counter": False}), True),
        ((True, {"counter": False}), (True, {"counter": False}), False),
        ((False, {}), (False, {"counter": False}), False),
        ((False, {"counter": True}), (False, {}), True),
        ((False, {}), (True, {}), False),
        ((True, {"counter": False}), (False, {}), True),
    ],
)
def test_less_is_allowed_where_a_service_alone_is_refused(
    before: tuple[bool, dict[str, bool]], now: tuple[bool, dict[str, bool]], less: bool
) -> None:
    first, second = (
        Choice(UUID(int=1), 1, NOW, {"analytics": purpose}, services)
        for purpose, services in (before, now)
    )
    assert Policy(CONFIG).takes_away(first, second) is less


def test_asking_for_the_state_takes_away_what_is_left_fr19() -> None:
    log = MemoryLog()
    asyncio.run(log.append(a_record(subject=UUID(int=7)), NOTICE))
    app = ConsentMiddleware(responds(b""), config=CONFIG, log=log, clock=lambda: NOW)
    asked = {given: scope_for("/consent/state", {"cookie": f"{given}; _ga=1"}) for given in BOTH}
    assert set(call(app, asked[REFUSED]).all("set-cookie")) >= GONE
    assert call(app, asked[GRANTED]).all("set-cookie") == []


PICTURE = ("content-type", "image/png")
SHARED = ("cache-control", "public, max-age=60")


@pytest.mark.parametrize(
    ("status", "header"),
    [
        pytest.param(200, HTML, id="a page"),
        pytest.param(404, HTML, id="an error page"),
        pytest.param(302, ("location", "/there"), id="a redirect"),
        pytest.param(200, PICTURE, id="a picture"),
        pytest.param(200, ("content-type", "application/json"), id="data"),
        pytest.param(200, ("content-type", "text/event-stream"), id="a stream of events"),
        pytest.param(204, ("x-y", "z"), id="nothing"),
        pytest.param(304, PICTURE, id="nothing new"),
        pytest.param(500, ("content-type", "text/plain"), id="an error"),
    ],
)
def test_every_answer_takes_them_away_and_is_for_one_visitor_only_fr19(
    status: int, header: tuple[str, str]
) -> None:
    app = responds(b"", headers=[header, SHARED], status=status)
    answer = visit(cookie=f"{REFUSED}; _ga=1", app=app, sec_fetch_dest="empty")
    assert set(answer.all("set-cookie")) == GONE
    assert answer["cache-control"] == "max-age=60, private"
    assert "cookie" in answer.vary


def test_without_such_cookies_nothing_is_added() -> None:
    app = responds(b"x", headers=[PICTURE, SHARED])
    for cookie in (f"{REFUSED}; a=1", f"{GRANTED}; _ga=1"):
        answer = visit(cookie=cookie, app=app, sec_fetch_dest="empty")
        assert (answer.all("set-cookie"), answer["cache-control"]) == ([], SHARED[1])


def test_under_each_path_those_of_the_path_go_fr19() -> None:
    values = visit("/a/b/c?d=/e", REFUSED + "; _ga=1").all("set-cookie")
    paths = {value.partition("Path=")[2].partition(";")[0] for value in values}
    assert paths == {"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c"}


def test_what_is_withdrawn_goes_on_pages_too_where_it_never_acts_fr19() -> None:
    config = blocking(service("counter", "analytics", items=ITEMS, paths=["/films/*"]))
    refused, granted = (visitor_cookie(config, {"analytics": answer}) for answer in (False, True))
    app, seen = spied(responds(b"<p>", headers=[HTML]))
    assert visit(cookie=f"{refused}; _ga=1", app=app, config=config).all("set-cookie")
    assert visit(cookie=f"{granted}; _ga=1", app=app, config=config).all("set-cookie") == []
    assert ["_ga=1" in (header_of(scope, "cookie") or "") for scope in seen] == [False, True]


def test_behind_a_proxy_a_response_stays_within_what_proxies_take_h16() -> None:
    cookie = "; ".join(f"_ga_{number}=1" for number in range(99))
    values = visit(cookie=cookie, x_forwarded_for="192.0.2.1").all("set-cookie")
    assert len(values) <= PROXIED.lines
    assert len(visit(cookie=cookie).all("set-cookie")) > PROXIED.lines


def test_in_another_sites_frame_they_go_where_the_browser_allows_it_h16() -> None:
    framed = visit(sec_fetch_site="cross-site", sec_fetch_dest="iframe").all("set-cookie")
    assert all("; Secure; SameSite=None" in value for value in framed)
    opened = visit(sec_fetch_site="cross-site").all("set-cookie")
    assert not any("SameSite" in value for value in opened)


def test_a_header_for_each_cookie_is_read_as_one_for_all_h16() -> None:
    app, seen = spied(responds(b"x", headers=[PICTURE]))
    scope = scope_for()
    pairs = [(b"cookie", value) for value in (b"a=1", b"_ga=2", b"b=3", b"_ga_X=4")]
    answer = call(wrap(app, CONFIG), {**scope, "headers": [*scope["headers"], *pairs]})
    cookies = [value for name, value in seen[0]["headers"] if name == b"cookie"]
    assert cookies == [b"a=1", b"b=3"]
    assert {value.partition("=")[0] for value in answer.all("set-cookie")} == {"_ga", "_ga_X"}


def excluded(*headers: tuple[str, str], cookie: str = "a=1") -> Answer:
    config = blocking(service("counter", "analytics", items=ITEMS), exclude_paths=["/hooks/*"])
    app = responds(b"<script src=https://counter.example.net></script>", headers=[HTML, *headers])
    return visit("/hooks/1", cookie, app=app, config=config)


def test_an_excluded_path_sets_no_cookies_of_others_either_h15() -> None:
    answer = excluded(("set-cookie", "_ga=1"), ("set-cookie", "s=1; Max-Age=99999999"))
    (kept,) = answer.all("set-cookie")
    assert kept.startswith("s=1; Max-Age=99999999; Max-Age=")
    assert (answer["cache-control"], answer.vary) == ("private", {"cookie"})
    assert answer.body == b"<script src=https://counter.example.net></script>"


def test_on_an_excluded_path_they_are_taken_away_as_well_fr19() -> None:
    assert {value.partition("=")[0] for value in excluded(cookie="_ga=1").all("set-cookie")} == {
        "_ga"
    }


def test_an_excluded_answer_without_them_stays_as_it_is() -> None:
    assert excluded().start["headers"] == [(b"content-type", HTML[1].encode())]


LOGIN = service(
    "login",
    "necessary",
    exempt_reason="authentication",
    items=[{"name": "__session", "kind": "cookie", "lifetime": "session"}],
)
SENT = {"__session", "__clerk_db", "cf_clearance", "other"}


@pytest.mark.parametrize(
    ("services", "gone"),
    [
        ([{"use": "clerk-auth"}], {"__session", "__clerk_db"}),
        ([{"use": "clerk-auth"}, LOGIN], {"__clerk_db"}),
        ([{"use": "clerk-auth", "exempt_reason": "authentication"}], set()),
        ([{"use": "cloudflare-turnstile"}], set()),
    ],
    ids=["asks", "shared with the site's own login", "exempt as the login", "of the firewall"],
)
def test_a_cookie_that_something_necessary_keeps_too_stays_with_the_undecided(
    services: list[dict[str, Any]], gone: set[str]
) -> None:
    """law.md FR-02: neither expired nor hidden from the site, whoever else has one of that name."""
    config = site(services=(service("counter", "analytics"), *services))
    app, seen = spied(responds(b"<p>", headers=[HTML]))
    answer = visit(cookie="; ".join(f"{name}=1" for name in SENT), app=app, config=config)
    assert {value.partition("=")[0] for value in answer.all("set-cookie")} == gone
    shown = (header_of(seen[0], "cookie") or "").split("; ")
    assert {pair.partition("=")[0] for pair in shown} == SENT - gone
