"""Each response is watched by one of us: no call of the site passes because of another (H18)."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent.asgi.state import RequestConsent
from tests.asgi.exchange import (
    HELD,
    NO,
    PAGE,
    PLAIN,
    YES,
    call,
    responds,
    scope_for,
    wrap,
)
from tests.headers.rulings import blocking


async def unsent(message: Message) -> None:
    """A ``send`` that keeps nothing."""


def test_two_of_us_are_as_good_as_one_h18() -> None:
    twice = call(wrap(wrap(responds(PAGE))))
    once = call(wrap(responds(PAGE)))
    assert (twice.body, twice.start["headers"]) == (once.body, once.start["headers"])


def test_the_inner_of_two_acts_in_a_copy_of_the_scope_as_little_h18() -> None:
    inner = wrap(responds(PAGE))

    async def mount(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "root_path": "/m"}, receive, send)

    assert call(wrap(mount)).body == call(wrap(responds(PAGE))).body


def test_a_second_call_on_the_same_scope_is_watched_as_well_h18() -> None:
    app = wrap(responds(PAGE))

    async def retry(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, unsent)
        await app(scope, receive, send)

    assert HELD in call(retry).body


def test_a_call_with_a_scope_copied_in_the_first_is_watched_as_well_h18() -> None:
    copies: list[Scope] = []

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        copies.append(dict(scope))
        await responds(PAGE)(scope, receive, send)

    app = wrap(site)

    async def fallback(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, unsent)
        await app(copies[0], receive, send)

    assert HELD in call(fallback).body


def test_a_call_after_one_that_failed_is_watched_h18() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    scope = scope_for()
    assert isinstance(call(wrap(failing), scope).error, ZeroDivisionError)
    assert HELD in call(wrap(responds(PAGE)), scope).body


def test_what_is_in_the_state_proves_nothing_h18() -> None:
    first = scope_for()
    call(wrap(responds(PAGE)), first)
    assert HELD in call(wrap(responds(PAGE)), scope_for(state=dict(first["state"]))).body
    assert HELD in call(wrap(responds(PAGE)), scope_for(state={"consent": "mine"})).body


def test_a_path_that_the_outer_excludes_is_watched_by_the_inner_h18() -> None:
    outer = wrap(wrap(responds(PAGE)), blocking(exclude_paths=["/shop/*"]))
    assert HELD in call(outer, scope_for("/shop/a")).body


def test_where_requests_share_a_state_each_has_its_own_choice_h18() -> None:
    shared: dict[str, Any] = {"db": 1}
    seen: dict[str, RequestConsent] = {}
    arrived = asyncio.Event()

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/first":
            await arrived.wait()
        arrived.set()
        seen[path] = scope["state"]["consent"]
        assert scope["state"]["db"] == 1

    async def visit(app: ASGIApp, path: str, cookie: str) -> None:
        scope = scope_for(path, {"cookie": cookie}, state=shared)
        await app(scope, None, unsent)  # type: ignore[arg-type]

    async def both(app: ASGIApp) -> None:
        await asyncio.gather(visit(app, "/first", NO), visit(app, "/second", YES))

    asyncio.run(both(wrap(site)))
    assert not seen["/first"].allows("analytics")
    assert seen["/second"].allows("analytics")


def test_a_state_that_outer_middleware_holds_stays_the_same_one() -> None:
    state: dict[str, Any] = {}
    scope = scope_for(state=state)
    for _ in range(2):
        assert PLAIN not in call(wrap(responds(PAGE)), scope).body
        assert scope["state"] is state
