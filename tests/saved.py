"""Web pages as browsers saved them: a site that sends them in pieces cut anywhere."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

BESIDE = Path(__file__).parents[2] / "shared" / "pages"
FOLDER = Path(os.environ.get("SAVED_PAGES", BESIDE))
PAGES = tuple(sorted(FOLDER.glob("*.html")))
END = b"<i id=arrived-whole hidden></i>"
"""Stands behind each page, so that one that broke off on its way is told from a quiet one."""

needed = pytest.mark.skipif(
    not PAGES, reason=f"NOT TESTED: no saved pages in {FOLDER}; SAVED_PAGES names another folder"
)


def content(number: int) -> bytes:
    """The page of this number, as the site sends it."""
    return PAGES[number].read_bytes() + END


def pieces(body: bytes, seed: int) -> list[bytes]:
    """The same bytes, cut at 24 places that look random and are the same each time."""
    places = random.Random(seed)
    cuts = sorted(places.randrange(len(body) + 1) for _ in range(24))
    return [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]


async def site(scope: Scope, receive: Receive, send: Send) -> None:
    """``/17`` is the page of this number; there is nothing else."""
    name = scope["path"].removeprefix("/")
    is_page = name.isdigit() and int(name) < len(PAGES)
    kind, status = (b"text/html", 200) if is_page else (b"text/plain", 404)
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]}
    )
    for piece in pieces(content(int(name)), seed=int(name)) if is_page else ():
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
