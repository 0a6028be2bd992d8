"""Where a script's text ends: not at every ``</script>`` (WHATWG HTML §13.2.5.15 to 31)."""

from __future__ import annotations

import re

from consent.html.tokens import either_case

_SCRIPT = either_case("script") + rb"(?=[\t\n\f\r />])"
_PLAIN = re.compile(b"<(?:!--|/" + _SCRIPT + b")")
_ESCAPED = re.compile(b"-->|<" + _SCRIPT + b"|</" + _SCRIPT)
_DOUBLE = re.compile(b"-->|</" + _SCRIPT)
_LONGEST_TOKEN = 9


class ScriptEnd:
    """Follows the text of one script across chunks.

    Behind ``<!--``, a ``<script`` makes the next ``</script`` part of the text: old pages hid their
    scripts that way from older browsers, and parsers still honour it.
    """

    def __init__(self) -> None:
        self._mode = _PLAIN

    def find(self, text: bytes, start: int) -> tuple[int, int]:
        """Where the end tag begins (or -1), and from where to look on when more has arrived."""
        at = start
        while found := self._mode.search(text, at):
            token = found[0].lower()
            at = found.end()
            if token == b"<!--":
                # Its own dashes may close it: <!--> is empty.
                self._mode, at = _ESCAPED, at - 2
            elif token == b"-->":
                self._mode = _PLAIN
            elif token == b"<script":
                self._mode = _DOUBLE
            elif self._mode is _DOUBLE:
                self._mode = _ESCAPED
            else:
                return found.start(), found.start()
        return -1, max(at, len(text) - _LONGEST_TOKEN + 1)
