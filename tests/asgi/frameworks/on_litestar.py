"""The shop on Litestar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from litestar import Litestar, MediaType, Request, Response, WebSocket, get, post, websocket
from litestar.response import Stream
from litestar.static_files import create_static_files_router
from starlette.types import ASGIApp

from consent import record_form
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import BOX, OWN, PIECES, TRACKING


@get("/", media_type=MediaType.HTML)
async def page() -> bytes:
    return PAGE


@get("/stream", media_type=MediaType.HTML)
async def stream() -> Stream:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in PIECES:
            yield piece

    return Stream(pieces(), media_type=MediaType.HTML)


@get("/cookies")
async def cookies(request: Request[Any, Any, Any]) -> Response[list[str]]:
    answer = Response(sorted(request.cookies))
    answer.set_cookie(TRACKING, "1")
    answer.set_cookie(OWN, "1")
    return answer


@get("/asked")
async def asked(request: Request[Any, Any, Any]) -> bool:
    return bool(request.state.consent.allows("analytics"))


@post("/form")
async def form(request: Request[Any, Any, Any]) -> str:
    return (await record_form(request, checked=True, **BOX)).id


@get("/failing")
async def failing() -> None:
    raise ZeroDivisionError


@websocket("/echo")
async def echo(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    said = await socket.receive_text()
    await socket.send_text(f"{said} {socket.state.consent.allows('analytics')}")
    await socket.close()


def app(folder: str) -> ASGIApp:
    files = create_static_files_router("/static", [folder], html_mode=True)
    handlers: list[Any] = [page, stream, cookies, asked, form, failing, echo, files]
    # Its own logging would be that of the whole process.
    return cast(ASGIApp, Litestar(handlers, openapi_config=None, logging_config=None))
