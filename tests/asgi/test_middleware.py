"""The middleware: whose choice a request carries, what the site is shown, what is left alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from consent.asgi.middleware import ConsentMiddleware, now
from consent.asgi.state import RequestConsent
from consent.config import ConsentConfig
from consent.log.memory import MemoryLog
from consent.log.sql import DEADLINE, SqlLog
from consent.model import Reason
from consent.tree.keys import Signer
from tests.asgi.exchange import (
    BANNER,
    HELD,
    HTML,
    NO,
    PAGE,
    PLAIN,
    YES,
    call,
    get,
    header_of,
    responds,
    scope_for,
    spied,
    visitor_cookie,
    wrap,
)
from tests.headers.rulings import blocking
from tests.sites import service, site

FETCH = {"sec-fetch-dest": "empty", "accept": "*/*"}


def consent_of(cookie: str = "", *, kind: str = "http", **scope: Any) -> RequestConsent:
    """What the site's code sees."""
    app, seen = spied(responds(PAGE))
    headers = {"cookie": cookie} if cookie else {}
    given = scope_for(headers=headers, **{"type": kind, **scope})
    call(wrap(app), given)
    consent = given["state"]["consent"]
    assert isinstance(consent, RequestConsent)
    assert seen[0] is given
    return consent


def test_the_choice_is_on_the_same_scope_before_the_site_runs() -> None:
    consent = consent_of(YES)
    assert consent.allows("analytics")
    assert consent.decided
    assert consent.choice is not None
    assert consent.service("counter").allowed


def test_undecided_is_no() -> None:
    consent = consent_of()
    assert not consent.allows("analytics")
    assert not consent.decided
    assert consent.choice is None
    assert consent.service("counter").reason is Reason.UNDECIDED


def test_what_the_state_holds_already_stays() -> None:
    scope = scope_for(state={"db": 1})
    call(wrap(responds(PAGE)), scope)
    assert scope["state"]["db"] == 1


def test_the_lifespan_is_the_sites_own_h10() -> None:
    app, seen = spied(responds())
    scope: Scope = {"type": "lifespan", "state": {}}
    call(wrap(app), scope)
    assert seen == [scope]
    assert scope["state"] == {}


def test_several_cookie_headers_are_one() -> None:
    scope = scope_for()
    scope["headers"] += [(b"cookie", b"a=1"), (b"cookie", YES.encode()), (b"cookie", b"b=2")]
    assert PLAIN in call(wrap(responds(PAGE)), scope).body


@pytest.mark.parametrize("cookie", ["__Host-eu-consent=x.y", "__Host-eu-consent=", "\xff\x00=;;"])
def test_a_cookie_in_doubt_is_none(cookie: str) -> None:
    assert HELD in get(responds(PAGE), cookie=cookie).body


def test_a_choice_for_another_page_is_a_choice_for_this_one() -> None:
    assert HELD in get(responds(PAGE), cookie=NO).body
    assert BANNER not in get(responds(PAGE), cookie=NO).body


def test_a_service_may_act_on_its_pages_only() -> None:
    config = site(services=(service("counter", "analytics", paths=["/shop/*"]),))
    cookie = visitor_cookie(config, {"analytics": True})
    app = wrap(responds(PAGE), config)
    for path, root, there in (("/shop/a", "", True), ("/a", "", False), ("/m/shop/a", "/m", True)):
        scope = scope_for(path, {"cookie": cookie}, root_path=root)
        assert (PLAIN in call(app, scope).body) is there


def test_cookies_of_held_services_are_hidden_and_taken_away_h16() -> None:
    app, seen = spied(responds(PAGE, headers=[HTML, ("set-cookie", "s=1")]))
    answer = call(wrap(app, tracked()), scope_for(headers={"cookie": "_ga=1; s=2"}))
    assert header_of(seen[0], "cookie") == "s=2"
    values = answer.all("set-cookie")
    assert values[0] == "s=1"
    assert "_ga=; Max-Age=0; Path=/; Domain=example.fr" in values


def test_a_cookie_header_with_nothing_else_in_it_goes_h16() -> None:
    app, seen = spied(responds(b"", headers=[("content-type", "image/png")]))
    scope = scope_for(headers={"cookie": "_ga=1"})
    scope["headers"].append((b"cookie", b"s=2"))
    answer = call(wrap(app, tracked()), scope)
    assert header_of(seen[0], "cookie") == "s=2"
    assert {value.partition("=")[0] for value in answer.all("set-cookie")} == {"_ga"}


def test_with_consent_the_site_sees_its_services_cookies_h16() -> None:
    config = tracked()
    app, seen = spied(responds(PAGE))
    cookie = f"_ga=1; {visitor_cookie(config, {'analytics': True})}"
    answer = call(wrap(app, config), scope_for(headers={"cookie": cookie}))
    assert header_of(seen[0], "cookie") == cookie
    assert answer.all("set-cookie") == []


def tracked() -> ConsentConfig:
    items = [{"name": "_ga", "kind": "cookie", "lifetime": "P13M"}]
    return site(services=(service("counter", "analytics", items=items),))


def test_our_own_paths_never_reach_the_site() -> None:
    app, seen = spied(responds(PAGE))
    assert b'"decided"' in call(wrap(app), scope_for("/consent/state")).body
    assert b'"decided"' in call(wrap(app), scope_for("/shop/consent/state", root_path="/shop")).body
    assert seen == []
    call(wrap(app), scope_for("/consenting"))
    assert len(seen) == 1


def test_under_a_root_path_our_addresses_carry_it() -> None:
    body = call(wrap(responds(PAGE)), scope_for("/shop/", root_path="/shop")).body
    assert b'action="/shop/consent/choice"' in body


@pytest.mark.parametrize(("path", "root"), [("/webhooks/x", ""), ("/m/webhooks/x", "/m")])
def test_an_excluded_path_passes_untouched(path: str, root: str) -> None:
    headers = [HTML, ("set-cookie", "_ga=1; Path=/"), ("etag", '"a"')]
    app, seen = spied(responds(PAGE, headers=headers))
    given = {"accept": "text/html", "range": "bytes=0-9", "cookie": YES}
    scope = scope_for(path, given, root_path=root, extensions={"http.response.pathsend": {}})
    answer = call(wrap(app, blocking(exclude_paths=["/webhooks/*"])), scope)
    assert answer.body == PAGE
    assert answer.start["headers"] == [(n.encode(), v.encode()) for n, v in headers]
    assert header_of(seen[0], "range") == "bytes=0-9"
    assert "http.response.pathsend" in seen[0]["extensions"]
    assert seen[0]["state"]["consent"].allows("analytics")


@pytest.mark.parametrize(
    "path",
    [
        "/web",
        # As /webhooks/..%2fshop, which browsers send so, and sites may read as /shop.
        "/webhooks/../shop",
        "/webhooks/x/..",
        "/webhooks/..\\shop",
        "/webhooks/a\n/../shop",
    ],
)
def test_paths_that_are_not_excluded_are_watched(path: str) -> None:
    app = wrap(responds(PAGE), blocking(exclude_paths=["/webhooks/*"]))
    assert HELD in call(app, scope_for(path)).body


@pytest.mark.parametrize("path", ["/webhooks/..x", "/webhooks/a..", "/webhooks/./x", "/webhooks//"])
def test_dots_that_lead_nowhere_change_nothing(path: str) -> None:
    app = wrap(responds(PAGE), blocking(exclude_paths=["/webhooks/*"]))
    assert call(app, scope_for(path)).body == PAGE


@pytest.mark.parametrize(
    ("headers", "whole", "inserted"),
    [
        ({"sec-fetch-dest": "document"}, False, True),
        ({}, False, True),
        (FETCH, False, False),
        (FETCH, True, True),
        ({"hx-request": "true"}, False, False),
        ({"x-requested-with": "XMLHttpRequest"}, False, False),
        ({"turbo-frame": "cart"}, False, False),
        ({"x-up-version": "3.10"}, False, False),
        ({"hx-request": "true"}, True, True),
    ],
)
def test_a_fragment_is_blocked_but_gets_no_banner_h13(
    headers: dict[str, str], whole: bool, inserted: bool
) -> None:
    fragment = b'<div><script src="https://counter.example.net/t.js"></script></div>'
    answer = call(wrap(responds(PAGE if whole else fragment)), scope_for(headers=headers))
    assert HELD in answer.body
    assert (BANNER in answer.body) is inserted


@pytest.mark.parametrize(
    ("dest", "buttons"),
    [("document", 1), ("iframe", 0), ("object", 0), ("fencedframe", 0), ("empty", 0), ("", 0)],
)
def test_only_a_page_known_to_be_unframed_has_a_button_in_a_placeholder(
    dest: str, buttons: int
) -> None:
    """A page around it could have the visitor click there unseen (clickjacking)."""
    held = b'<!doctype html><iframe src="https://pixel.example.net/e"></iframe>'
    body = get(responds(held), sec_fetch_dest=dest).body
    assert body.count(b"Always allow Pixel") == buttons
    assert b"/consent/preferences?" in body


@pytest.mark.parametrize("dest", ["iframe", "frame", "embed", "object"])
def test_a_framed_page_gets_our_script_but_no_banner_h13(dest: str) -> None:
    body = call(wrap(responds(PAGE)), scope_for(headers={"sec-fetch-dest": dest})).body
    assert HELD in body
    assert b"consent-state" in body
    assert BANNER not in body


def test_a_page_speaks_the_language_that_its_response_names() -> None:
    page = PAGE.replace(b' lang="en"', b"")
    config = site(languages=["en", "fr"])
    for language, spoken in (("fr, en", b'lang="fr"'), ("", b'lang="en"')):
        headers = [HTML, *([("content-language", language)] if language else [])]
        assert spoken in call(wrap(responds(page, headers=headers), config)).body


@pytest.mark.parametrize("host", [None, "a b", "[", "\xff", "a." * 200 + "fr"])
def test_a_host_that_cannot_be_read_owns_nothing(host: str | None) -> None:
    scope = scope_for()
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"host"]
    if host is not None:
        scope["headers"].append((b"host", host.encode("latin-1")))
    assert HELD in call(wrap(responds(PAGE)), scope).body


def test_a_host_that_is_too_long_is_nobodys() -> None:
    app, seen = spied(responds(b""))
    middleware = wrap(app)
    call(middleware, scope_for(headers={"host": "a." * 200 + "fr"}))
    assert seen[0]["state"]["consent"]._request.origin == "https://www.example.fr"


def test_without_a_raw_path_the_path_is_quoted() -> None:
    scope = scope_for("/é?q=1")
    del scope["raw_path"]
    assert b'value="/%C3%A9?q=1"' in call(wrap(responds(PAGE)), scope).body


class GZipMiddleware:
    """Bears the name of one; what it does is not asked."""

    def __init__(self, app: object) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


def test_compression_inside_us_is_warned_of_h17(caplog: pytest.LogCaptureFixture) -> None:
    wrap(GZipMiddleware(responds()))
    assert "GZipMiddleware is inside" in caplog.text


def test_compression_that_is_not_built_yet_is_warned_of_h17(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from starlette.applications import Starlette

    site_app = Starlette()
    site_app.add_middleware(GZipMiddleware)
    wrap(site_app)
    assert "GZipMiddleware is inside" in caplog.text


def test_an_application_that_wraps_itself_is_looked_at_once_h17(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = GZipMiddleware(None)
    loop.app = loop
    wrap(loop)
    assert caplog.text.count("is inside") == 1


def test_no_warning_without_compression_h17(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    wrap(responds())
    assert "is inside" not in caplog.text


def test_behind_a_proxy_that_is_not_trusted_there_is_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = wrap(responds(PAGE))
    for _ in range(2):
        call(app, scope_for(scheme="http"))
    assert caplog.text.count("plain HTTP") == 1


def test_the_log_is_the_one_that_the_configuration_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    named: list[str] = []

    class Log(MemoryLog):
        of: Any = classmethod(SqlLog.of.__func__)  # type: ignore[attr-defined]

        def __init__(
            self,
            url: str,
            *,
            keys: Callable[[], Sequence[Signer]],
            witnesses: Sequence[object],
            deadline: float,
        ) -> None:
            super().__init__()
            assert (witnesses, deadline) == ((), DEADLINE)
            asked.append(url)
            named.extend(signer.key.name for signer in keys())

    monkeypatch.setattr("consent.asgi.middleware.SqlLog", Log)
    answer = call(ConsentMiddleware(responds(PAGE), config=site()))
    assert HELD in answer.body
    assert asked == [site().log.url]
    assert set(named) == {"www.example.fr/consent"}


def test_time_is_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)
