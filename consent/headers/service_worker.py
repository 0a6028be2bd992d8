"""A service worker keeps the policy it came with: another choice must be another script.

Browsers ask again for a service worker and compare bytes; the same bytes are the same worker, whose
policy then stays, whatever header comes with them. What it answers by itself never passes here: so
it gets our code (``static/src/service-worker``), which puts the policy on such answers, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

DEST = b"serviceworker"
"""Sec-Fetch-Dest of its script."""
NAME = "service-worker.js"
"""Our code, among the static files."""
PLACE = b"CONSENT_WORKER"
"""Stands in the built code for the facts."""
PATIENCE = 1000
"""Milliseconds that the worker before has for its answer; one without our code has none."""


class ServiceWorkerScript:
    """The script as the site sends it, and behind it our code. Implements ``Rewriter``."""

    def __init__(self, code: bytes, facts: Mapping[str, object]) -> None:
        """Mark the script.

        Args:
            code: as it was built.
            facts: what ``static/src/service-worker/types.d.ts`` describes, but for ``patience``.
        """
        told = json.dumps({**facts, "patience": PATIENCE}, separators=(",", ":"))
        self._end = b"\n;" + code.replace(PLACE, told.encode("ascii")) + b"\n"

    def feed(self, chunk: bytes) -> bytes:
        """Byte for byte."""
        return chunk

    def close(self) -> bytes:
        """Behind the last byte: a comment that is open there ends with its line."""
        return self._end
