"""The shop on Starlette."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from consent import record_form
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import BOX, OWN, PIECES, TRACKING


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def stream(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in PIECES:
            yield piece

    return StreamingResponse(pieces(), media_type="text/html")


async def cookies(request: Request) -> Response:
    answer = JSONResponse(sorted(request.cookies))
    answer.set_cookie(TRACKING, "1")
    answer.set_cookie(OWN, "1")
    return answer


async def asked(request: Request) -> Response:
    return JSONResponse(request.state.consent.allows("analytics"))


async def form(request: Request) -> Response:
    record = await record_form(request, checked=True, **BOX)
    return JSONResponse(record.id)


async def failing(request: Request) -> Response:
    raise ZeroDivisionError


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    allowed = websocket.state.consent.allows("analytics")
    await websocket.send_text(f"{await websocket.receive_text()} {allowed}")
    await websocket.close()


def routes(folder: str) -> list[BaseRoute]:
    return [
        Route("/", page),
        Route("/stream", stream),
        Route("/cookies", cookies),
        Route("/asked", asked),
        Route("/form", form, methods=["POST"]),
        Route("/failing", failing),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory=folder)),
    ]


def app(folder: str) -> ASGIApp:
    return Starlette(routes=routes(folder))
