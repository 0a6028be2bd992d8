"""A websocket's handshake sets cookies like any response; what comes after it is no page."""

from __future__ import annotations

from datetime import datetime

from starlette.types import Message, Send

from consent.asgi.cookies import keep_rules
from consent.asgi.request import PageRequest
from consent.headers.fields import Fields

ANSWERS = frozenset({"websocket.accept", "websocket.http.response.start"})


class HandshakeGate:
    """The ``send`` of one websocket: its cookies obey the rules of every response (H15, H16)."""

    def __init__(self, send: Send, request: PageRequest, now: datetime) -> None:
        self._send = send
        self._request = request
        self._now = now

    async def send(self, message: Message) -> None:
        """Take the site's message; send it, without cookies of held services."""
        if message["type"] in ANSWERS:
            message = self._filtered(message)
        await self._send(message)

    def _filtered(self, message: Message) -> Message:
        fields = Fields(message.get("headers") or ())
        before = fields.pairs.copy()
        keep_rules(fields, self._request, self._now)
        return message if fields.pairs == before else {**message, "headers": fields.pairs}
