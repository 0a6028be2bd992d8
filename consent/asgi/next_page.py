"""Where a form goes on afterwards: a page of the same origin, whatever was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ada_url import URL

# Browsers read "\" as "/", and drop tabs and line ends: "/\evil.example" leads away.
TREACHEROUS = re.compile(r"[\\\x00-\x20\x7f]")


def safe_next(wanted: str, own: Iterable[str], *, otherwise: str) -> str:
    """Path, query and fragment of ``wanted`` if it is on one of the ``own`` origins.

    The answer never names a host, so that it holds behind any proxy, and starts with one slash:
    "//evil.example" is an address without a scheme, not a path.
    """
    for origin in own if wanted and not TREACHEROUS.search(wanted) else ():
        path = _below(origin, wanted)
        if path.startswith("/") and not path.startswith("//"):
            return path
    return otherwise


def _below(origin: str, wanted: str) -> str:
    try:
        url = URL(wanted, f"{origin}/")
    except ValueError:
        return ""
    if url.origin != origin or url.username or url.password:
        return ""
    return f"{url.pathname}{url.search}{url.hash}"
