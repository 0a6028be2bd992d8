"""A site with services of every shape, behind the middleware, and without it."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from consent import ConsentConfig, ConsentMiddleware
from consent.log.memory import MemoryLog
from tests import sites
from tests.browser.guard_ways import document

ADDRESS = "https://site.test"
BARE = "https://bare.site.test"
STRICT = (
    "default-src 'self'; script-src 'nonce-r4nd0m' 'strict-dynamic'; base-uri 'none';"
    " require-trusted-types-for 'script'; trusted-types page"
)


def items(kind: str, *names: str) -> list[dict[str, Any]]:
    """What a service keeps."""
    return [{"name": name, "kind": kind, "lifetime": "P1M"} for name in names]


SERVICES = (
    *sites.SERVICES,
    sites.service("wide", "analytics", hosts=["*.wide.example.org"]),
    sites.service("exact", "marketing", hosts=["x.wide.example.org"]),
    sites.service("ads", "marketing", hosts=["both.example.org/ads/", "both.example.org/pixel"]),
    sites.service("maps", "preferences", hosts=["both.example.org", "port.example.org:8443"]),
    sites.service("inside", "marketing", hosts=["site.test/inside/", "cname.site.test"]),
    sites.service("placed", "necessary", exempt_reason="payment", paths=["/shop/*"]),
    sites.service("keeper", "analytics", items=items("cookie", "_k", "_k_*", "k[1]", "k.1")),
    sites.service("other", "marketing", items=items("cookie", "_k_shared")),
    sites.service("local", "analytics", items=items("local", "l", "l.*")),
    sites.service("session", "analytics", items=items("session", "s", "s.*")),
    sites.service(
        "own", "necessary", exempt_reason="basket", items=items("cookie", "basket", "basket_*")
    ),
)


def config(**blocking: Any) -> ConsentConfig:
    """Holds more or less than usual."""
    return ConsentConfig(
        site={"name": "Shop", "url": ADDRESS, "languages": ["en"]},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [sites.SECRET]},
        services=list(SERVICES),
        blocking=blocking,
    )


async def _page(request: Request) -> Response:
    return HTMLResponse("<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1>")


async def _ways(request: Request) -> Response:
    return HTMLResponse(document())


async def _strict(request: Request) -> Response:
    headers = {"content-security-policy": STRICT}
    body = "<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1>"
    return HTMLResponse(body, headers=headers)


SITE = Starlette(
    routes=[
        Route("/strict", _strict),
        Route("/ways", _ways),
        Route("/{path:path}", _page, methods=["GET", "POST"]),
    ]
)
BY_HOST: dict[str, ASGIApp] = {
    "bare": SITE,
    "site": ConsentMiddleware(SITE, config=config(), log=MemoryLog()),
    "names": ConsentMiddleware(SITE, config=config(undeclared_cookies="block"), log=MemoryLog()),
    "report": ConsentMiddleware(SITE, config=config(undeclared_hosts="report"), log=MemoryLog()),
    "loose": ConsentMiddleware(SITE, config=config(seal=False), log=MemoryLog()),
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Each kind of site under a name of its own."""
    host = dict(scope["headers"])[b"host"].decode().partition(".")[0]
    await BY_HOST[host](scope, receive, send)
