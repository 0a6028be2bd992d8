"""Early hints (103) over a real socket, by a server that sends them: on HTTP/2 alone."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from h2.connection import H2Connection
from h2.events import Event, InformationalResponseReceived, ResponseReceived, StreamEnded
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.asgi.exchange import NAVIGATION, NO, YES, wrap

HELD = b"<https://counter.example.net>; rel=preconnect"
OWN = b"</a.css>; rel=preload; as=style"


async def site(scope: Scope, receive: Receive, send: Send) -> None:
    """Hints at two things before it answers."""
    early: Message = {"type": "http.response.early_hint", "links": [HELD, OWN]}
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}
    for message in (early, start, {"type": "http.response.body", "body": b"x"}):
        await send(message)


async def asked(port: int, cookie: str) -> list[Event]:
    """One request, and all that came of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = H2Connection()
    client.initiate_connection()
    pseudo = {":method": "GET", ":scheme": "http", ":authority": "www.example.fr", ":path": "/"}
    headers = {**pseudo, **NAVIGATION, "cookie": cookie}
    client.send_headers(1, [*headers.items()], end_stream=True)
    came: list[Event] = []
    while not any(isinstance(event, StreamEnded) for event in came):
        writer.write(client.data_to_send())
        came += client.receive_data(await reader.read(65536))
    writer.close()
    await writer.wait_closed()
    return came


def behind_tls(app: ASGIApp) -> ASGIFramework:
    """As behind a proxy that ends TLS, and whose word the server takes."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "scheme": "https"}, receive, send)

    return served


async def talk(app: ASGIApp, *cookies: str) -> list[list[Event]]:
    """The site behind Hypercorn, and a visitor with each of these cookies."""
    config, stop = Config(), asyncio.Event()
    config.errorlog = None
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    # Hypercorn closes it.
    config.bind = [f"fd://{listener.detach()}"]
    server = asyncio.create_task(serve(behind_tls(app), config, shutdown_trigger=stop.wait))
    try:
        return [await asked(port, cookie) for cookie in cookies]
    finally:
        stop.set()
        await server


def hinted(events: list[Event]) -> list[bytes]:
    """What a 103 named, before the answer."""
    (answered,) = [n for n, event in enumerate(events) if isinstance(event, ResponseReceived)]
    return [
        value
        for event in events[:answered]
        if isinstance(event, InformationalResponseReceived)
        for name, value in event.headers
        if name == b"link"
    ]


def test_early_hints_to_held_hosts_never_reach_the_wire_h12() -> None:
    """On the bare site they do, and once granted."""
    (bare,) = asyncio.run(talk(site, ""))
    refused, granted = asyncio.run(talk(wrap(site), NO, YES))
    assert hinted(bare) == hinted(granted) == [HELD, OWN]
    assert hinted(refused) == [OWN]
