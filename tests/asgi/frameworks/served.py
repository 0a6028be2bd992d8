"""The shop as real servers start it: ``uvicorn tests.asgi.frameworks.served:app``."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent import ChoiceEvent, ConsentMiddleware
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import CONFIG

FOLDER = Path(os.environ["SHOP_FOLDER"])
TITLE = b"Shop"
object.__setattr__(
    CONFIG, "log", CONFIG.log.model_copy(update={"url": f"sqlite:///{FOLDER}/consent.db"})
)


async def page(request: Request) -> Response:
    told = {
        "x-worker": str(os.getpid()),
        "x-allowed": str(request.state.consent.allows("analytics")),
    }
    return HTMLResponse(PAGE.replace(b"Shop", TITLE), headers=told)


def tell(event: ChoiceEvent) -> None:
    """A recipient: one line for each event, by a write that cannot be torn."""
    with (FOLDER / "told").open("a") as file:
        file.write(f"{event.id}\n")


def made() -> Starlette:
    """The shop, with the middleware inside."""
    shop = Starlette(routes=[Route("/", page)])
    shop.add_middleware(ConsentMiddleware, config=CONFIG, on_choice=tell)
    return shop


app = made()
