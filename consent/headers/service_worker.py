"""A service worker keeps the policy it came with: another choice must be another script.

Browsers ask again for a service worker and compare bytes; the same bytes are the same worker, whose
policy then stays, whatever header comes with them. What it answers by itself never passes here: so
it gets our code (``static/src/service-worker``), which puts the policy on such answers, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from consent.headers.marked_script import MarkedScript

DEST = b"serviceworker"
"""Sec-Fetch-Dest of its script."""
NAME = "service-worker.js"
"""Our code, among the static files."""
PLACE = b"CONSENT_WORKER"
"""Stands in the built code for the facts."""
PATIENCE = 1000
"""Milliseconds that the worker before has for its answer; one without our code has none."""


def marked(code: bytes, facts: Mapping[str, object]) -> MarkedScript:
    """What puts our code behind the script.

    Args:
        code: as it was built.
        facts: what ``static/src/service-worker/types.d.ts`` describes, but for ``patience``.
    """
    return MarkedScript(code, PLACE, {**facts, "patience": PATIENCE})
