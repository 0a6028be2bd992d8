"""The body of one page: decoded, rewritten and encoded again, piece by piece."""

from __future__ import annotations

from consent.asgi.coding import Stack
from consent.html import Rewriter


class PageBody:
    """Bytes as the site sends them in, bytes for the browser out; holds no more than a slice."""

    def __init__(self, rewriter: Rewriter, stack: Stack) -> None:
        self._rewriter = rewriter
        self._decoder = stack.decoder()
        self._encoder = stack.encoder()
        self._came = self._shown = self._ended = False

    @property
    def charset(self) -> str | None:
        """The charset that the rewriter had to bring the text to; None where it kept the page's."""
        return getattr(self._rewriter, "output_charset", None)

    def feed(self, chunk: bytes, *, last: bool) -> bytes:
        """What is ready to be sent, readable at once by who gets it.

        Raises:
            ContentUnreadable: the site's bytes are not in the coding that it names.
        """
        self._came = self._came or bool(chunk)
        coded = []
        for piece in self._decoder.feed(chunk):
            self._shown = self._shown or bool(piece)
            coded.append(self._encoder.feed(self._rewriter.feed(piece)))
        if last and self._came:
            coded.append(self._end())
        elif self._shown:
            coded.append(self._encoder.flush())
        return b"".join(coded)

    def _end(self) -> bytes:
        self._decoder.close()
        self._ended = True
        # Nothing in it, no page: a redirect does not get a banner.
        tail = self._rewriter.close() if self._shown else b""
        return self._encoder.feed(tail) + self._encoder.close()

    def abandon(self) -> None:
        """The response ended in the middle: what the rewriter still holds is dropped (H8)."""
        if not self._ended:
            self._ended = True
            self._rewriter.close()
