"""A site that talks to others, behind the middleware and over TLS."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from consent import ConsentConfig, ConsentMiddleware
from consent.log import ProofLog
from consent.log.memory import MemoryLog
from tests import sites
from tests.browser.ways import NAVIGATION, WAYS, WORKER, script

COUNTER = "https://counter.example.net/"
"""Of a service for analytics."""
PIXEL = "https://pixel.example.net/"
"""Of a service for marketing."""
STRANGER = "https://stranger.example.org/"
"""Nobody declared it."""
BANK = "https://bank.example.org/pay"

ADDRESS = "https://site.test"
NONCE = "r4nd0m"
STRICT = f"default-src 'self'; script-src 'nonce-{NONCE}' 'strict-dynamic'; base-uri 'none'"


def config() -> ConsentConfig:
    """Two purposes to answer, a service for each; the counter keeps a cookie."""
    items = [{"name": "counted", "lifetime": "P1Y"}]
    return sites.site(
        url=ADDRESS,
        services=(
            sites.service("counter", "analytics", items=items),
            sites.service("pixel", "marketing"),
        ),
    )


def document(body: str, *, nonce: str = "") -> str:
    """A page that says in its title that its last script has run."""
    last = f"<script nonce='{nonce}'>document.title = 'done'</script>"
    return f"<!doctype html><html lang=en><title>…</title><body><h1>Shop</h1>{body}{last}</body>"


TAGGED = f"<img src={COUNTER}tag><img src={PIXEL}tag>"


async def _home(request: Request) -> Response:
    return HTMLResponse(document(f"{TAGGED}<a id=next href=/next>Next</a>"))


async def _ways(request: Request) -> Response:
    """Each with a path of its own."""
    scripts = [
        script(way, f"{COUNTER}{number}", f"{STRANGER}{number}")
        for number, way in enumerate(WAYS.values())
    ]
    return HTMLResponse(document("".join(f"<script>{each}</script>" for each in scripts)))


async def _leaving(request: Request) -> Response:
    """To whom somebody declared first."""
    number = request.path_params["number"]
    way = list(NAVIGATION.values())[number]
    return HTMLResponse(
        document(f"<script>{script(way, f'{COUNTER}{number}', f'{STRANGER}{number}')}</script>")
    )


async def _go(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], 302)


async def _order(request: Request) -> Response:
    """A form, and the page that answers its POST."""
    form = "<form method=post><input name=note id=note><button id=send>Order</button></form>"
    return HTMLResponse(document(f"{TAGGED}{form}<p>{request.method}</p>"))


async def _strict(request: Request) -> Response:
    body = f"<script nonce={NONCE}>window.ran = 'with its nonce'</script>"
    body += "<script>window.ran = 'without'</script>"
    headers = {"content-security-policy": STRICT}
    return HTMLResponse(document(body, nonce=NONCE), headers=headers)


async def _worker(request: Request) -> Response:
    return Response(WORKER, media_type="text/javascript")


def shop(log: ProofLog | None = None) -> ConsentMiddleware:
    """The site behind the middleware."""
    routes = [
        Route("/", _home),
        Route("/next", _home),
        Route("/ways", _ways),
        Route("/leaving/{number:int}", _leaving),
        Route("/go", _go),
        Route("/order", _order, methods=["GET", "POST"]),
        Route("/strict", _strict),
        Route("/worker.js", _worker),
    ]
    return ConsentMiddleware(Starlette(routes=routes), config=config(), log=log or MemoryLog())
