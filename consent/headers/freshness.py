"""What caches are told once a body or a header depends on the choice (edges.md K1, K3, K4, H6)."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
TARGETED = frozenset({b"surrogate-control", b"edge-control", b"x-accel-expires"})
SHARED = frozenset({b"public", b"s-maxage"})
ELEMENT = re.compile(rb'(?:[^,"]|"(?:\\.|[^"\\])*"?)+', re.DOTALL)
TAG = re.compile(rb'(W/)?"([^"]*)"')
OURS = re.compile(rb'"([^"]*)-c([ws])([0-9a-f]{12})"')


def vary_by(fields: Fields, *names: bytes) -> None:
    """Add names to Vary: merged into one header, none twice, ``*`` left alone."""
    known = [name.strip() for value in fields.all(b"vary") for name in value.split(b",")]
    known = [name for name in known if name]
    seen = {name.lower() for name in known}
    missing = [name for name in names if name.lower() not in seen]
    if missing and b"*" not in seen:
        fields.put(b"vary", b", ".join([*known, *missing]))


def make_private(fields: Fields) -> None:
    """No shared cache may keep this; what the visitor's own browser may do stays as it was."""
    directives = [d for d in _directives(fields) if _name(d) not in SHARED]
    if not {b"private", b"no-store"} & {d.lower() for d in directives}:
        directives.append(b"private")
    fields.put(b"cache-control", b", ".join(directives))
    targeted = {name for name, _ in fields.pairs if name.endswith(b"-cache-control")}
    fields.drop(targeted | TARGETED)


def forbid_storing(fields: Fields) -> None:
    """Ask for it again each time: a stored worker would keep an older seal (design.md §3)."""
    make_private(fields)
    fields.put(b"cache-control", b"no-store")


def _directives(fields: Fields) -> Iterable[bytes]:
    for value in fields.all(b"cache-control"):
        yield from filter(None, (element.strip() for element in ELEMENT.findall(value)))


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
