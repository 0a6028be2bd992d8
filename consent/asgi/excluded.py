"""Paths that the site keeps for itself: nothing is read there, but caches are told the truth."""

from __future__ import annotations

from starlette.types import Message, Send

from consent.asgi.state import RequestConsent
from consent.headers.fields import Fields
from consent.headers.freshness import make_private, vary_by


class ExcludedGate:
    """The ``send`` of one response that passes untouched, unless the site asked for the choice."""

    _start: Message | None = None
    """Held until the site sends more: a stream's code runs only after its head was made."""

    def __init__(self, send: Send, consent: RequestConsent) -> None:
        self._send = send
        self._consent = consent

    async def send(self, message: Message) -> None:
        """Take the site's message; send it, and the head before it."""
        if message["type"] == "http.response.start":
            await self.release()
            self._start = message
        else:
            await self.release()
            await self._send(message)

    async def release(self) -> None:
        """Send the head, if it is held still."""
        start, self._start = self._start, None
        if start is not None:
            await self._send(self._told(start) if self._consent.consulted else start)

    def _told(self, start: Message) -> Message:
        fields = Fields(start.get("headers", ()))
        vary_by(fields, b"Cookie")
        make_private(fields)
        return {**start, "headers": fields.pairs}
