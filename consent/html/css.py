"""URLs in style sheets (CSS Syntax Level 3): found where a browser fetches them, and neutralised."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

PARKED = "about:invalid#consent:"
"""Stands before the original, percent-encoded: nothing is fetched and nothing is lost."""

# No URL of another host can be written without one of these.
SUSPECT = re.compile(r"//|\\|url\(|@import|image-set\(|:/", re.I)

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([^\n\r\f]))")
_IDENTIFIER = r"(?:[-\w]|[^\x00-\x7f]|\\[^\n\r\f])(?:[-\w]|[^\x00-\x7f]|\\[^\n\r\f])*+"
_TOKEN = re.compile(
    rf"""(?P<comment>/\*(?:[^*]++|\*(?!/))*+(?:\*/)?)
    |"(?P<double>(?:[^"\\\n\r\f]++|\\(?:\r\n|[\s\S])|\\\Z)*+)(?P<dend>"|\Z)?
    |'(?P<single>(?:[^'\\\n\r\f]++|\\(?:\r\n|[\s\S])|\\\Z)*+)(?P<send>'|\Z)?
    |(?P<function>{_IDENTIFIER})\(
    |@(?P<at>{_IDENTIFIER})
    |{_IDENTIFIER}
    |(?P<punctuation>[(){{}}\[\];])
    """,
    re.X,
)
_BARE_URL = re.compile(r"[ \t\n\r\f]*+(?!['\"])((?:[^\\) \t\n\r\f]++|\\(?:\r\n|[\s\S])|\\\Z)*+)")

# Functions whose quoted strings are addresses.
_FETCHING = frozenset({"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade",
                       "-webkit-cross-fade", "url-prefix"})  # fmt: skip


def park(text: str, held: Callable[[str], bool]) -> str:
    """``text`` with every fetched URL for which ``held`` says so replaced by a parked one."""
    if not SUSPECT.search(text):
        return text
    pieces: list[str] = []
    done = 0
    for start, end in _addresses(text):
        address = _unescape(text[start:end])
        if held(address):
            pieces += text[done:start], PARKED, quote(address, safe="")
            done = end
    return "".join(pieces) + text[done:] if pieces else text


def _addresses(text: str) -> list[tuple[int, int]]:
    """Where the fetched URLs are: the insides of strings, or bare between ``url(`` and ``)``."""
    found: list[tuple[int, int]] = []
    functions: list[str] = []
    rule = ""
    at = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        kind = token.lastgroup or ""
        if kind in ("double", "dend", "single", "send"):
            inside = token.span("double") if token["double"] is not None else token.span("single")
            closed = token["dend"] is not None or token["send"] is not None
            fetching = rule == "import" if not functions else functions[-1] in _FETCHING
            if closed and fetching and rule != "namespace":
                found.append(inside)
        elif kind == "function":
            name = _unescape(token["function"]).lower()
            bare = _BARE_URL.match(text, at) if name in ("url", "src") else None
            # A bare address is one token: quotes, comments and brackets in it mean nothing.
            if bare:
                at = bare.end()
                if bare[1] and rule != "namespace":
                    found.append(bare.span(1))
            functions.append(name)
        elif kind == "at":
            rule = _unescape(token["at"]).lower()
        elif kind == "punctuation":
            rule = _punctuate(token["punctuation"], functions, rule)
    return found


def _punctuate(mark: str, functions: list[str], rule: str) -> str:
    if mark == "(":
        functions.append("")
    elif mark == ")":
        if functions:
            functions.pop()
    elif mark in ";{}":
        # An unclosed bracket must not make the rest of the sheet look like its content.
        functions.clear()
        return ""
    return rule


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if found[1]:
        code = int(found[1], 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return "" if found[2] else found[3]
