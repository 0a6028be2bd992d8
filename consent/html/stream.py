"""What has arrived of a page and is not sent yet, and the state of reading it."""

from __future__ import annotations

from collections.abc import Callable

from consent.html.charset import Charset

LONGEST = 1 << 20
"""Bytes of one tag, or of one script or style sheet, that are kept until they are complete."""
_EAGER = 256


class Stream:
    """Feeds a state function until it needs more than there is.

    A state reads at ``_at``, emits, and answers whether it got on. It decides by position alone,
    never by where a chunk happened to end, so that cutting the page elsewhere changes nothing.
    """

    def __init__(self, charset: Charset) -> None:
        self._charset = charset
        self._state: Callable[[], bool]
        self._buffer = b""
        self._at = 0
        self._passed = 0
        """Bytes, as sent, before the buffer."""
        self._out: list[bytes] = []
        self._final = False
        self._waiting: list[bytes] = []
        self._waited = 0
        self._may_end = False

    def feed(self, chunk: bytes) -> bytes:
        """What can be sent now that ``chunk`` has arrived; never raises, whatever the bytes."""
        return self._charset.encode(self._feed(self._charset.decode(chunk)))

    def close(self) -> bytes:
        """What is left to send, the page being over."""
        self._final = True
        return self._charset.encode(self._feed(self._charset.decode(b"", final=True)))

    def _feed(self, chunk: bytes) -> bytes:
        self._waiting.append(chunk)
        self._waited += len(chunk)
        self._may_end |= b">" in chunk
        # Trying again what was incomplete costs its whole length, so tiny chunks are gathered, the
        # more the longer it is; fewer where they have what ends a tag, a text or a comment.
        most = _EAGER if self._may_end else LONGEST
        enough = max(1, min(most, len(self._buffer) // 16))
        if self._waited < enough and not self._final:
            return b""
        self._buffer = b"".join((self._buffer, *self._waiting))
        self._waiting.clear()
        self._waited = 0
        self._may_end = False
        while self._at < len(self._buffer) and self._state():
            pass
        if self._final:
            self._finish()
            # What is still incomplete is a tag cut short, which browsers drop, or plain text.
            self._emit(len(self._buffer))
        self._buffer = self._buffer[self._at :]
        self._passed += self._at
        self._at = 0
        done = b"".join(self._out)
        self._out.clear()
        return done

    def _finish(self) -> None:
        """Give out what a state has kept; the page is over."""

    def _emit(self, end: int) -> None:
        if end > self._at:
            self._out.append(self._buffer[self._at : end])
            self._at = end

    def _lacks(self, length: int) -> bool:
        """Should more be waited for before what begins here is given up as too long?"""
        return not self._final and len(self._buffer) - self._at < length
