"""One request to a witness on the web, answered in time and in a bounded number of bytes."""

from __future__ import annotations

import asyncio
import http.client
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

from consent.errors import WitnessUnavailable, said

TIMEOUT = 10.0
"""Seconds without a byte."""
LONGEST = 100_000
"""Bytes of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    kind: str
    """Its ``Content-Type``."""
    body: bytes


async def post(url: str, body: bytes, kind: str) -> Answer:
    """Send ``body``, of the content type ``kind``.

    Raises:
        WitnessUnavailable: there was no answer, or too much of it.
    """
    request = urllib.request.Request(  # noqa: S310 - http or https, checked with the configuration
        url, body, {"Content-Type": kind, "User-Agent": "asgi-consent"}
    )
    try:
        answer = await asyncio.to_thread(_sent, request)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise WitnessUnavailable(said(error)) from error
    if len(answer.body) > LONGEST:
        raise WitnessUnavailable(f"it answers with more than {LONGEST} bytes")
    return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A witness that moves is configured anew: who answers must be who was asked."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def _sent(request: urllib.request.Request) -> Answer:
    try:
        response = _opener.open(request, timeout=TIMEOUT)
    except HTTPError as error:
        response = error
    with response:
        kind = response.headers.get_content_type()
        return Answer(response.status, kind, response.read(LONGEST + 1))
