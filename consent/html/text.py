"""Content that is text for the parser: scripts, style sheets, titles, <noscript>."""

from __future__ import annotations

import re
from collections.abc import Callable

from consent.html.block import TagBlocker, apply
from consent.html.judge import Judge
from consent.html.names import BY_TAG, RAW_TEXT
from consent.html.quiet import QUIET
from consent.html.scripts import ScriptEnd
from consent.html.stream import LONGEST, Stream
from consent.html.tokens import COMMENT_END, Attribute, either_case

# Looking for one byte is faster than for two.
END_OF = {
    name: re.compile(b"<(?=/" + either_case(name) + rb"[\t\n\f\r />])")
    for name in RAW_TEXT | {"style", "script", "noscript"}
}
_LONGEST_END = 16


class TextReader(Stream):
    """The states that read text up to an end tag."""

    _judge: Judge
    _blocker: TagBlocker
    _data: Callable[[], bool]
    _nested: Callable[[], TextReader]
    _until = COMMENT_END
    _then: Callable[[], bool]
    _script_end: ScriptEnd
    _pending: tuple[bytes, int, list[Attribute]]

    @property
    def settled(self) -> bool:
        """Is all that was fed complete, so that what follows is read on its own?"""
        return self._state == self._data and not self._buffer

    def _pass_until(
        self, end: re.Pattern[bytes], *, then: Callable[[], bool] | None = None
    ) -> bool:
        self._until = end
        self._then = then or self._data
        self._state = self._passing
        return True

    def _passing(self) -> bool:
        """Pass everything up to the end of a comment, a title, a value; an end tag stays."""
        found = self._until.search(self._buffer, self._at)
        if found is None:
            self._emit(max(self._at, len(self._buffer) - _LONGEST_END))
            return False
        self._emit(found.start() if found[0][:1] in b"<>\t\n\f\r " else found.end())
        self._state = self._then
        return True

    def _plaintext(self) -> bool:
        self._emit(len(self._buffer))
        return False

    def _style(self) -> bool:
        """A style sheet, its held URLs parked; one longer than what is kept, in parts."""
        found = END_OF["style"].search(self._buffer, self._at, self._at + LONGEST)
        if found:
            self._state = self._data
            end = found.start()
        elif self._lacks(LONGEST):
            return False
        elif len(self._buffer) - self._at < LONGEST:
            end = len(self._buffer)
        else:
            window = self._at + LONGEST
            end = self._buffer.rfind(b"}", self._at, window) + 1 or window
        text = self._buffer[self._at : end].decode("latin-1")
        parked = self._judge.css(text, self._charset)
        if parked != text:
            self._out.append(parked.encode("latin-1"))
            self._at = end
        self._emit(end)
        return True

    def _noscript(self) -> bool:
        """Markup where scripts are off, text up to the end tag where they are on: both at once."""
        found = END_OF["noscript"].search(self._buffer, self._at, self._at + LONGEST)
        if found is None and self._lacks(LONGEST):
            return False
        end = found.start() if found else min(len(self._buffer), self._at + LONGEST)
        inner = self._buffer[self._at : end]
        self._at = end
        if QUIET.fullmatch(inner):
            self._out.append(inner)
        else:
            nested = self._nested()
            rewritten = nested._feed(inner)
            # What is left open would go on behind the end tag, but only where scripts are off.
            self._out.append(rewritten if nested.settled else inner.replace(b"<", b"&lt;"))
        if found:
            self._state = self._data
        return True

    def _is_inline(self, listed: list[Attribute]) -> bool:
        """Does this script bring its own text, and does a browser do something with it?"""
        if not listed:
            return True
        if any(a.name in BY_TAG["script"] and a.value for a in listed):
            return False
        return self._blocker.script_runs(listed) or self._blocker.script_is_json(listed)

    def _hold_back(self, tag: bytes, name_end: int, listed: list[Attribute]) -> bool:
        """Keep a script's start tag until its text is known."""
        self._pending = (tag, name_end, listed)
        self._state = self._script
        return self._script()

    def _script(self) -> bool:
        end, _ = ScriptEnd().find(self._buffer, self._at)
        limit = self._at + LONGEST
        if end < 0 and self._lacks(LONGEST):
            return False
        complete = 0 <= end <= limit
        stop = end if complete else min(limit, len(self._buffer))
        tag, name_end, listed = self._pending
        text = self._buffer[self._at : stop].decode("latin-1")
        edits = self._blocker.inline_script(listed, text, name_end)
        self._out.append(apply(tag, edits) if edits else tag)
        if not complete:
            self._script_end = ScriptEnd()
            self._state = self._script_text
            return True
        if self._blocker.script_is_json(listed):
            self._out.append(self._judge.json(text, self._charset).encode("latin-1"))
            self._at = end
        self._emit(end)
        self._state = self._data
        return True

    def _finish(self) -> None:
        if self._state == self._script:
            self._script()

    def _script_text(self) -> bool:
        end, onward = self._script_end.find(self._buffer, self._at)
        if end < 0:
            self._emit(onward)
            return False
        self._emit(end)
        self._state = self._data
        return True
