"""The grammar of tags as browsers read them (WHATWG HTML §13.2.5), as regular expressions on bytes.

Every repetition is possessive, so each expression is linear; none has a group to capture inside,
where ``re`` loses count and raises ``SystemError``. Markup is ASCII in every encoding that reaches
this far, so bytes are never decoded to find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import html5
from typing import NamedTuple

from consent.html.possessive import compiled

SPACE = rb"\t\n\f\r "

# A quote opens a value only behind "=", and a name may begin with "=" or a quote. A value that is
# not complete yet must not match as a name, so "no value" is asserted, not assumed. The commonest
# form, name="value", stands first: a page is mostly that.
ATTRIBUTE = (
    rb"[^SP/>][^SP/>=]*+(?:=\"[^\"]*+\""
    rb"|[SP]*+=[SP]*+(?:\"[^\"]*+\"|'[^']*+'|(?=>)|[^SP>\"'][^SP>]*+)|(?![SP]*+=))"
).replace(b"SP", SPACE)
ATTRIBUTES = b"(?:[" + SPACE + b"/]++(?:" + ATTRIBUTE + b")?+|" + ATTRIBUTE + b")*+"
NAME_END = b"(?=[" + SPACE + b"/>])"

TAG = compiled(rb"<([A-Za-z][^SP/>]*+)".replace(b"SP", SPACE) + ATTRIBUTES + b">")
NAME = re.compile(rb"<([A-Za-z][^SP/>]*+)".replace(b"SP", SPACE))
SEPARATOR = re.compile(b"[" + SPACE + b"/]++")
TEXT = compiled(rb"(?:[^<]++|<(?=[^A-Za-z/!?]))++")
END_NAME = re.compile(rb"</[A-Za-z][^SP/>]*+".replace(b"SP", SPACE))
END_TAG = compiled(rb"</([A-Za-z][^SP/>]*+)".replace(b"SP", SPACE) + ATTRIBUTES + b">")
ONE_ATTRIBUTE = re.compile(
    (
        rb"([^SP/>][^SP/>=]*+)"
        rb"(?:[SP]*+=[SP]*+(?:\"([^\"]*+)\"|'([^']*+)'|(?=>)|([^SP>\"'][^SP>]*+))|(?![SP]*+=))"
    ).replace(b"SP", SPACE)
)
COMMENT = compiled(rb"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+--!?>)")
BOGUS = re.compile(rb"<(?:\?|!(?!--)|/(?![A-Za-z]))[^>]*+>")
BOGUS_END = re.compile(b">")
COMMENT_END = re.compile(rb"--!?>")


def either_case(word: str) -> bytes:
    """An expression for this word in any case: faster than a flag, which slows the whole down."""
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else re.escape(c) for c in word).encode()


def any_of(names: Iterable[str]) -> bytes:
    """An expression for any of these names, tried by their first letters."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names):
        by_letter.setdefault(name[0], []).append(name[1:])
    return b"|".join(
        either_case(first) + b"(?:" + b"|".join(map(either_case, rest)) + b")"
        for first, rest in by_letter.items()
    )


def common(names: str, but: Iterable[str]) -> bytes:
    """These names as they are mostly written, without those that anything looks at."""
    return "|".join(name for name in names.split() if name not in but).encode()


# A tag without any of these names no other host and carries no document.
SUSPICIOUS = re.compile(rb"/[\t\n\f\r ]*+[/\\]|\\|&|[pPsSaA][\t\n\r]*+:")
REFRESH = re.compile(rb"refresh|&", re.I)


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


def attribute_of(found: re.Match[bytes], name: str | None = None) -> Attribute:
    """What ``ONE_ATTRIBUTE`` has found; its name in lower case, where it is known."""
    name = name or found[1].lower().decode("latin-1")
    which = found.lastindex or 1
    if which == 1:
        return Attribute(name, b"", found.start(1), 0, 0, False)
    return Attribute(name, found[which], found.start(1), *found.span(which), which != 4)


def attributes(tag: bytes, start: int = 0, end: int | None = None) -> list[Attribute]:
    """Every attribute of a complete tag, the repeated ones (which browsers ignore) too."""
    finds = ONE_ATTRIBUTE.finditer(tag, start, len(tag) if end is None else end)
    return [attribute_of(found) for found in finds]


def is_closed(tag: bytes) -> bool:
    """Does this complete tag end in a slash of its own, rather than in one of a value?"""
    if not tag.endswith(b"/>"):
        return False
    name = NAME.match(tag)
    last = name.end() if name else 0
    for found in ONE_ATTRIBUTE.finditer(tag, last, len(tag) - 1):
        last = found.end()
    return last < len(tag) - 1


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
