"""A shared worker outlives the pages that started it, and keeps the policy that it came with.

A page that is loaded anew is handed the one that runs already, with what was granted to it. So a
script that comes with a grant gets our code (``static/src/shared-worker``), which ends the worker
when something is withdrawn.
"""

from __future__ import annotations

from consent.headers.marked_script import MarkedScript
from consent.policy import Ruling

DEST = b"sharedworker"
"""Sec-Fetch-Dest of its script."""
NAME = "shared-worker.js"
"""Our code, among the static files."""
PLACE = b"CONSENT_SHARED"
"""Stands in the built code for the facts."""


def is_granted(ruling: Ruling) -> bool:
    """Is there anything that could be withdrawn? If not, the script stays as it is."""
    return any(answer for each in ruling.answers[1] or () for _, answer in each)


def marked(code: bytes, ruling: Ruling, *, state: str) -> MarkedScript:
    """What puts our code behind the script.

    Args:
        code: as it was built.
        ruling: what the choice means that the script is sent under.
        state: the path where the server says what holds.
    """
    purposes, services = ruling.answers[1] or ((), ())
    facts = {"state": state, "purposes": dict(purposes), "services": dict(services)}
    return MarkedScript(code, PLACE, facts)
