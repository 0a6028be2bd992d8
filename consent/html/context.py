"""The open elements inside ``<svg>``, ``<math>``, ``<select>``, ``<frameset>``.

There the same bytes are markup or text depending on a tree that only a whole parser has, and
parsers of different age disagree. So we count instead: while the count is not provably back to
nothing, the rewriter looks at every ``<``. Well-formed markup returns to nothing at its end tag;
anything odd, as a tag in what may be text or a value, keeps the caution up for the rest of the
page, which costs time and never a leak.
"""

from __future__ import annotations

from consent.html.names import FORMULAS, RAW_TEXT, SHAPES, VOID

_FOREIGN = frozenset({"svg", "math"})
_INERT = {"svg": SHAPES, "math": FORMULAS}
# In HTML their content is text, in SVG and MathML it is not.
_TEXT = RAW_TEXT | {"script", "style", "noscript", "plaintext"}
# A </select> behind one of these need not end the list.
_SHELTERS = _TEXT | _FOREIGN | {"template"}
DEEPEST = 512
"""Elements open at once: browsers stop there as well."""
_UNCLOSED_BY_HABIT = frozenset({"option", "optgroup"})


class Context:
    """A stack that shrinks on exact matches only, and not at all once in doubt."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._stuck = False
        self._lost = False
        self._section = b""
        """What ends the comment or the CDATA section that this is in."""
        self.in_comment = False
        """Is this surely a comment, whoever reads it?"""

    def __bool__(self) -> bool:
        return self._stuck or bool(self._open)

    @property
    def in_section(self) -> bool:
        """Is this a comment or a CDATA section, for those who know them here?"""
        return bool(self._section)

    @property
    def is_plain(self) -> bool:
        """Is what follows markup of what is open, whoever reads it?"""
        return not (self._section or self._lost or self._is_text())

    def doubt(self) -> None:
        """From here on nobody knows what is open."""
        self._stuck = True

    def lose(self) -> None:
        """It is not even counted any more: nothing is surely a comment."""
        self._stuck = self._lost = True
        self._open.clear()
        self.in_comment = False

    def section(self, end: bytes) -> None:
        """A comment or a CDATA section begins; in a text, it may be nothing of the kind."""
        self._section = end
        self.in_comment = end == b"-->" and not self._is_text() and not self._lost

    def mark(self, found: bytes) -> None:
        """An end of sections has been seen; a comment may also end in ``--!>``."""
        if self._section == found.replace(b"!", b""):
            self._section, self.in_comment = b"", False

    def start(self, name: str, *, closed: bool) -> None:
        """A start tag has been seen; ``closed`` if it ends in a slash."""
        if self.in_comment or self._lost:
            return
        if len(self._open) >= DEEPEST:
            self.lose()
            return
        self._stuck |= bool(self._section) or self._is_text()
        if name in VOID or name in _UNCLOSED_BY_HABIT:
            return
        # HTML ignores the slash; SVG and MathML obey it.
        if closed and (name in _FOREIGN or self._is_foreign()):
            return
        self._open.append(name)

    def end(self, name: str) -> None:
        """An end tag has been seen."""
        if self.in_comment or not self._open or name == "frameset":
            return
        self._stuck |= bool(self._section) or (self._is_text() and self._open[-1] != name)
        if self._open[-1] == name:
            self._open.pop()
        elif name == "select" and "select" in self._open:
            self._leave_select()
        elif name in _INERT and name in self._open:
            self._leave(name)

    def _leave_select(self) -> None:
        last = self._last("select")
        if not _SHELTERS.intersection(self._open[last:]):
            del self._open[last:]

    def _leave(self, name: str) -> None:
        # Its end tag closes what is left open of its own kind; not so what is HTML in between.
        last = self._last(name)
        if _INERT[name].issuperset(self._open[last + 1 :]):
            del self._open[last:]

    def _last(self, name: str) -> int:
        return len(self._open) - 1 - self._open[::-1].index(name)

    def _is_text(self) -> bool:
        return bool(self._open) and self._open[-1] in _TEXT

    def _is_foreign(self) -> bool:
        """Surely: an element of HTML would have closed what is foreign around it."""
        for name in reversed(self._open):
            if name in _FOREIGN:
                return True
            if name not in SHAPES and name not in FORMULAS:
                return False
        return False
