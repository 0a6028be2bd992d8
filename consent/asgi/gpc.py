"""``/.well-known/gpc.json``: that the site honours Global Privacy Control, and since when."""

from __future__ import annotations

import json

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from consent.asgi import replies
from consent.config import ConsentConfig

PLACE = "/.well-known/gpc.json"


class GpcDocument:
    """An ASGI application for that one path (law.md GPC-03)."""

    def __init__(self, config: ConsentConfig) -> None:
        self._serves = config.signals.gpc
        updated = config.signals.gpc_last_update.isoformat()
        self._content = json.dumps({"gpc": True, "lastUpdate": updated})

    def owns(self, scope: Scope) -> bool:
        """Only at the root of the host: below, nobody looks for it (RFC 8615)."""
        return scope["path"] == PLACE and self._serves and not scope.get("root_path")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The same for everybody, so it may be kept for a day."""
        if scope["method"] not in ("GET", "HEAD"):
            await replies.wrong_method("GET, HEAD")(scope, receive, send)
            return
        headers = {"cache-control": "public, max-age=86400", "x-content-type-options": "nosniff"}
        headers["content-length"] = str(len(self._content))
        body = self._content if scope["method"] == "GET" else ""
        await Response(body, 200, headers, "application/json")(scope, receive, send)
