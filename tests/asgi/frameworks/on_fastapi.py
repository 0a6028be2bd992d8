"""The shop on FastAPI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response, WebSocket
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from consent import RequestConsent, consent_of, record_form
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import BOX, OWN, PIECES, TRACKING


def app(folder: str) -> ASGIApp:
    made = FastAPI()
    made.mount("/static", StaticFiles(directory=folder))

    @made.get("/", response_class=HTMLResponse)
    def page() -> bytes:
        return PAGE

    @made.get("/stream")
    def stream() -> StreamingResponse:
        def pieces() -> Iterator[bytes]:
            yield from PIECES

        return StreamingResponse(pieces(), media_type="text/html")

    @made.get("/cookies")
    def cookies(request: Request, response: Response) -> list[str]:
        response.set_cookie(TRACKING, "1")
        response.set_cookie(OWN, "1")
        return sorted(request.cookies)

    @made.get("/asked")
    def asked(consent: Annotated[RequestConsent, Depends(consent_of)]) -> bool:
        return consent.allows("analytics")

    @made.post("/form")
    async def form(request: Request) -> str:
        return (await record_form(request, checked=True, **BOX)).id

    @made.get("/failing")
    def failing() -> None:
        raise ZeroDivisionError

    @made.websocket("/echo")
    async def echo(
        websocket: WebSocket, consent: Annotated[RequestConsent, Depends(consent_of)]
    ) -> None:
        await websocket.accept()
        said = await websocket.receive_text()
        await websocket.send_text(f"{said} {consent.allows('analytics')}")
        await websocket.close()

    return made
