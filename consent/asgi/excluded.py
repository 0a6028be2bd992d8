"""Paths that the site keeps for itself: no body is read there, and no policy added.

Cookies obey all the same: one that is set there lives on the whole site.
"""

from __future__ import annotations

from datetime import datetime

from starlette.types import Message, Send

from consent.asgi.cookies import keep_rules
from consent.asgi.request import PageRequest
from consent.asgi.state import RequestConsent
from consent.headers.fields import Fields
from consent.headers.freshness import make_private, vary_by


class ExcludedGate:
    """The ``send`` of one response that passes untouched but for its cookies and their caching."""

    _start: Message | None = None
    """Held until the site sends more: a stream's code runs only after its head was made."""

    def __init__(
        self, send: Send, request: PageRequest, consent: RequestConsent, now: datetime
    ) -> None:
        self._send = send
        self._request = request
        self._consent = consent
        self._now = now

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
            await self._send(self._told(start))

    def _told(self, start: Message) -> Message:
        fields = Fields(start.get("headers", ()))
        before = fields.pairs.copy()
        if keep_rules(fields, self._request, self._now) or self._consent.consulted:
            vary_by(fields, *self._consent.depends_on)
            make_private(fields)
        return start if fields.pairs == before else {**start, "headers": fields.pairs}
