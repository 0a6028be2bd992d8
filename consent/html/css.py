"""Addresses in style sheets (CSS Syntax Level 3): found where fetched, and parked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import ascii_uppercase

from consent.html.possessive import compiled

PARKED = "about:invalid#consent:"
"""Stands before the original, percent-encoded: nothing is fetched and nothing is lost. Between the
two, ``purpose/service/`` where a grant to that service releases it."""

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([^\n\r\f]))")
_DOUBLE = r'"(?:[^"\\\n\r\f]++|\\(?:\r\n|[\s\S]|\Z))*+'
_SINGLE = r"'(?:[^'\\\n\r\f]++|\\(?:\r\n|[\s\S]|\Z))*+"
_COMMENT = r"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+"
# Every place where a fetched address can begin, whatever it is in: one in a comment or in a string
# is parked too, which nobody sees, and nothing has to be known of what stands before it.
_PLACES = ("url(", "src(", "set(", "image(", "@import", "\\")
_WORD = compiled(
    r"@?+(?:[-\w\x80-\U0010ffff]|\\[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\n\r\f])?+|\\[^\n\r\f])*+\(?+"
)
_WORD_BEFORE = re.compile(r"@?(?:[-\w\x80-\U0010ffff])*\Z")
_STRING = compiled(rf"{_DOUBLE}(?:\"|\Z)|{_SINGLE}(?:'|\Z)")
_SPACE = compiled(rf"(?:[ \t\n\r\f]++|{_COMMENT})*+")
_BLANK = compiled(r"[ \t\n\r\f]*+")
_BARE_URL = compiled(
    r"[ \t\n\r\f]*+((?:[^\\()'\" \t\n\r\f]++|\\(?:\r\n|[\s\S])|\\\Z)++)[ \t\n\r\f]*+(?:\)|\Z)"
)
_WITHIN = compiled(rf"{_DOUBLE}(?:\"|\Z)|{_SINGLE}(?:'|\Z)|{_COMMENT}|[();{{}}]")
_NAMESPACE = re.compile(r"@namespace[^;{}]*\Z", re.I)
_NEARBY = 256
PATIENCE = 16
GRACE = 1 << 18
"""What is looked at for places that lie within each other: this many times all, and characters."""
_LOWER = {ord(c): c.lower() for c in ascii_uppercase}


Span = tuple[int, int]


class Tangled(Exception):
    """More lies within each other than is worth a look: nobody writes such a style sheet."""


def park(
    text: str,
    parked: Callable[[str], str | None],
    *,
    shape: str = "",
    read: Callable[[str], str] = str,
) -> str:
    """``text`` with every fetched URL for which ``parked`` gives another one replaced by that.

    Empty where places lie within each other so often that looking would never end.

    Args:
        text: the style sheet, or its bytes as Latin-1.
        parked: gives what stands in the place of an address, None where it stays.
        shape: as long as ``text``; what is no character by itself is no ASCII in it.
        read: a piece of ``text`` as a browser reads it.
    """
    pieces: list[str] = []
    done = 0
    shape = shape or text
    try:
        found = sorted(set(_addresses(shape)))
    except Tangled:
        return ""
    for start, end in found:
        instead = None if start < done else parked(_unescape(read(text[start:end])))
        if instead is None:
            continue
        # A namespace is a name that looks like an address.
        if _NAMESPACE.search(shape, max(0, start - _NEARBY), start):
            continue
        pieces += text[done:start], instead
        done = end
    return "".join(pieces) + text[done:] if pieces else text


def _addresses(text: str) -> Iterator[Span]:
    """Where fetched URLs are: the insides of strings, or bare between ``url(`` and ``)``."""
    lower = text.lower()
    if len(lower) != len(text):
        # A few letters grow when lowered.
        lower = text.translate(_LOWER)
    left = GRACE + PATIENCE * len(text)
    for name in _PLACES:
        at = lower.find(name)
        while at >= 0:
            end, found = _from_place(text, name, at)
            yield from found
            left -= end - at
            if left < 0:
                raise Tangled
            at = lower.find(name, at + 1)


def _from_place(text: str, name: str, start: int) -> tuple[int, list[Span]]:
    """What begins here, and how far one had to look."""
    at = start + len(name)
    if name == "\\":
        name, at = _escaped_word(text, start)
    if name in ("url(", "src(") and (bare := _BARE_URL.match(text, at)):
        return bare.end(), [bare.span(1)]
    if name in ("url(", "src(", "@import"):
        # In url(), a comment is none.
        return _string(text, at, _BLANK if name == "url(" else _SPACE)
    if name.endswith(("set(", "image(")):
        return _images(text, at)
    return at, []


def _escaped_word(text: str, at: int) -> tuple[str, int]:
    """The word, escapes undone, that this backslash is the first one of; and where it ends."""
    before = _WORD_BEFORE.search(text, max(0, at - _NEARBY), at)
    word = _WORD.match(text, before.start() if before else at)
    return (_unescape(word[0]).lower(), word.end()) if word else ("", at)


def _string(text: str, at: int, before: re.Pattern[str]) -> tuple[int, list[Span]]:
    """The string that may follow here, behind what may stand before it."""
    space = before.match(text, at)
    begun = space.end() if space else at
    string = _STRING.match(text, begun)
    return (string.end(), [_inside(string)]) if string else (begun, [])


def _images(text: str, at: int) -> tuple[int, list[Span]]:
    """The strings up to the closing bracket; functions among them are found on their own."""
    depth = 1
    found: list[Span] = []
    for token in _WITHIN.finditer(text, at):
        mark = token[0][0]
        depth += (mark == "(") - (mark == ")")
        if depth == 0 or mark in ";{}":
            return token.end(), found
        if mark in "\"'" and depth == 1:
            found.append(_inside(token))
    return len(text), found


def _inside(string: re.Match[str]) -> tuple[int, int]:
    closed = len(string[0]) > 1 and string[0][-1] == string[0][0]
    return string.start() + 1, string.end() - closed


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if found[1]:
        code = int(found[1], 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return "" if found[2] else found[3]
