"""A service worker keeps the policy it came with: another choice must be another script.

Browsers ask again for a service worker and compare bytes; the same bytes are the same worker, whose
policy then stays, whatever header comes with them.
"""

from __future__ import annotations

DEST = b"serviceworker"
"""Sec-Fetch-Dest of its script."""
MESSAGE = "consent:now"
"""What our script tells the new worker after a choice: not to wait until all tabs are closed."""


class ServiceWorkerScript:
    """The script as the site sends it, and behind it a line of ours. Implements ``Rewriter``."""

    def __init__(self, variant: str) -> None:
        """Mark the script.

        Args:
            variant: differs where the policy does; hexadecimal.
        """
        listen = f'addEventListener("message",(e)=>{{e.data==="{MESSAGE}"&&skipWaiting()}})'
        self._end = f"\n;{listen}//{variant}\n".encode("ascii")

    def feed(self, chunk: bytes) -> bytes:
        """Byte for byte."""
        return chunk

    def close(self) -> bytes:
        """Behind the last byte: a comment that is open there ends with its line."""
        return self._end
