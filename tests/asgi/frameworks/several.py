"""The shop several times in one process, each with a log of its own: ``SHOP_LOGS`` has
``name=URL …``, and the shop is at ``/name``. The logs are given the time a busy machine needs."""

from __future__ import annotations

import os
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from consent import ConsentMiddleware
from consent.tree.signers import signers
from tests.asgi.exchange import PAGE
from tests.asgi.frameworks import CONFIG
from tests.log.examples import patient


async def page(_: Request) -> Response:
    return HTMLResponse(PAGE)


def shop(url: str) -> ConsentMiddleware:
    log = patient(url, keys=partial(signers, CONFIG))
    return ConsentMiddleware(HTMLResponse(PAGE), config=CONFIG, log=log)


logs = (told.split("=", 1) for told in os.environ["SHOP_LOGS"].split())
shops = [Mount(f"/{name}", shop(url)) for name, url in logs]
app = Starlette(routes=[Route("/", page), *shops])
