"""One request to an ASGI application and everything it sends back, without a server between."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent.asgi.middleware import ConsentMiddleware
from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.log.memory import MemoryLog
from consent.model import Choice
from tests.sites import site

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
HTML = ("content-type", "text/html; charset=utf-8")
TRACKER = b"https://counter.example.net/t.js"
PAGE = (
    b'<!doctype html><html lang="en"><head><title>Shop</title></head>'
    b'<body><script src="' + TRACKER + b'"></script><p>Bread</p></body></html>'
)
HELD = b'data-consent-src="' + TRACKER
PLAIN = b' src="' + TRACKER
BANNER = b"consent-title"
NAVIGATION = {"sec-fetch-dest": "document", "accept": "text/html"}
CONFIG = site()
COOKIE = ChoiceCookie(CONFIG)


def granted(**purposes: bool) -> str:
    """A Cookie header value with this choice."""
    return visitor_cookie(CONFIG, purposes)


def visitor_cookie(config: ConsentConfig, purposes: Mapping[str, bool]) -> str:
    """A Cookie header value with a choice made now, for this configuration."""
    cookie = ChoiceCookie(config)
    choice = Choice(UUID(int=7), 1, NOW, dict(purposes))
    return f"{cookie.name(secure=True)}={cookie.encode(choice, now=NOW)}"


YES = granted(analytics=True, marketing=True)
NO = granted(analytics=False, marketing=False)


@dataclass
class Answer:
    """What came out."""

    messages: list[Message] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def start(self) -> Message:
        (start,) = [m for m in self.messages if m["type"] == "http.response.start"]
        return start

    @property
    def status(self) -> int:
        return int(self.start["status"])

    @property
    def bodies(self) -> list[Message]:
        return [m for m in self.messages if m["type"] == "http.response.body"]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.bodies)

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        pairs = self.start.get("headers", ())
        return [bytes(v).decode("latin-1") for n, v in pairs if bytes(n).lower() == name.encode()]

    def __getitem__(self, name: str) -> str | None:
        """The one value of a header, None without one."""
        values = self.all(name)
        assert len(values) < 2, values
        return values[0] if values else None

    @property
    def vary(self) -> set[str]:
        return {name.strip().lower() for name in (self["vary"] or "").split(",")} - {""}


def wrap(app: ASGIApp, config: ConsentConfig = CONFIG, **more: Any) -> ConsentMiddleware:
    """The middleware around ``app``, at ``NOW``, with a log in memory."""
    return ConsentMiddleware(app, config=config, log=MemoryLog(), clock=lambda: NOW, **more)


def scope_for(path: str = "/", headers: Mapping[str, str] = NAVIGATION, **more: Any) -> Scope:
    """A request over HTTPS, as a server describes it."""
    given = {"host": "www.example.fr", **headers}
    raw, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        "server": ("www.example.fr", 443),
        **more,
    }


def call(app: ASGIApp, scope: Scope | None = None) -> Answer:
    """Everything that the application sends; an exception of its is kept beside it."""
    answer = Answer()

    async def run() -> None:
        async def send(message: Message) -> None:
            answer.messages.append(message)

        try:
            await app(scope_for() if scope is None else scope, _never, send)
        except Exception as error:
            answer.error = error

    asyncio.run(run())
    return answer


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def get(app: ASGIApp, path: str = "/", *, cookie: str = "", **headers: str) -> Answer:
    """A navigation through the middleware; ``sec_fetch_dest="image"`` makes it something else."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    cookies = {"cookie": cookie} if cookie else {}
    merged = {n: v for n, v in {**NAVIGATION, **given, **cookies}.items() if v}
    answer = call(SHARED, scope_for(path, merged, site=app))
    assert answer.error is None, answer.error
    return answer


async def _any_site(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["site"](scope, receive, send)


# Made once, since that reads the templates; nothing of one response is kept in it.
SHARED = wrap(_any_site)


Pairs = Sequence[tuple[str, str]]


def responds(
    *chunks: bytes, headers: Pairs = (HTML,), status: int = 200, trailers: Pairs | None = None
) -> ASGIApp:
    """A site that answers everything with these pieces."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        start: Message = {"type": "http.response.start", "status": status, "headers": raw}
        await send({**start, "trailers": True} if trailers is not None else start)
        for chunk in chunks[:-1]:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": chunks[-1] if chunks else b""})
        if trailers is not None:
            tail = [(name.encode(), value.encode()) for name, value in trailers]
            await send({"type": "http.response.trailers", "headers": tail})

    return app


def sends(*messages: Message) -> ASGIApp:
    """A site that answers everything with these messages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def spied(app: ASGIApp) -> tuple[ASGIApp, list[Scope]]:
    """The site, and the scopes that reached it."""
    seen: list[Scope] = []

    async def spy(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await app(scope, receive, send)

    return spy, seen


def header_of(scope: Scope, name: str) -> str | None:
    """What the site is shown of a request header."""
    values = [
        value.decode("latin-1") for known, value in scope["headers"] if known == name.encode()
    ]
    assert len(values) < 2
    return values[0] if values else None


def pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """``data`` cut at these places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in zip(places, places[1:], strict=False)]


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
