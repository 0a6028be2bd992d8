"""A site that does ordinary things, behind the middleware."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser.outside import BANK, STRANGER, config, document

LOGIN = "https://login.example.org/authorize?back=https%3A%2F%2Fsite.test%2Fwelcome"
"""At a third party that nobody declared."""
# What is no font is asked for all the same.
FONT = b"wOF2"

PAGE = f"""
<script type=importmap>{{"imports": {{"own": "/own.js"}}}}</script>
<style>@import "/own.css"; @font-face {{ font-family: own; src: url(/own.woff2) }}</style>
<p id=styled style="font-family: own">Text</p>
<a id=plain href={STRANGER}plain>1</a>
<a id=blank href={STRANGER}blank target=_blank>2</a>
<a id=noopener href={STRANGER}noopener target=_blank rel="noopener noreferrer nofollow">3</a>
<a id=opener href={STRANGER}opener target=_blank rel=opener>4</a>
<a id=mail href=mailto:shop@example.fr onclick="window.mailed = 1">5</a>
<a id=call href=tel:+33123456789 onclick="window.called = 1">6</a>
<a id=scheme href=web+shop:1 onclick="window.custom = 1">7</a>
<a id=attached href=/file>8</a>
<a id=saved download=own.txt href="data:text/plain,own">9</a>
<a id=login href=/login>10</a>
<button id=inline onclick="this.textContent = 'clicked'">11</button>
<button id=popup
 onclick="window.popup = window.open('{STRANGER}window', 'w', 'width=300')">12</button>
<form method=post action=/pay><button id=pay>13</button></form>
<form method=post action={BANK}><input name=amount value=12><button id=bank>14</button></form>
<form method=post action=/upload enctype=multipart/form-data>
  <input type=file name=file id=file><button id=upload>15</button></form>
<iframe id=inner src=/inner></iframe>
<iframe id=text srcdoc="<script>document.title = 'lives'</script>"></iframe>
<img id=drawn src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
<img id=assets src=https://assets.site.test/picture.gif>
<dialog id=dialog>Dialog</dialog><div popover id=pop>Popover</div>
<button id=swap onclick="swap()">16</button>
<div id=part></div><div id=drag draggable=true>drag</div><div id=drop>drop</div>
<script>
  addEventListener("message", (event) => (window.told = [event.origin, event.data]));
  drag.ondragstart = (event) => event.dataTransfer.setData("text/plain", "dragged");
  drop.ondragover = (event) => event.preventDefault();
  drop.ondrop = (event) => {{
    event.preventDefault();
    window.dropped = event.dataTransfer.getData("text/plain");
  }};
  const swap = async () => {{
    const answer = await fetch("/part");
    document.getElementById("part").innerHTML = await answer.text();
  }};
</script>
<script type=module>import {{ own }} from "own"; window.imported = own;</script>
"""
FILES = {
    "own.js": ("text/javascript", b"export const own = 'imported'"),
    "own.css": ("text/css", b"#styled { color: rgb(1, 2, 3) }"),
    "own.woff2": ("font/woff2", FONT),
    "worker.js": ("text/javascript", b"postMessage('hello')"),
    "module.js": ("text/javascript", b"import {own} from '/own.js'; postMessage(own)"),
    "shared.js": ("text/javascript", b"onconnect = (e) => e.ports[0].postMessage('hello')"),
    "service.js": (
        "text/javascript",
        b"oninstall = () => skipWaiting(); onactivate = (e) => e.waitUntil(clients.claim());"
        b"onfetch = (e) => e.request.url.endsWith('/offline')"
        b" && e.respondWith(new Response('kept'))",
    ),
    "painted.js": ("text/javascript", b"registerPaint('own', class { paint() {} })"),
    "picture.gif": ("image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
    "events": ("text/event-stream", b"data: hello\n\n"),
}


async def _home(request: Request) -> Response:
    return HTMLResponse(document(PAGE))


async def _plain(request: Request) -> Response:
    return HTMLResponse(document(f"<p id=here>{request.url.path}</p>"))


async def _file(request: Request) -> Response:
    kind, body = FILES.get(request.path_params["name"], ("image/gif", b""))
    return Response(body, media_type=kind)


async def _attached(request: Request) -> Response:
    headers = {"content-disposition": "attachment; filename=list.csv"}
    return Response(b"a,b", media_type="text/csv", headers=headers)


async def _login(request: Request) -> Response:
    return RedirectResponse(LOGIN, 302)


async def _pay(request: Request) -> Response:
    return RedirectResponse(BANK, 303)


async def _upload(request: Request) -> Response:
    return HTMLResponse(document(f"<p id=here>{len(await request.body()) > 100}</p>"))


async def _part(request: Request) -> Response:
    return HTMLResponse("<b id=swapped onclick=\"this.textContent = 'live'\">new</b>")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


def site() -> ConsentMiddleware:
    """The site behind the middleware."""
    routes = [
        Route("/", _home),
        *(Route(path, _plain) for path in ("/inner", "/welcome", "/spa/{rest:path}")),
        Route("/file", _attached),
        Route("/login", _login),
        Route("/pay", _pay, methods=["POST"]),
        Route("/upload", _upload, methods=["POST"]),
        Route("/part", _part),
        WebSocketRoute("/socket", _socket),
        Route("/{name}", _file),
    ]
    return ConsentMiddleware(Starlette(routes=routes), config=config(), log=MemoryLog())
