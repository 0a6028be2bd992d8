"""Possessive groups, which Python gets wrong before 3.11.5.

There ``(?:…)*+`` keeps what its last attempt took before it failed (gh-106052), and would step past
the ``<`` of a tag that has to be looked at. An atomic group around the greedy repetition says the
same and gives it back; where the other is right, it is quicker.
"""

from __future__ import annotations

import re
import sys
from typing import AnyStr

_IS_WRONG = sys.version_info < (3, 11, 5)
_PIECE = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<begin>\()|\)(?P<times>(?:[*+?]|\{\d*,?\d*\})(?=\+))?|.",
    re.S,
)
"""An escape, a class, a bracket with how often it is repeated, or any other letter."""


def compiled(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` should give, for expressions with possessive groups."""
    return re.compile(atomic(pattern) if _IS_WRONG else pattern, flags)


def atomic(pattern: AnyStr) -> AnyStr:
    """The same expression without possessive groups."""
    if isinstance(pattern, bytes):
        return atomic(pattern.decode("latin-1")).encode("latin-1")
    pieces: list[str] = []
    begun: list[int] = []
    position = 0
    while found := _PIECE.match(pattern, position):
        position = found.end()
        if found["begin"]:
            begun.append(len(pieces))
        pieces.append(found[0])
        if found[0].startswith(")"):
            start = begun.pop()
            if found["times"]:
                pieces[start] = "(?>" + pieces[start]
                pieces.append(")")
                position += 1
    return "".join(pieces)
