"""A site that talks to others in every way, behind the middleware and over TLS."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from consent import ConsentConfig, ConsentMiddleware
from consent.log import ProofLog
from consent.log.memory import MemoryLog
from tests import sites
from tests.browser.ways import IMPORTING, WAYS, WORKER, script

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


async def _way(request: Request) -> Response:
    way = list(WAYS)[request.path_params["number"]]
    return HTMLResponse(document(f"<script>{script(way, COUNTER, STRANGER)}</script>"))


async def _go(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], 302)


async def _pay(request: Request) -> Response:
    return RedirectResponse(BANK, 303)


async def _order(request: Request) -> Response:
    """A form, and the page that answers its POST."""
    form = "<form method=post><input name=note id=note><button id=send>Order</button></form>"
    return HTMLResponse(document(f"{TAGGED}{form}<p>{request.method}</p>"))


async def _life(request: Request) -> Response:
    return HTMLResponse(document(LIFE))


async def _strict(request: Request) -> Response:
    body = f"<script nonce={NONCE}>window.ran = 'with its nonce'</script>"
    body += "<script>window.ran = 'without'</script>"
    headers = {"content-security-policy": STRICT}
    return HTMLResponse(document(body, nonce=NONCE), headers=headers)


async def _file(request: Request) -> Response:
    headers = {"content-disposition": "attachment; filename=list.csv"}
    return PlainTextResponse("a,b", headers=headers)


async def _script(request: Request) -> Response:
    scripts = {"/worker.js": WORKER, "/importing.js": IMPORTING, "/echo.js": ECHO}
    return Response(scripts[request.url.path], media_type="text/javascript")


async def _events(request: Request) -> Response:
    return Response("data: hello\n\n", media_type="text/event-stream")


ECHO = "postMessage('hello')"
LIFE = f"""
<a id=link href={STRANGER}read>Read on</a>
<form method=post action=/pay><button id=pay>Pay</button></form>
<button id=popup onclick="window.open('{STRANGER}window')">Open</button>
<button id=inline onclick="this.textContent = 'clicked'" style="color: rgb(1, 2, 3)">Click</button>
<a id=file href=/file>List</a>
<iframe id=frame srcdoc="<script>document.title = 'lives'</script>"></iframe>
<img id=drawn src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
"""


def shop(log: ProofLog | None = None) -> ConsentMiddleware:
    """The site behind the middleware."""
    routes = [
        Route("/", _home),
        Route("/next", _home),
        Route("/way/{number:int}", _way),
        Route("/go", _go),
        Route("/pay", _pay, methods=["POST"]),
        Route("/order", _order, methods=["GET", "POST"]),
        Route("/life", _life),
        Route("/strict", _strict),
        Route("/file", _file),
        Route("/events", _events),
        *(Route(path, _script) for path in ("/worker.js", "/importing.js", "/echo.js")),
    ]
    return ConsentMiddleware(Starlette(routes=routes), config=config(), log=log or MemoryLog())
