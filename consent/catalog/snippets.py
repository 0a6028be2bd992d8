"""Inline loaders recognised by regular expressions, most of which never have to be run."""

from __future__ import annotations

import re

_ATOM = re.compile(
    r"(?P<nothing>\\[bBAZ])|\\(?P<escaped>[^A-Za-z0-9])|(?P<plain>[A-Za-z0-9_/'\"=: ;,!<>-])"
    r"|\[(?:\\.|[^\]\\])*\]|\\[\s\S]|(?P<mark>[\s\S])"
)
_REPEAT = re.compile(r"(?:[*?]|\{0|(?P<some>\+|\{))(?:\d*,?\d*\})?[?+]?")
# Fixed, but in every other script.
_COMMON = frozenset({"function", "document", "window", "config", "create", "script"})


class Snippet:
    """One expression, and a text that must be there for it to match.

    Searching a fixed text is some hundred times faster than an expression that may begin anywhere,
    and nearly every script of a page contains none of them.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)
        self.needle = needle(pattern)

    def is_in(self, script: str) -> bool:
        """Does this script contain the loader?"""
        return self.needle in script and self._pattern.search(script) is not None


def needle(pattern: str) -> str:
    """The longest fixed text that every match contains; empty where none is certain."""
    runs = [""]
    depth = 0
    at = 0
    while at < len(pattern):
        atom = _ATOM.match(pattern, at)
        if atom is None or pattern.startswith("(?i", at) or (atom["mark"] == "|" and not depth):
            return ""
        at = atom.end()
        repeat = _REPEAT.match(pattern, at)
        at = repeat.end() if repeat else at
        depth += (atom["mark"] == "(") - (atom["mark"] == ")")
        character = atom["escaped"] or atom["plain"]
        fixed = character and not depth and (repeat is None or repeat["some"])
        runs[-1] += character if fixed else ""
        if repeat or not (fixed or atom["nothing"]):
            runs.append("")
    return max((run for run in runs if run not in _COMMON), key=len, default="")
