"""The grammar of tags as browsers read them (WHATWG HTML §13.2.5), as regular expressions on bytes.

Every repetition is possessive, so each expression is linear. Markup is ASCII in every encoding that
reaches this far, so bytes are never decoded to find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import NamedTuple

from consent.html.names import LOADING_ATTRIBUTES, LOADING_TAGS

SPACE = rb"\t\n\f\r "

# A quote opens a value only behind "=", and a name may begin with "=" or a quote. A value that is
# not complete yet must not match as a name, so "no value" is asserted, not assumed.
_ATTRIBUTE = (
    rb"[^SP/>][^SP/>=]*+"
    rb"(?:[SP]*+=[SP]*+(?:\"[^\"]*+\"|'[^']*+'|(?=>)|[^SP>\"'][^SP>]*+)|(?![SP]*+=))"
).replace(b"SP", SPACE)
_ATTRIBUTES = b"(?:[" + SPACE + b"/]++|" + _ATTRIBUTE + b")*+"
_NAME_END = b"(?=[" + SPACE + b"/>])"

TAG = re.compile(rb"<([A-Za-z][^SP/>]*+)(".replace(b"SP", SPACE) + _ATTRIBUTES + b")>")
NAME = re.compile(rb"<([A-Za-z][^SP/>]*+)".replace(b"SP", SPACE))
SEPARATOR = re.compile(b"[" + SPACE + b"/]++")
TEXT = re.compile(rb"(?:[^<]++|<(?=[^A-Za-z/!?]))++")
END_TAG = re.compile(rb"</([A-Za-z][^SP/>]*+)".replace(b"SP", SPACE) + _ATTRIBUTES + b">")
ONE_ATTRIBUTE = re.compile(
    (
        rb"([^SP/>][^SP/>=]*+)"
        rb"(?:[SP]*+=[SP]*+(?:\"([^\"]*+)\"|'([^']*+)'|(?=>)|([^SP>\"'][^SP>]*+))|(?![SP]*+=))"
    ).replace(b"SP", SPACE)
)
_COMMENT = rb"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+--!?>)"
_BOGUS = rb"<(?:\?|!(?!--)|/(?![A-Za-z]))[^>]*+>"
BOGUS = re.compile(_BOGUS)
COMMENT = re.compile(_COMMENT)
COMMENT_END = re.compile(rb"--!?>")


def _any(names: frozenset[str]) -> bytes:
    return "|".join(sorted(map(re.escape, names))).encode()


_QUIET_TAG = (
    b"<(?!(?i:" + _any(LOADING_TAGS) + b")" + _NAME_END + b")[A-Za-z][^SP/>]*+"
    b"(?:[SP/]++|(?!(?i:" + _any(LOADING_ATTRIBUTES) + b")[SP/>=])" + _ATTRIBUTE + b")*+>"
).replace(b"SP", SPACE)

QUIET_TAG = re.compile(_QUIET_TAG)
# What needs no look: text, end tags, comments, and tags that have nothing to load.
QUIET = re.compile(
    b"(?:[^<]++|"
    + _QUIET_TAG
    + b"|</[A-Za-z][^SP/>]*+".replace(b"SP", SPACE)
    + _ATTRIBUTES
    + b">|<(?=[^A-Za-z/!?])|"
    + _COMMENT
    + b"|"
    + _BOGUS
    + b")*+"
)


class Attribute(NamedTuple):
    """One attribute, with its place in the tag."""

    name: str
    """Lower case."""
    value: bytes
    """As written, character references not decoded."""
    start: int
    """Where the name begins."""
    value_start: int
    value_end: int
    """Without the quotes; both 0 where there is no value."""
    quoted: bool


def attributes(tag: bytes, start: int = 0, end: int | None = None) -> Iterator[Attribute]:
    """Every attribute of a complete tag, the repeated ones (which browsers ignore) too."""
    stop = len(tag) if end is None else end
    for found in ONE_ATTRIBUTE.finditer(tag, start, stop):
        which = found.lastindex or 1
        where = found.span(which) if which > 1 else (0, 0)
        yield Attribute(
            found[1].decode("latin-1").lower(),
            found[which] if which > 1 else b"",
            found.start(),
            *where,
            which in (2, 3),
        )


def slash_closes(tag: bytes) -> bool:
    """Is the slash before the final ">" one of its own, rather than the end of a value?"""
    name = NAME.match(tag)
    last = None
    for last in attributes(tag, name.end() if name else 0, len(tag) - 1):
        pass
    return last is None or last.quoted or last.value_end < len(tag) - 1


# A named reference may lack its semicolon, but in an attribute not before "=" or a letter or digit.
_REFERENCE = re.compile(
    r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]*);|([A-Za-z][A-Za-z0-9]*)(?![=A-Za-z0-9]))"
)
_LEGACY = frozenset(name for name in html5 if not name.endswith(";"))
# Windows-1252 characters at C1 code points (WHATWG HTML §13.2.5.80).
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}


def unescape(value: str) -> str:
    """An attribute's value with its character references decoded as browsers do."""
    return _REFERENCE.sub(_character, value) if "&" in value else value


def _character(found: re.Match[str]) -> str:
    hexadecimal, decimal, closed, bare = found.groups()
    if hexadecimal or decimal:
        # int() refuses very long digit strings; anything that long is out of range anyway.
        digits = (hexadecimal or decimal).lstrip("0") or "0"
        code = int(digits, 16 if hexadecimal else 10) if len(digits) < 10 else 0x110000
        if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            return "\ufffd"
        return _C1.get(code) or chr(code)
    if closed and closed + ";" in html5:
        return html5[closed + ";"]
    name = bare or ""
    if name in _LEGACY:
        return html5[name]
    return found[0]
