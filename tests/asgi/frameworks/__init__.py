"""One small shop, written as each framework would have it.

``/`` a page with a tracker · ``/stream`` the same in pieces · ``/static/page.html`` the same from a
file · ``/cookies`` sets two cookies and tells which ones it was sent · ``/asked`` what the site's
code is told of the choice · ``/form`` proves that a box was ticked · ``/failing`` raises ·
``/echo`` a websocket, where there are any.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.asgi.exchange import PAGE
from tests.sites import service, site

COOKIE = {"name": "_counter", "description": {"en": "Counts."}, "lifetime": "P1Y"}
CONFIG = site(services=(service("counter", "analytics", items=[COOKIE]),))
PIECES = [PAGE[at : at + 50] for at in range(0, len(PAGE), 50)]
TRACKING, OWN = "_counter", "session"
BOX: dict[str, Any] = {
    "form": "newsletter",
    "text": "Send me news.",
    "language": "en",
    "subject": "7f3a-4711",
}


def files(folder: Path) -> str:
    """A folder with a page in it."""
    (folder / "page.html").write_bytes(PAGE)
    return str(folder)
