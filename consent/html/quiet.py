"""What of a page needs no look: one expression passes over as much of it as it can.

Each repetition costs the engine a step down and up again, so the forms that pages are made of stand
before the grammar that covers the rest: ``name="value"``, and names told apart by a first letter.
"""

from __future__ import annotations

import re
from string import ascii_lowercase

from consent.html.names import (
    BY_TAG,
    FORMULA_WORDS,
    FORMULAS,
    LOADING_ATTRIBUTES,
    LOADING_RELS,
    LOADING_TAGS,
    SHAPES,
)
from consent.html.possessive import compiled
from consent.html.tokens import (
    ATTRIBUTE,
    BOGUS,
    COMMENT,
    END_NAME,
    END_TAG,
    NAME_END,
    SPACE,
    any_of,
    common,
    either_case,
)


def _spaced(*pieces: bytes) -> bytes:
    return b"".join(pieces).replace(b"SP", SPACE)


# A style names an address in url(), src(), image(), image-set(), behind an @ or in escapes; other
# functions, as those of colours, are told by the letter before the bracket.
_QUIET_VALUE = rb"(?:[^\"<(\\&@]++|(?<![CcEeLlTt])\()*+"
_QUIET_STYLE = _spaced(either_case("style"), b'="', _QUIET_VALUE, rb"\"(?=[SP/>])")
_LOUD_NAMES = _spaced(b"(?!(?:", any_of(LOADING_ATTRIBUTES), b")[SP/>=])")
_QUIET_ATTRIBUTE = b"(?:" + _LOUD_NAMES + ATTRIBUTE + b"|" + _QUIET_STYLE + b")"
QUIET_ATTRIBUTES = compiled(_spaced(b"(?:[SP/]++|", _QUIET_ATTRIBUTE, b"(?=[SP/]))++"))

# No name of LOADING_ATTRIBUTES begins with one of these letters.
_FREE = "".join(sorted(set(ascii_lowercase) - {name[0] for name in LOADING_ATTRIBUTES})).encode()
_PLAIN_NAME = _spaced(
    b"(?:",
    common("class alt content property aria-label aria-hidden", LOADING_ATTRIBUTES),
    b"|[" + _FREE + b"][^SP/>=]*+)",
)
_PLAIN_ATTRIBUTES = _spaced(
    b"(?:[SP]++(?:", _PLAIN_NAME, rb"=\"[^\"]*+\"|", _QUIET_STYLE, b"))*+[SP]*+/?+>"
)
_PLAIN_TAG = b"<(?:" + common(
    "a b i p u div span li ul td tr h1 h2 h3 h4 h5 h6 br em dd dt strong section button label",
    LOADING_TAGS,
) + b")" + _PLAIN_ATTRIBUTES  # fmt: skip
_NO_REFRESH = either_case("http-equiv") + rb"=\"(?![Rr])[A-Za-z-]++\""
_PLAIN_META = _spaced(
    b"<meta(?:[SP]++(?:(?:content|name|property|itemprop|charset)",
    rb"=\"[^\"]*+\"|",
    _NO_REFRESH,
    b"))++[SP]*+/?+>",
)


def _quiet_attributes(*loud: str) -> bytes:
    """What follows the name of a tag that has none of these attributes, nor any that all have."""
    but = _spaced(b"(?!(?:", any_of(loud), b")[SP/>=])") if loud else b""
    return _spaced(b"(?:[SP/]++|", but, _QUIET_ATTRIBUTE, b")*+>")


_RELS = common("canonical alternate amphtml shortlink profile pingback author", LOADING_RELS)
_LOUD_TAGS = LOADING_TAGS - {"head", "body"}
_QUIET_TAG = b"".join([
    b"<(?:(?:(?!(?:", any_of(_LOUD_TAGS), b")", NAME_END, _spaced(b")[A-Za-z][^SP/>]*+"),
    # The first rel of a link is the one that counts.
    _spaced(b"|link[SP]++rel=\"(?:", _RELS, rb")\"(?=[SP/>]))"), _quiet_attributes(),
    b"|(?:", any_of({"html", "input", "meta"}), b")", NAME_END,
    _quiet_attributes("http-equiv", *BY_TAG["html"], *BY_TAG["input"]), b")",
])  # fmt: skip
QUIET_TAG = compiled(_QUIET_TAG)
_TITLE = b"<title>[^<]*+(?=</title>)"

_CALM_VALUE = rb"(?:[^\"<(\\&/:]++|\(#|(?<![CcEeLlTt])\()*+"
_HREF = b"(?:" + either_case("xlink:href") + b"|" + either_case("href") + b")"
_CALM_VALUED = _spaced(
    b"(?:", any_of(LOADING_ATTRIBUTES), b')="', _CALM_VALUE, b'"|', _QUIET_STYLE,
    b"|(?!", _HREF, b"[SP/>=])", _LOUD_NAMES, rb"[\w:.-]++(?:=\"[^\"<]*+\")?+",
)  # fmt: skip
_CALM_ATTRIBUTES = _spaced(b"(?:[SP/]++|(?:", _CALM_VALUED, b")(?=[SP/>]))*+>")
_CALM_USE = _spaced(
    b"<use", NAME_END, b"(?:[SP/]++|(?:", _HREF, rb"=\"#[\w.:-]*+\"|", _CALM_VALUED,
    b")(?=[SP/>]))*+>",
)  # fmt: skip
# With no bracket in it, it may as well be text.
_CALM_COMMENT = rb"<!--(?:[^<>-]++|-(?!->))*+-->"
_CALM_TEXT = b"(?:[^<]++|" + _CALM_COMMENT + b")*+"


def _calm(name: str, parts: frozenset[str], words: frozenset[str], *more: bytes) -> bytes:
    """An element whose content is of these parts and words only, its end tag included."""
    part = b"(?:" + any_of(parts) + b")"
    inside = [b"[^<]++", b"</" + part + b">", b"<" + part + NAME_END + _CALM_ATTRIBUTES, *more]
    for word in map(either_case, sorted(words)):
        inside.append(b"<" + word + NAME_END + _CALM_ATTRIBUTES + _CALM_TEXT + b"</" + word + b">")
    inside.append(_CALM_COMMENT)
    whole = either_case(name) + NAME_END + _CALM_ATTRIBUTES
    return whole + b"(?:" + b"|".join(inside) + b")*+</" + name.encode() + b">"


_CALM = (
    b"<(?:"
    + _calm("svg", SHAPES, frozenset({"title", "desc"}), _CALM_USE, b"</use>")
    + b"|"
    + _calm("select", frozenset({"option", "optgroup"}), frozenset())
    + b"|"
    + _calm("math", FORMULAS, FORMULA_WORDS)
    + b")"
)


_PARTS = any_of(SHAPES | FORMULAS | FORMULA_WORDS | {"desc", "option", "optgroup"})
# One tag of the same elements, which may not be all there yet, and what stands before it.
# Where no such tag follows, that alone: or it would be looked at again from each of its pieces.
_BETWEEN = b"(?:[^<]++|" + _CALM_COMMENT + b"|<title>[^<]*+</title>)"
CALM_PART = compiled(
    _BETWEEN + b"*+"
    b"<(?:/(?P<end>" + _PARTS + b"|use)>"
    b"|(?P<start>" + _PARTS + b")" + NAME_END + _CALM_ATTRIBUTES
    + _CALM_USE.replace(b"<use", b"|(?P<use>use)", 1) + b")|" + _BETWEEN + b"++"
)  # fmt: skip


def _quiet(*more: bytes) -> re.Pattern[bytes]:
    less = rb"<(?=[^A-Za-z/!?])"
    markup = [END_NAME.pattern + b">", _PLAIN_TAG, _PLAIN_META, _QUIET_TAG, _TITLE, *more]
    markup += [re.sub(rb"\((?![?])", b"(?:", END_TAG.pattern), less, COMMENT.pattern, BOGUS.pattern]
    return compiled(b"[^<]*+(?:(?:" + b"|".join(markup) + b")[^<]*+)*+")


QUIET = _quiet()
# The same where a relative address stays at home: simple drawings and lists of options too.
QUIET_AT_HOME = _quiet(_CALM)
