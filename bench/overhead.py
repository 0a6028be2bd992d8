"""What the middleware costs: the same application bare and wrapped, measured in one run.

    python -m bench.overhead

No server and no client take part: the application is called as a server would call it, so that the
difference is the middleware's alone. Bare and wrapped calls take turns in small blocks, and the
median block counts, so a noisy machine disturbs both alike. Trust the differences and ratios of one
run; absolute times of two machines do not compare.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

from consent.asgi.middleware import ConsentMiddleware
from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.log.memory import MemoryLog
from consent.model import Choice

BLOCKS = 60
CALLS = 100
Scope = MutableMapping[str, Any]

CONFIG = ConsentConfig(
    site={"name": "Bench", "url": "https://www.example.fr", "languages": ["fr", "en"]},
    controller={"name": "Exemple SAS", "address": "75002 Paris", "email": "a@example.fr"},
    cookie={"secrets": ["a secret of the benchmark, long enough to sign with"]},
    services=[{"use": name} for name in ("google-analytics", "hotjar", "youtube", "stripe")],
)
PARAGRAPH = b"<p>Some text of a shop, with <a href='/produit/1'>a link</a> and <b>weight</b>.</p>\n"
PAGE = (
    b"<!doctype html><html lang=fr><head><title>Shop</title>"
    b"<script async src=https://www.googletagmanager.com/gtag/js?id=G-1></script></head><body>"
    + PARAGRAPH * 200
    + b"</body></html>"
)
REQUEST_HEADERS = [
    (b"host", b"www.example.fr"),
    (b"connection", b"keep-alive"),
    (b"sec-ch-ua", b'"Chromium";v="156"'),
    (b"sec-ch-ua-mobile", b"?0"),
    (b"sec-ch-ua-platform", b'"Linux"'),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0"),
    (b"accept", b"*/*"),
    (b"sec-fetch-site", b"same-origin"),
    (b"sec-fetch-mode", b"cors"),
    (b"referer", b"https://www.example.fr/"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"accept-language", b"fr-FR,fr;q=0.9,en;q=0.8"),
]


@dataclass(frozen=True)
class Case:
    """One kind of request and its answer."""

    name: str
    dest: bytes
    content_type: bytes
    body: bytes


CASES = (
    Case("JSON, 1 kB", b"empty", b"application/json", b"{}" * 512),
    Case("picture, 20 kB", b"image", b"image/png", b"\0" * 20_000),
    Case("script, 20 kB", b"script", b"text/javascript", b";" * 20_000),
    Case(f"HTML, {len(PAGE) // 1000} kB", b"document", b"text/html; charset=utf-8", PAGE),
)


def site(case: Case) -> Callable[..., Any]:
    """The bare application."""
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", case.content_type),
            (b"content-length", b"%d" % len(case.body)),
            (b"cache-control", b"max-age=60"),
        ],
    }

    async def app(scope: Scope, receive: object, send: Callable[..., Any]) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": case.body})

    return app


def scope_of(case: Case, cookie: bytes) -> Scope:
    """A request as a server describes it."""
    fetched = [(b"sec-fetch-dest", case.dest)]
    cookies = [(b"cookie", b"session=4f9c2d; " + cookie)] if cookie else []
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": "/catalogue",
        "raw_path": b"/catalogue",
        "query_string": b"",
        "root_path": "",
        "headers": REQUEST_HEADERS + fetched + cookies,
        "state": {},
        "extensions": {},
    }


def cookies(count: int) -> list[bytes]:
    """As many visitors, each with a choice of their own."""
    writer = ChoiceCookie(CONFIG)
    now = datetime.now(UTC)
    answers = {purpose.id: True for purpose in CONFIG.purposes if not purpose.exempt}
    values = (writer.encode(Choice(uuid4(), 1, now, answers), now=now) for _ in range(count))
    return [f"{writer.name(secure=True)}={value}".encode() for value in values]


async def receive() -> dict[str, Any]:
    """Never asked."""
    return {"type": "http.disconnect"}


async def send(message: dict[str, Any]) -> None:
    """Where a server would write."""


async def block(app: Callable[..., Any], scopes: list[Scope]) -> float:
    """Microseconds per call."""
    start = perf_counter()
    for scope in scopes:
        await app(scope, receive, send)
    return (perf_counter() - start) / len(scopes) * 1e6


async def measured(case: Case, visitors: list[bytes]) -> tuple[float, float]:
    """Microseconds of the bare and of the wrapped application."""
    bare = site(case)
    wrapped = ConsentMiddleware(bare, config=CONFIG, log=MemoryLog())
    taken: dict[int, list[float]] = {0: [], 1: []}
    seen = 0
    for _ in range(BLOCKS):
        who = [visitors[(seen + i) % len(visitors)] for i in range(CALLS)]
        seen += CALLS
        for which, app in enumerate((bare, wrapped)):
            taken[which].append(await block(app, [scope_of(case, cookie) for cookie in who]))
    return median(taken[0]), median(taken[1])


async def main() -> None:
    """Print a table in Markdown."""
    kinds = {"none": [b""], "warm": cookies(1), "cold": cookies(BLOCKS * CALLS)}
    print("| response | cookie | bare µs | wrapped µs | added µs | ratio |")
    print("|---|---|--:|--:|--:|--:|")
    gc.disable()
    for case in CASES:
        for kind, visitors in kinds.items():
            bare, wrapped = await measured(case, visitors)
            added, ratio = wrapped - bare, wrapped / bare
            row = f"{bare:.1f} | {wrapped:.1f} | {added:.1f} | {ratio:.1f}"
            print(f"| {case.name} | {kind} | {row} |")
        gc.collect()


if __name__ == "__main__":
    asyncio.run(main())
