"""The shop on Quart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from quart import Quart, Response, jsonify, request, websocket
from starlette.types import ASGIApp

from consent import record_form
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import BOX, OWN, PIECES, TRACKING


def consent(scope: Any) -> Any:
    """Quart keeps the scope beside its own state."""
    return scope["state"]["consent"]


def app(folder: str) -> ASGIApp:
    made = Quart(__name__, static_folder=folder, static_url_path="/static")
    made.config["PROPAGATE_EXCEPTIONS"] = False

    @made.get("/")
    async def page() -> Response:
        return Response(PAGE, mimetype="text/html")

    @made.get("/stream")
    async def stream() -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for piece in PIECES:
                yield piece

        return Response(pieces(), mimetype="text/html")

    @made.get("/cookies")
    async def cookies() -> Response:
        answer = jsonify(sorted(request.cookies))
        answer.set_cookie(TRACKING, "1")
        answer.set_cookie(OWN, "1")
        return answer

    @made.get("/asked")
    async def asked() -> Response:
        return jsonify(consent(request.scope).allows("analytics"))

    @made.post("/form")
    async def form() -> Response:
        return jsonify((await record_form(request, checked=True, **BOX)).id)

    @made.get("/failing")
    async def failing() -> Response:
        raise ZeroDivisionError

    @made.websocket("/echo")
    async def echo() -> None:
        said = await websocket.receive()
        await websocket.send(f"{said!s} {consent(websocket.scope).allows('analytics')}")

    return cast(ASGIApp, made)
