"""What caches are told once a body or a header depends on the choice (edges.md K1, K3, K4, H6)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from consent.headers.cookie_date import parse_date
from consent.headers.fields import Fields

# They describe bytes that are no longer sent (H1, H6); Content-Length is set again where known.
OUTDATED = frozenset(
    {
        b"accept-ranges",
        b"content-digest",
        b"content-length",
        b"content-md5",
        b"digest",
        b"last-modified",
        b"repr-digest",
        b"signature",
        b"signature-input",
    }
)
# RFC 9213 and its relatives: orders to shared caches that go past Cache-Control.
TARGETED = re.compile(rb".+-cache-control|surrogate-control|edge-control|x-accel-expires")
AGE = re.compile(rb'((?:s-)?max-?age)\s*=\s*"?(\d{1,18})"?', re.IGNORECASE)
STALE = frozenset({b"stale-while-revalidate", b"stale-if-error"})
"""They let a page be shown after its time."""
SHARED = frozenset({b"public", b"s-maxage"})
ELEMENT = re.compile(rb'(?:[^,"]|"(?:\\.|[^"\\])*"?)+', re.DOTALL)
TAG = re.compile(rb'(W/)?"([^"]*)"')
OURS = re.compile(rb'"([^"]*)-c([ws])([0-9a-f]{12})"')


def vary_by(fields: Fields, *names: bytes) -> None:
    """Add names to Vary: merged into one header, none twice, ``*`` left alone."""
    merged = _merged(tuple(fields.all(b"vary")), names)
    if merged is not None:
        fields.put(b"vary", merged)


# A site says the same about most of its responses, so what comes of it is remembered.
@lru_cache(maxsize=512)
def _merged(values: tuple[bytes, ...], names: tuple[bytes, ...]) -> bytes | None:
    known = [name.strip() for value in values for name in value.split(b",") if name.strip()]
    seen = {name.lower() for name in known}
    missing = [name for name in names if name.lower() not in seen]
    return b", ".join([*known, *missing]) if missing and b"*" not in seen else None


def make_private(fields: Fields) -> None:
    """No shared cache may keep this; what the visitor's own browser may do stays as it was."""
    fields.put(b"cache-control", _private(tuple(fields.all(b"cache-control"))))
    fields.drop({name for name, _ in fields.pairs if TARGETED.fullmatch(name)})


@lru_cache(maxsize=512)
def _private(values: tuple[bytes, ...]) -> bytes:
    given = (element.strip() for value in values for element in ELEMENT.findall(value))
    directives = [each for each in given if each and _name(each) not in SHARED]
    if not {b"private", b"no-store"} & {each.lower() for each in directives}:
        directives.append(b"private")
    return b", ".join(directives)


def forbid_storing(fields: Fields) -> None:
    """Ask for it again each time: a stored worker would keep an older seal (design.md §3)."""
    make_private(fields)
    fields.put(b"cache-control", b"no-store")


def end_by(fields: Fields, end: datetime, *, now: datetime) -> None:
    """No cache shows this as it is after a moment (UTC): other rules will hold then (P-11)."""
    left = max(0, int((end - now).total_seconds()))
    written = fields.all(b"cache-control")
    given = [element.strip() for value in written for element in ELEMENT.findall(value)]
    kept = [_shortened(each, left) for each in given if _name(each) not in STALE]
    if kept != given:
        fields.put(b"cache-control", b", ".join(kept))
    expires = parse_date((fields.first(b"expires") or b"").decode("latin-1"))
    fields.drop({b"expires"} if expires and expires > end else set())
    fields.drop({name for name, _ in fields.pairs if TARGETED.fullmatch(name)})


def _shortened(directive: bytes, left: int) -> bytes:
    age = AGE.fullmatch(directive)
    return b"%s=%d" % (age[1], left) if age and int(age[2]) > left else directive


def _name(directive: bytes) -> bytes:
    return directive.partition(b"=")[0].strip().lower()


def encode_etag(original: bytes, variant: str) -> bytes | None:
    """The tag of a rewritten page, weak and its own (K3); None for one that is no tag.

    Args:
        original: the site's tag, weak or strong: ``"abc"``, ``W/"abc"``.
        variant: 12 hexadecimal digits: everything else that the page depends on.
    """
    match = TAG.fullmatch(original.strip())
    if match is None:
        return None
    return b'W/"%s-c%s%s"' % (match[2], b"w" if match[1] else b"s", variant.encode("ascii"))


def decode_etag(tag: bytes) -> tuple[bytes, str] | None:
    """The site's own tag and the variant, if ``tag`` was made by :func:`encode_etag`."""
    match = OURS.fullmatch(tag.removeprefix(b"W/"))
    if match is None:
        return None
    return (b"W/" if match[2] == b"w" else b"") + b'"%s"' % match[1], match[3].decode("ascii")


def if_none_match(value: bytes, variant: str, *, page: bool) -> bytes:
    """What the site is asked: its own tags, and only those of this variant (K3). May be empty.

    Args:
        value: the request's If-None-Match.
        variant: what a page of this visitor would be now.
        page: a page is asked for: a tag that is not ours then stems from an unchecked body.
    """
    tags = []
    for match in TAG.finditer(value):
        ours = decode_etag(match[0])
        if ours is None and not page:
            tags.append(match[0])
        elif ours is not None and ours[1] == variant:
            tags.append(ours[0])
    return b", ".join(tags)
