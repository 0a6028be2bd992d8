"""With everything declared and granted, a saved page is what it was, but for what we insert."""

from __future__ import annotations

import asyncio
import gzip
import re
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent import ConsentConfig
from consent.asgi.middleware import ConsentMiddleware
from consent.cookie import ChoiceCookie
from consent.html.insert import CLOSE, OPEN
from consent.log.memory import MemoryLog
from consent.model import Choice
from tests import saved
from tests.sites import service, site

pytestmark = [saved.needed, pytest.mark.shared]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "www.example.fr"
NAMED = re.compile(rb"(?:/|\\)(?:/|\\)([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\.?(?=[^a-z0-9.-]|$)", re.I)
OURS = re.compile(re.escape(OPEN) + rb".*?" + re.escape(CLOSE), re.S)


def declared(page: bytes) -> ConsentConfig:
    """Every host that the page names anywhere, in one service that asks for consent."""
    names = {name.decode().lower() for name in NAMED.findall(page)} - {HOST}
    # A service has to have a host, also on a page that names none.
    hosts = _valid(names | {"nobody.example.net"})
    return site(services=(service("everybody", "analytics", hosts=hosts),))


def _valid(names: set[str]) -> list[str]:
    pattern = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
    return sorted(name for name in names if pattern.fullmatch(name) and name[-1].isalpha())


def shown(number: int, *, coding: str, granted: bool) -> bytes:
    """The page as a visitor gets it who has answered for everything, less what we insert."""
    config = declared(saved.content(number))
    choice = Choice(UUID(int=number + 1), 1, NOW, {"analytics": granted})
    cookies = ChoiceCookie(config)
    cookie = f"{cookies.name(True)}={cookies.encode(choice, now=NOW)}"
    inner = compressed(saved.site, number) if coding == "gzip" else saved.site
    app = ConsentMiddleware(inner, config=config, log=MemoryLog(), clock=lambda: NOW)
    _start, *rest = got(app, f"/{number}", coding=coding, cookie=cookie)
    body = b"".join(message["body"] for message in rest)
    page = gzip.decompress(body) if coding == "gzip" else body
    assert len(OURS.findall(page)) == 2
    return OURS.sub(b"", page)


def got(app: ASGIApp, path: str, *, coding: str, cookie: str) -> list[Message]:
    """What the application sends to a visitor with this cookie."""
    sent: list[Message] = []
    headers = {
        b"host": HOST.encode(),
        b"cookie": cookie.encode(),
        b"accept-encoding": coding.encode(),
        b"sec-fetch-dest": b"document",
    }
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "query_string": b"",
        "headers": list(headers.items()),
    }

    async def receive() -> Message:
        raise AssertionError("nothing here reads a body")

    async def send(message: Message) -> None:
        sent.append(message)

    async def answer() -> None:
        await app(scope, receive, send)

    asyncio.run(answer())
    return sent


def compressed(app: ASGIApp, seed: int) -> ASGIApp:
    """The same answers in gzip, cut anew."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await app(scope, receive, keep)
        start, *rest = kept
        headers = [*start["headers"], (b"content-encoding", b"gzip")]
        await send({**start, "headers": headers})
        body = gzip.compress(b"".join(message["body"] for message in rest))
        for piece in saved.pieces(body, seed):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return answer


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("number", range(len(saved.PAGES)), ids=[p.stem for p in saved.PAGES])
def test_without_our_insertions_a_granted_page_has_its_original_bytes(
    number: int, coding: str
) -> None:
    """Issue: SHA-256 equal; cut at random places, before and after compression."""
    page = shown(number, coding=coding, granted=True)
    assert sha256(page).digest() == sha256(saved.content(number)).digest()


def test_the_same_pages_are_changed_where_it_was_refused() -> None:
    """Else it would be no wonder that nothing was."""
    numbers = range(len(saved.PAGES))
    same = [n for n in numbers if shown(n, coding="gzip", granted=False) == saved.content(n)]
    assert len(same) < 20
