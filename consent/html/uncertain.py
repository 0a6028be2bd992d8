"""Markup that parsers read differently.

Inside ``<svg>``, ``<math>``, ``<select>`` and ``<frameset>`` (see ``context``) every ``<`` is taken
for a tag, in comments and attribute values too: whatever a browser makes of it, it is held.
"""

from __future__ import annotations

import re
from html import escape, unescape

from consent.html.asked import asked
from consent.html.block import PREFIX, apply
from consent.html.context import Context
from consent.html.names import LOADING_TAGS
from consent.html.oversized import OversizedReader
from consent.html.quiet import CALM_PART, QUIET_TAG
from consent.html.stream import LONGEST
from consent.html.text import END_OF
from consent.html.tokens import (
    BOGUS,
    END_TAG,
    NAME,
    TAG,
    is_closed,
)

_NEXT = re.compile(rb"<|--!?>|\]\]>")
_SLASH = 0x2F
_CDATA = b"<![CDATA["
_OPENS = re.compile(
    rb"(?P<section><!--(?!-?>)|<!\[CDATA\[)|(?P<start><[A-Za-z])"
    rb"|(?P<end></[A-Za-z])|<[!?/]"
)
_START = re.compile(rb"<(?=[A-Za-z])")
GRACE = 1 << 18
PATIENCE = 16
"""Bytes looked at again, on one page and for each of its bytes, for tags within what may be tags.

Where both are used up, what begins within something else is no tag any more: see ``_disarm``.
"""
_MOVES = 32
"""Bytes moved, because a tag got longer, cost this much less than bytes looked at."""
_TEXTS = 8
"""Bytes of scripts and style sheets cost this much more."""


class UncertainReader(OversizedReader):
    """The states that read what cannot be read in one way only."""

    _context: Context
    _within = 0
    """How many bytes of the page had passed where the last of all tags seen here ends."""
    _looked_to = 0
    """Where, in the page, the last of all tags ends, with its text."""
    _again = 0
    """How many bytes before that were looked at once more."""
    _endless_to = 0
    """Up to where, in the page, there is no ``>``."""

    def _uncertain(self) -> bool:
        found = _NEXT.search(self._buffer, self._at)
        if found is None:
            self._emit(max(self._at, len(self._buffer) - 3))
            return False
        if found[0] != b"<":
            self._context.mark(found[0])
            self._emit(found.end())
            return True
        self._emit(found.start())
        if self._judge.at_home and self._calm():
            return True
        if self._lacks(len(_CDATA)):
            return False
        opening = _OPENS.match(self._buffer, self._at)
        if opening is None:
            self._emit(self._at + 1)
            return True
        # What begins within something else is only there if that is something else again.
        if self._passed + self._at < self._within:
            self._context.doubt()
        return self._opened(opening)

    def _calm(self) -> bool:
        """Pass over tags that are nothing but drawing, and stand in nothing that was looked at."""
        begin = at = self._at
        context = self._context
        if self._passed + at < max(self._within, self._looked_to):
            return False
        while context.is_plain:
            part = CALM_PART.match(self._buffer, at, at + LONGEST)
            if part is None:
                break
            at = part.end()
            if part["end"]:
                context.end(part["end"].lower().decode("ascii"))
            elif part.lastgroup:
                name = part[part.lastgroup].lower().decode("ascii")
                context.start(name, closed=self._buffer[at - 2] == _SLASH)
        self._emit(at)
        return at > begin

    def _opened(self, opening: re.Match[bytes]) -> bool:
        if opening["section"] and self._context.in_section:
            # Its dashes may end the comment.
            self._emit(self._at + 2)
            return True
        if opening["section"]:
            self._context.section(b"]]>" if opening["section"] == _CDATA else b"-->")
            self._emit(opening.end())
            return True
        if self._context.in_comment and not opening["start"]:
            self._emit(self._at + 2)
            return True
        return self._start() if opening["start"] else self._passed_by(opening["end"] is not None)

    def _passed_by(self, is_end: bool) -> bool:
        """An end tag, or a bogus comment: nothing in it can load anything."""
        if self._is_exhausted():
            self._context.lose()
            self._emit(self._at + 2)
            return True
        found = self._whole(END_TAG if is_end else BOGUS)
        if found is None:
            return not self._lacks(LONGEST) and self._too_long()
        if is_end:
            self._context.end(found[1].lower().decode("latin-1"))
        self._charge(len(found[0]))
        self._cover(found.end())
        self._emit(found.end() if not self._context else self._at + 2)
        if not self._context:
            self._state = self._data
        return True

    # -- what it may cost ----------------------------------------------------------------------

    def _is_exhausted(self) -> bool:
        """Has what begins here been looked at too often, as a part of something else?"""
        here = self._passed + self._at
        return here < self._looked_to and self._again > GRACE + PATIENCE * here

    def _charge(self, length: int, *, weight: int = 1, moved: bool = False) -> None:
        """Count what was looked at before; by places alone, never by where a chunk ended."""
        here = self._passed + self._at
        self._again += weight * max(0, min(here + length, self._looked_to) - here)
        self._looked_to = max(self._looked_to, here + length)
        if moved:
            self._again += (self._looked_to - here) // _MOVES

    def _whole(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The tag that begins here; not looked for where no ``>`` is."""
        limit = min(len(self._buffer), self._at + LONGEST)
        start = max(self._at, self._endless_to - self._passed)
        end = self._buffer.find(b">", start)
        self._endless_to = self._passed + (end if end >= 0 else len(self._buffer))
        if not 0 <= end < limit:
            return None
        return pattern.match(self._buffer, self._at, limit)

    def _cover(self, end: int) -> None:
        if not self._context.in_comment:
            self._within = max(self._within, self._passed + end)

    def _start(self) -> bool:
        if self._is_exhausted():
            return self._disarm()
        tag = self._whole(TAG)
        if tag is None:
            return not self._lacks(LONGEST) and self._too_long()
        return self._uncertain_tag(tag)

    def _disarm(self) -> bool:
        """``<`` and a space: text for each parser of markup, and the same to a script.

        As far as ``_is_exhausted`` holds, which only moving on changes, so it goes for all.
        """
        self._context.lose()
        spent = -((GRACE - self._again) // PATIENCE)
        end = min(self._looked_to, spent) - self._passed
        end = max(self._at + 1, min(end, len(self._buffer) - 1))
        self._out.append(_START.sub(b"< ", self._buffer[self._at : end + 1])[:-1])
        self._at = end
        return True

    def _uncertain_tag(self, found: re.Match[bytes]) -> bool:
        """Edit the tag where it stands, then look on right behind its name."""
        name, length = found[1].lower().decode("latin-1"), len(found[0])
        if QUIET_TAG.match(self._buffer, self._at):
            self._charge(length)
        else:
            edited = self._edit(found, name)
            if edited is None:
                return False
            length = edited
        self._context.start(name, closed=is_closed(found[0]))
        self._cover(self._at + length)
        self._emit(self._at + 1 + len(found[1]))
        return True

    def _edit(self, found: re.Match[bytes], name: str) -> int | None:
        """Edit a tag and its text; how long the tag is then, None if not all is there."""
        tag, content = found[0], b""
        listed = asked(tag, 1 + len(found[1]))
        end = found.end()
        if name in ("script", "style"):
            close = END_OF[name].search(self._buffer, end, end + LONGEST)
            if close is None and self._lacks(len(tag) + LONGEST):
                return None
            stop = close.start() if close else min(len(self._buffer), end + LONGEST)
            content, end = self._buffer[end:stop], stop
        if name == "script" and self._is_inline(listed):
            # Character references count here, if this is SVG, and do not, if it is not.
            text = content.decode("latin-1")
            edits = self._blocker.inline_script(listed, text + unescape(text), 1 + len(found[1]))
        else:
            edits = self._blocker.edits(name, listed, name_end=1 + len(found[1]), bare=True)
        edited = apply(tag, edits)
        styled = self._uncertain_css(content) if name == "style" else content
        old, new = tag + content, edited + styled
        weight = _TEXTS if content else 1
        self._charge(end - self._at, weight=weight, moved=new != old)
        if new != old:
            self._buffer = new + self._buffer[end:]
            self._passed += self._at
            self._at = 0
            self._looked_to += len(new) - len(old)
            self._endless_to = 0
        return len(edited)

    def _uncertain_css(self, content: bytes) -> bytes:
        text = content.decode("latin-1")
        parked = self._judge.css(text, self._charset)
        plain = unescape(parked)
        again = self._judge.css(plain, self._charset)
        return (parked if again == plain else escape(again)).encode("latin-1", "xmlcharrefreplace")

    def _too_long(self) -> bool:
        """A tag whose end is not in sight: an element that loads becomes one that does not."""
        if self._endless_to < self._passed + min(len(self._buffer), self._at + LONGEST):
            self._charge(min(len(self._buffer) - self._at, LONGEST))
        self._context.doubt()
        opening = NAME.match(self._buffer, self._at)
        if opening and opening[1].lower().decode("latin-1") in LOADING_TAGS and not self._final:
            self._out.append(b"<x-" + PREFIX)
            self._at += 1
        self._emit(opening.end() if opening else self._at + 2)
        return True
