"""The gauntlet's site with another manager on every page; its own tags stay as they are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bench.managers.manager import MODULES, SETUP, Manager
from tests.browser.gauntlet.site import Arrived, Ports, site
from tests.browser.gauntlet.way import WAYS

HOSTS = ["tracker.test", *(way.calls.split("/")[0] for way in WAYS if way.calls)]
"""Of the services that the site declares, for managers that can be told."""

Shown = set[str]
"""Addresses of pages on which the banner was seen."""


def managed(manager: Manager, ports: Ports, arrived: Arrived, shown: Shown) -> Starlette:
    """The site as its makers wrote it, and the manager first in every head."""
    watch = f'<script src=/setup/shown.js data-selector="{manager.banner}" async></script>'
    tags = (manager.tags + watch).encode()

    async def put(request: Request, call_next: RequestResponseEndpoint) -> Response:
        answer = await call_next(request)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return answer
        parts = cast("AsyncIterator[bytes]", vars(answer)["body_iterator"])
        text = b"".join([part async for part in parts])
        start = b"<head>" if b"<head>" in text else b"<!doctype html>"
        changed = text.replace(start, start + tags, 1)
        whole = Response(changed, answer.status_code)
        kept = [pair for pair in answer.raw_headers if pair[0] != b"content-length"]
        whole.raw_headers = [*kept, (b"content-length", b"%d" % len(changed))]
        return whole

    async def seen(request: Request) -> Response:
        shown.add(request.path_params["path"])
        return Response(b"", media_type="image/gif")

    async def trackers(_request: Request) -> Response:
        return Response(f"var TRACKERS = {json.dumps(HOSTS)}", media_type="text/javascript")

    return Starlette(
        routes=[
            Mount("/modules", StaticFiles(directory=MODULES)),
            Mount("/setup", StaticFiles(directory=SETUP)),
            Route("/trackers.js", trackers),
            Route("/shown{path:path}", seen),
            Mount("", site(ports, arrived)),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=put)],
    )
