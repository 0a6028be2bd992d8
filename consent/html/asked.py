"""The attributes of a tag that some decision looks at; no work is done for the others."""

from __future__ import annotations

from consent.html.names import ASKED_ATTRIBUTES
from consent.html.possessive import compiled
from consent.html.tokens import (
    ATTRIBUTE,
    ONE_ATTRIBUTE,
    SPACE,
    Attribute,
    any_of,
    attribute_of,
    common,
)

_NAMES = {name.encode(): name for name in ASKED_ATTRIBUTES}
_COMMON = common("alt class crossorigin height id loading title width", ASKED_ATTRIBUTES)
_NEXT = compiled(
    (
        b"(?:[SP/]++|(?:" + _COMMON + rb"|data-[^SP/>=]*+)=\"[^\"]*+\""
        + b"|(?!(?:" + any_of(ASKED_ATTRIBUTES) + b")[SP/>=])" + ATTRIBUTE
        + b")*+" + ONE_ATTRIBUTE.pattern
    ).replace(b"SP", SPACE)
)  # fmt: skip


def asked(tag: bytes, start: int) -> list[Attribute]:
    """Those of a complete tag whose name ends at ``start``, repeated ones too."""
    listed = []
    found = _NEXT.match(tag, start)
    while found:
        listed.append(attribute_of(found, _NAMES.get(found[1])))
        found = _NEXT.match(tag, found.end())
    return listed
