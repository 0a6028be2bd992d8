"""The body of a post: counted while it streams in, so that a large one is never held."""

from __future__ import annotations

from starlette.requests import Request

from consent.errors import RequestRefused

LARGEST = 16 * 1024
"""Octets of a choice; 300 services answered one by one are below (edges.md E4)."""


async def read_body(request: Request, *, most: int = LARGEST) -> bytes:
    """The whole body.

    Args:
        request: whose body nobody has read yet.
        most: octets that are taken.

    Raises:
        RequestRefused: 413, as soon as there is more than ``most``, announced or not.
        ClientDisconnect: nobody waits for the answer.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
        raise _too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> RequestRefused:
    return RequestRefused(413, "too_large", f"at most {most} octets are taken here")
