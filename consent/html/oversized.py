"""Tags too long to wait for, where tags are what they look like: attribute by attribute."""

from __future__ import annotations

import re
from collections.abc import Callable

from consent.html.block import PREFIX, apply, marks
from consent.html.names import LOADING_TAGS
from consent.html.quiet import QUIET_ATTRIBUTES
from consent.html.stream import LONGEST
from consent.html.text import TextReader
from consent.html.tokens import ONE_ATTRIBUTE, SEPARATOR, attributes
from consent.policy import UNREADABLE

_OPENING = re.compile(rb"([^\t\n\f\r />][^\t\n\f\r />=]*+)[\t\n\f\r ]*+=[\t\n\f\r ]*+([\"']?)")
_VALUE_END = {b'"': re.compile(rb'"'), b"'": re.compile(rb"'"), b"": re.compile(rb"[\t\n\f\r >]")}


class OversizedReader(TextReader):
    """The states that read what is never in memory as a whole."""

    _long_name = ""
    _enter: Callable[[str, bool], None]

    def _oversized(self, opening: re.Match[bytes]) -> bool:
        """Stop keeping the tag: from here on, its attributes are judged one by one."""
        self._long_name = opening[1].lower().decode("latin-1")
        self._emit(opening.end())
        if self._long_name == "script":
            self._out.append(marks(UNREADABLE) + b" type=text/plain")
        self._state = self._attributes
        return True

    def _attributes(self) -> bool:
        loads = self._long_name in LOADING_TAGS
        passed = (SEPARATOR if loads else QUIET_ATTRIBUTES).match(self._buffer, self._at)
        if passed:
            self._emit(passed.end())
        if self._at == len(self._buffer):
            return False
        if self._buffer[self._at] == 0x3E:
            self._emit(self._at + 1)
            self._enter(self._long_name, False)
            return True
        found = ONE_ATTRIBUTE.match(self._buffer, self._at, self._at + LONGEST)
        if found and found.end() < min(len(self._buffer), self._at + LONGEST):
            return self._one_attribute(found[0])
        return not self._lacks(LONGEST) and self._long_attribute()

    def _one_attribute(self, written: bytes) -> bool:
        for attribute in attributes(written):
            edits = self._blocker.attribute(self._long_name, attribute)
            self._out.append(apply(written, edits))
        self._at += len(written)
        return True

    def _long_attribute(self) -> bool:
        opening = _OPENING.match(self._buffer, self._at, self._at + LONGEST)
        if opening is None:
            self._emit(min(len(self._buffer), self._at + LONGEST))
            return True
        start = self._buffer[opening.end() : opening.end() + 11].lower()
        name = opening[1].lower().decode("latin-1")
        if self._blocker.loads(self._long_name, name) and start != b"data:image/":
            self._out.append(PREFIX)
        self._emit(opening.end())
        return self._pass_until(_VALUE_END[opening[2]], then=self._attributes)
