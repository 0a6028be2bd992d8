"""What a Content-Type says a browser will do with the body (WHATWG MIME Sniffing)."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache


class Kind(Enum):
    """What can become of a body in a browser."""

    HTML = auto()
    UNKNOWN = auto()
    """No usable type: the browser looks at the first bytes, unless told ``nosniff``."""
    SCRIPT = auto()
    """Runs inside a page, or as a worker with a policy of its own."""
    ACTIVE = auto()
    """Opened by itself, it may run scripts: XML, SVG, anything not known to be passive."""
    PASSIVE = auto()
    """Never runs anything."""


# XHTML as XML is not among them: what is put into it, or marked in it, would have to be well-formed
# XML, or the browser shows an error in the place of the page. It is sealed, as all XML is.
HTML_TYPES = frozenset({b"text/html"})
# What browsers treat like a missing type (WHATWG MIME Sniffing §7, step 1).
UNKNOWN_TYPES = frozenset({b"unknown/unknown", b"application/unknown", b"*/*"})
PASSIVE_FAMILIES = frozenset({b"image", b"font", b"audio", b"video"})
PASSIVE_TYPES = frozenset(
    {
        b"application/json",
        b"application/octet-stream",
        b"application/pdf",
        b"application/wasm",
        b"application/zip",
        b"application/gzip",
        b"application/x-ndjson",
        b"application/vnd.ms-fontobject",
        b"text/css",
        b"text/csv",
        b"text/calendar",
        b"text/event-stream",
        b"text/plain",
        b"text/vtt",
    }
)
# WHATWG MIME Sniffing §4.6, JavaScript MIME types.
SCRIPT_TYPE = re.compile(
    rb"(?:text|application)/(?:x-)?(?:java|ecma)script|text/(?:j|live)script|text/javascript1\.[0-5]"
)
# Blanks before a name are part of it here, and taken off later: looked for by themselves, a long
# row of them would be looked through again from each one.
PARAMETER = re.compile(rb';([^=;]*)=(?:"((?:\\.|[^"\\])*)"?|([^;]*))[^;]*', re.DOTALL)
WHITESPACE = b" \t\r\n"
# What ends a type for browsers that read on where the standard gives up ("text/html foo").
ENDS = re.compile(rb"[\t\r\n (]")


@lru_cache(maxsize=512)
def kind(value: bytes | None) -> Kind:
    """The kind of a Content-Type; of several joined by commas, the one that does most.

    Browsers differ in which of two they believe, so one that says HTML is enough to be read.
    """
    if value is None:
        return Kind.UNKNOWN
    parts = (part.partition(b";")[0].strip(WHITESPACE).lower() for part in value.split(b","))
    kinds = (_kind(read) for part in parts for read in (part, ENDS.split(part, 1)[0]))
    return min(kinds, key=lambda found: found.value)


def _kind(essence: bytes) -> Kind:
    if essence in HTML_TYPES:
        return Kind.HTML
    family, slash, name = essence.partition(b"/")
    if not slash or essence in UNKNOWN_TYPES:
        return Kind.UNKNOWN
    if SCRIPT_TYPE.fullmatch(essence):
        return Kind.SCRIPT
    if essence in PASSIVE_TYPES or name.endswith(b"+json"):
        return Kind.PASSIVE
    if family in PASSIVE_FAMILIES and not name.endswith(b"+xml"):
        return Kind.PASSIVE
    return Kind.ACTIVE


def charset(value: bytes) -> str | None:
    """The first ``charset`` parameter, quoted or not; None where there is none."""
    for match in PARAMETER.finditer(value):
        if match[1].strip(WHITESPACE).lower() == b"charset":
            return _text(match) or None
    return None


def with_charset(value: bytes, name: str) -> bytes:
    """The same type with this charset instead of whatever it had."""
    kept = b"".join(
        match[0]
        for match in PARAMETER.finditer(value)
        if match[1].strip(WHITESPACE).lower() != b"charset"
    )
    essence = value.partition(b";")[0].rstrip(WHITESPACE)
    return essence + kept + b"; charset=" + name.encode("ascii")


def _text(match: re.Match[bytes]) -> str:
    quoted = match[2]
    raw = match[3].strip(WHITESPACE) if quoted is None else re.sub(rb"\\(.)", rb"\1", quoted)
    return raw.decode("latin-1")


def is_attachment(dispositions: list[bytes]) -> bool:
    """Will the body be saved, and not shown? Only if the one header there is says so plainly."""
    if len(dispositions) != 1:
        return False
    return dispositions[0].partition(b";")[0].strip(WHITESPACE).lower() == b"attachment"


SNIFFED = 1445
"""Bytes a browser looks at (WHATWG MIME Sniffing §5.2)."""


def looks_like_html(start: bytes) -> bool | None:
    """Would a browser take an untyped body for HTML? None: not told by these bytes yet.

    Coarser than a browser: any ``<`` but that of ``<?xml`` counts, also behind a byte order mark.
    """
    start = start[:SNIFFED]
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")
    if text and text[:1] != b"<":
        return False
    if len(text) >= len(b"<?xml"):
        return not text.startswith(b"<?xml")
    if b"<?xml".startswith(text) and len(start) < SNIFFED:
        return None
    return bool(text)
