"""The open elements inside ``<svg>``, ``<math>``, ``<select>``, ``<frameset>``.

There the same bytes are markup or text depending on a tree that only a whole parser has, and
parsers of different age disagree. So we count instead: while the count is not provably back to
nothing, the rewriter looks at every ``<``. Well-formed markup returns to nothing at its end tag;
anything odd keeps the caution up for the rest of the page, which costs time and never a leak.
"""

from __future__ import annotations

from consent.html.names import FORMULAS, SHAPES, VOID

# Elements of SVG and MathML whose content is HTML again.
_INTEGRATION = frozenset(
    [
        "foreignobject",
        "desc",
        "title",
        "annotation-xml",
        "mi",
        "mo",
        "mn",
        "ms",
        "mtext",
        "select",
        "frameset",
    ]
)
_FOREIGN = frozenset({"svg", "math"})
_INERT = {"svg": SHAPES, "math": FORMULAS}
_UNCLOSED_BY_HABIT = frozenset({"option", "optgroup"})


class Context:
    """A stack that shrinks on exact matches only."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def start(self, name: str, *, closed: bool) -> None:
        """A start tag has been seen; ``closed`` if it ends in a slash."""
        if name in VOID or name in _UNCLOSED_BY_HABIT:
            return
        # HTML ignores the slash; SVG and MathML obey it.
        if closed and (name in _FOREIGN or self._is_foreign()):
            return
        self._open.append(name)

    def end(self, name: str) -> None:
        """An end tag has been seen."""
        if not self._open or name == "frameset":
            return
        if self._open[-1] == name:
            self._open.pop()
        elif name == "select" and "select" in self._open:
            self._leave_select()
        elif name in _INERT and name in self._open:
            self._leave(name)

    def _leave_select(self) -> None:
        last = self._last("select")
        if not _FOREIGN.intersection(self._open[last:]):
            del self._open[last:]

    def _leave(self, name: str) -> None:
        # Its end tag closes what is left open of its own kind; not so what is HTML in between.
        last = self._last(name)
        if _INERT[name].issuperset(self._open[last + 1 :]):
            del self._open[last:]

    def _last(self, name: str) -> int:
        return len(self._open) - 1 - self._open[::-1].index(name)

    def _is_foreign(self) -> bool:
        for name in reversed(self._open):
            if name in _FOREIGN:
                return True
            if name in _INTEGRATION:
                return False
        return False
