"""The attributes of a tag that some decision looks at; no work is done for the others."""

from __future__ import annotations

import re

from consent.html.names import ASKED_ATTRIBUTES
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
# The last alternative matches where there is no more: a search would go on behind a quote.
_NEXT = re.compile(
    (
        b"(?:[SP/]++|(?:" + _COMMON + rb"|data-[^SP/>=]*+)=\"[^\"]*+\""
        + b"|(?!(?:" + any_of(ASKED_ATTRIBUTES) + b")[SP/>=])" + ATTRIBUTE
        + b")*+(?:" + ONE_ATTRIBUTE.pattern + b"|)"
    ).replace(b"SP", SPACE)
)  # fmt: skip


def asked(tag: bytes, start: int) -> list[Attribute]:
    """Those of a complete tag whose name ends at ``start``, repeated ones too."""
    listed = []
    for found in _NEXT.finditer(tag, start):
        written = found[1]
        if written is None:
            break
        listed.append(attribute_of(found, _NAMES.get(written)))
    return listed
