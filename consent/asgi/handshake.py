"""A websocket's handshake sets cookies like any response; what comes after it is no page."""

from __future__ import annotations

from datetime import datetime

from starlette.types import Message, Send

from consent.asgi.request import PageRequest
from consent.headers.fields import Fields
from consent.headers.set_cookie import SetCookieFilter

ANSWERS = frozenset({"websocket.accept", "websocket.http.response.start"})


class HandshakeGate:
    """The ``send`` of one websocket: Set-Cookie obeys the rules of every response (H15)."""

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
        values = fields.all(b"set-cookie")
        kept = SetCookieFilter(self._request.ruling, self._now).kept(values)
        if kept == values:
            return message
        fields.put(b"set-cookie", *kept)
        return {**message, "headers": fields.pairs}
