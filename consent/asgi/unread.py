"""The log line for a page that cannot be read: one of each kind, safe to write to a log."""

from __future__ import annotations

import logging

from consent.errors import ContentUnreadable

logger = logging.getLogger("consent")

MOST_KINDS = 100
LONGEST = 200
"""Characters of the path, and of what is said of it, that are written."""


class Unread:
    """Remembers what has been said: whoever asks for pages must not be able to fill the log."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def report(self, path: str, error: ContentUnreadable) -> None:
        """Name the path of the first page of this kind, escaped and cut; others are alike."""
        kind = str(error)[:LONGEST]
        if kind in self._said or len(self._said) >= MOST_KINDS:
            return
        self._said.add(kind)
        logger.error(
            "%a was held: %a. The site must send pages whole, and as identity, gzip or deflate; "
            "br and zstd can be read once brotli>=1.2 and zstandard are installed. "
            "Other pages held for the same reason are not named",
            path[:LONGEST],
            kind,
        )
