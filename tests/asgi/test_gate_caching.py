"""What caches are told of pages that depend on the choice, and what a 304 may do."""

from __future__ import annotations

import re

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.asgi.exchange import (
    HELD,
    HTML,
    NAVIGATION,
    NO,
    PAGE,
    PLAIN,
    YES,
    Answer,
    call,
    get,
    header_of,
    responds,
    scope_for,
    spied,
    wrap,
)
from tests.sites import service, site

NONCE = ("content-security-policy", "script-src 'nonce-abc'")
TAGGED = [HTML, ("etag", '"abc"')]


def page_with(*headers: tuple[str, str]) -> ASGIApp:
    return responds(PAGE, headers=[HTML, *headers])


@pytest.mark.parametrize(
    ("site_says", "visitors_get"),
    [
        (None, "private"),
        ("public, max-age=60", "max-age=60, private"),
        ("max-age=60, S-MaxAge=600", "max-age=60, private"),
        ("no-store", "no-store"),
        ("private, max-age=5", "private, max-age=5"),
        ('private="x, y", max-age=5', 'private="x, y", max-age=5, private'),
        ("no-cache", "no-cache, private"),
    ],
)
def test_no_shared_cache_keeps_a_page_k1(site_says: str | None, visitors_get: str) -> None:
    headers = [("cache-control", site_says)] if site_says else []
    answer = get(page_with(*headers))
    assert answer["cache-control"] == visitors_get
    assert "cookie" in answer.vary


@pytest.mark.parametrize("name", ["cdn-cache-control", "surrogate-control", "x-accel-expires"])
def test_orders_to_one_kind_of_shared_cache_go_as_well_k1(name: str) -> None:
    assert get(page_with((name, "max-age=60"))).all(name) == []


def test_vary_is_merged_and_nothing_stands_in_it_twice_k1() -> None:
    answer = get(page_with(("vary", "accept, COOKIE"), ("vary", "Accept-Encoding,")))
    assert answer["vary"] == "accept, COOKIE, Accept-Encoding, Sec-GPC, DNT, Sec-Fetch-Dest"


def test_a_star_in_vary_says_it_all_k1() -> None:
    assert get(page_with(("vary", "*")))["vary"] == "*"


def test_on_plain_http_pages_vary_by_what_tells_a_fragment_h13() -> None:
    answer = get(page_with(), sec_fetch_dest="")
    assert {"cookie", "sec-fetch-dest", "hx-request", "x-requested-with"} <= answer.vary


def test_where_nothing_is_asked_all_visitors_share_one_page_p17() -> None:
    config = site(services=(service("till", "necessary", exempt_reason="payment"),))
    answer = call(wrap(page_with(("cache-control", "public, max-age=60")), config))
    assert answer["cache-control"] == "public, max-age=60"
    assert "cookie" not in answer.vary


def test_an_answer_of_the_site_that_asked_for_the_choice_depends_on_it_k1() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["consent"].allows("analytics")
        await responds(b"{}", headers=[("content-type", "application/json")])(scope, receive, send)

    answer = get(app, sec_fetch_dest="empty", accept="*/*")
    assert (answer.vary, answer["cache-control"]) == ({"cookie", "sec-gpc", "dnt"}, "private")


def test_the_tag_is_weak_and_differs_by_choice_and_by_place_k3() -> None:
    app = responds(PAGE, headers=TAGGED)
    tags = {get(app)["etag"], get(app, cookie=YES)["etag"], get(app, cookie=NO)["etag"]}
    tags.add(get(app, sec_fetch_dest="iframe")["etag"])
    assert len(tags) == 4
    assert all(re.fullmatch(r'W/"abc-cs[0-9a-f]{12}"', str(tag)) for tag in tags)


def test_another_configuration_gives_another_tag_k3() -> None:
    app = responds(PAGE, headers=TAGGED)
    other = call(wrap(app, site(name="Another shop")))
    assert other["etag"] != get(app)["etag"]


def test_two_workers_give_the_same_tag_k3() -> None:
    app = responds(PAGE, headers=TAGGED)
    assert call(wrap(app))["etag"] == call(wrap(app))["etag"]


@pytest.mark.parametrize("tag", ["abc", '"a"b"', ""])
def test_what_is_no_tag_is_dropped_k3(tag: str) -> None:
    assert get(responds(PAGE, headers=[HTML, ("etag", tag)])).all("etag") == []


def test_beside_a_nonce_there_is_nothing_to_revalidate_with_k4() -> None:
    headers = [*TAGGED, NONCE, ("last-modified", "Sat, 31 Jan 2026 12:00:00 GMT")]
    answer = get(responds(PAGE, headers=headers))
    assert (answer["etag"], answer["last-modified"]) == (None, None)


async def revalidating(scope: Scope, receive: Receive, send: Send) -> None:
    """A site with one page, which answers 304 to its own tag."""
    known = 'W/"abc"' in (header_of(scope, "if-none-match") or "")
    headers = [HTML, ("etag", 'W/"abc"'), ("cache-control", "public")]
    chunk, status = (b"", 304) if known else (PAGE, 200)
    await responds(chunk, headers=headers, status=status)(scope, receive, send)


def again(first: Answer, cookie: str = "", **headers: str) -> Answer:
    return get(revalidating, cookie=cookie, if_none_match=str(first["etag"]), **headers)


def test_the_same_visitor_gets_a_304_with_the_tag_that_was_asked_for_k3() -> None:
    first = get(revalidating)
    answer = again(first)
    assert (answer.status, answer["etag"], answer.body) == (304, first["etag"], b"")
    assert answer["cache-control"] == "private"
    assert answer.vary == first.vary
    assert answer["content-security-policy"] is None


def test_a_change_of_choice_never_gives_a_304_k3() -> None:
    granted = again(get(revalidating), YES)
    assert (granted.status, PLAIN in granted.body) == (200, True)
    withdrawn = again(granted, NO)
    assert (withdrawn.status, HELD in withdrawn.body) == (200, True)


def test_a_tag_from_before_we_came_never_gives_a_304_k3() -> None:
    answer = get(revalidating, if_none_match='W/"abc"', if_modified_since="x")
    assert (answer.status, HELD in answer.body) == (200, True)


def test_pages_are_not_asked_for_by_date_k3() -> None:
    app, seen = spied(responds(PAGE))
    get(app, if_modified_since="Sat, 31 Jan 2026 12:00:00 GMT")
    assert header_of(seen[0], "if-modified-since") is None


def test_a_304_that_nobody_asked_for_does_not_get_our_tag_k3() -> None:
    stubborn = responds(b"", headers=[("etag", '"abc"')], status=304)
    answer = get(stubborn, if_none_match='W/"abc-cs0123456789ab"')
    assert answer["etag"] == '"abc"'


def test_a_fragment_is_revalidated_by_its_own_variant_k3() -> None:
    fetch = {"sec_fetch_dest": "empty", "accept": "*/*"}
    first = get(revalidating, **fetch)
    assert again(first, **fetch).status == 304
    assert again(first, YES, **fetch).status == 200


def test_other_files_are_revalidated_as_before_k3() -> None:
    picture = responds(b"", headers=[("etag", '"p"'), ("cache-control", "public")], status=304)
    app, seen = spied(picture)
    answer = get(app, sec_fetch_dest="image", accept="*/*", if_none_match='"p"')
    assert header_of(seen[0], "if-none-match") == '"p"'
    assert (answer["etag"], answer["cache-control"]) == ('"p"', "public")


@pytest.mark.parametrize("dest", ["worker", "sharedworker", "serviceworker"])
def test_a_worker_is_never_revalidated(dest: str) -> None:
    """A browser asks with the tag of the same script from a page, whose copy has no seal."""
    app, seen = spied(responds(b"", status=204))
    get(app, sec_fetch_dest=dest, accept="*/*", if_none_match='"p"', if_modified_since="x")
    assert header_of(seen[0], "if-none-match") is None
    assert header_of(seen[0], "if-modified-since") is None


def test_conditions_of_a_change_are_left_alone_k3() -> None:
    app, seen = spied(responds(b"", status=204))
    given = {**NAVIGATION, "if-none-match": "*"}
    call(wrap(app), scope_for(headers=given, method="PUT"))
    assert header_of(seen[0], "if-none-match") == "*"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "http"},
        {"forwarded": "host=evil.example"},
        {"x-original-url": "/evil"},
    ],
)
def test_what_no_cache_looks_at_never_changes_a_page_k6(headers: dict[str, str]) -> None:
    plain = get(responds(PAGE))
    other = get(responds(PAGE), **headers)
    assert (other.body, other.start["headers"]) == (plain.body, plain.start["headers"])


@pytest.mark.parametrize("query", ["consent=all", "analytics=true", "action=accept_all"])
def test_the_address_never_grants_anything_k6(query: str) -> None:
    assert HELD in get(responds(PAGE), f"/?{query}").body


def test_after_a_withdrawal_the_page_does_not_come_back_from_the_browsers_cache_k5() -> None:
    app = page_with(("cache-control", "max-age=600"), ("etag", '"abc"'))
    before = get(app, cookie=YES)
    assert "cookie" in before.vary
    assert HELD in get(app, cookie=NO, if_none_match=str(before["etag"])).body
