"""The script of a worker as the site sends it, and behind it our code."""

from __future__ import annotations

import json
from collections.abc import Mapping


class MarkedScript:
    """Implements ``consent.html.Rewriter`` for a script."""

    def __init__(self, code: bytes, place: bytes, facts: Mapping[str, object]) -> None:
        """Mark a script.

        Args:
            code: as it was built.
            place: the name in it in whose place the facts go.
            facts: what the code has to know.
        """
        told = json.dumps(facts, separators=(",", ":"))
        self._end = b"\n;" + code.replace(place, told.encode("ascii")) + b"\n"

    def feed(self, chunk: bytes) -> bytes:
        """Byte for byte."""
        return chunk

    def close(self) -> bytes:
        """Behind the last byte: a comment that is open there ends with its line."""
        return self._end
