"""Websockets: the choice is there, and the handshake obeys the rules for cookies (H15, H16)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from consent.asgi.state import RequestConsent
from consent.config import ConsentConfig
from tests.asgi.exchange import YES, header_of, scope_for, visitor_cookie, wrap
from tests.headers.rulings import blocking
from tests.sites import service, site

ITEMS = [{"name": "_ga", "kind": "cookie", "lifetime": "P13M"}]
CONFIG = site(services=(service("counter", "analytics", items=ITEMS),))
ACCEPT = "websocket.accept"
DENIAL = "websocket.http.response.start"


def talk(
    *messages: Message, config: ConsentConfig = CONFIG, cookie: str = "", path: str = "/"
) -> tuple[Scope, list[Message]]:
    """The scope that the site is shown, and what the server is sent."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = {"cookie": cookie} if cookie else {}
    scope = scope_for(path, headers, type="websocket", scheme="wss")
    asyncio.run(wrap(app, config)(scope, None, send))  # type: ignore[arg-type]
    return scope, sent


def cookies(message: Message) -> list[bytes]:
    return [value for name, value in message["headers"] if name.lower() == b"set-cookie"]


def test_a_websocket_sees_the_choice_h10() -> None:
    consent: Any = talk(config=site(), cookie=YES)[0]["state"]["consent"]
    assert isinstance(consent, RequestConsent)
    assert consent.allows("analytics")


@pytest.mark.parametrize("kind", [ACCEPT, DENIAL])
def test_a_handshake_sets_no_cookie_of_a_held_service_h15(kind: str) -> None:
    headers = [(b"Set-Cookie", b"_ga=1"), (b"x", b"y"), (b"set-cookie", b"s=1; Max-Age=99999999")]
    told = {"type": kind, "headers": headers}
    (message,) = talk(told)[1]
    (kept,) = cookies(message)
    assert kept.startswith(b"s=1; Max-Age=99999999; Max-Age=")
    assert (b"x", b"y") in message["headers"]
    granted = visitor_cookie(CONFIG, {"analytics": True})
    assert len(cookies(talk(told, cookie=granted)[1][0])) == 2


@pytest.mark.parametrize("headers", [{}, {"headers": None}, {"headers": [(b"Set-Cookie", b"s=1")]}])
def test_everything_else_of_a_websocket_passes_as_it_is_h10(headers: dict[str, Any]) -> None:
    messages = [{"type": ACCEPT, **headers}, {"type": "websocket.send", "text": "<p>"}]
    assert talk(*messages)[1] == messages


def test_a_websocket_is_not_shown_cookies_of_held_services_h16() -> None:
    assert header_of(talk(cookie="_ga=1; s=2")[0], "cookie") == "s=2"
    granted = f"_ga=1; {visitor_cookie(CONFIG, {'analytics': True})}"
    assert header_of(talk(cookie=granted)[0], "cookie") == granted


def test_a_websocket_on_an_excluded_path_obeys_in_cookies_too_h15_h16() -> None:
    told = {"type": ACCEPT, "headers": [(b"set-cookie", b"_ga=1")]}
    config = blocking(service("counter", "analytics", items=ITEMS), exclude_paths=["/ws"])
    scope, sent = talk(told, config=config, cookie="_ga=1; s=2", path="/ws")
    assert header_of(scope, "cookie") == "s=2"
    assert all(value.startswith(b"_ga=; Max-Age=0") for value in cookies(sent[0]))


def test_a_handshake_takes_away_what_was_withdrawn_fr19() -> None:
    told = {"type": ACCEPT}
    assert b"_ga=; Max-Age=0; Path=/" in cookies(talk(told, cookie="_ga=1")[1][0])
    assert talk(told, cookie="s=1")[1] == [told]
