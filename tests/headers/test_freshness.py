"""What caches are told (edges.md K1, K3, H6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.fields import Fields
from consent.headers.freshness import (
    decode_etag,
    encode_etag,
    forbid_storing,
    if_none_match,
    make_private,
    vary_by,
)

VARIANT = "0123456789ab"
OTHER = "ffffffffffff"


def fields(**values: str) -> Fields:
    return Fields((name.replace("_", "-").encode(), v.encode()) for name, v in values.items())


def test_vary_is_one_header_without_repetition_k1() -> None:
    made = Fields([(b"vary", b"A, b"), (b"x", b"y"), (b"Vary", b"c")])
    vary_by(made, b"B", b"Cookie")
    assert made.pairs == [(b"vary", b"A, b, c, Cookie"), (b"x", b"y")]


def test_vary_that_says_it_already_is_left_alone_k1() -> None:
    made = Fields([(b"vary", b"cookie"), (b"vary", b"accept")])
    vary_by(made, b"Cookie")
    assert made.all(b"vary") == [b"cookie", b"accept"]


def test_a_quoted_comma_does_not_end_a_directive_k1() -> None:
    made = fields(cache_control='no-cache="a, public", public, x="un, ended')
    make_private(made)
    assert made.all(b"cache-control") == [b'no-cache="a, public", x="un, ended, private']


def test_several_headers_become_one_and_targeted_ones_go_k1() -> None:
    made = Fields(
        [
            (b"Cache-Control", b"s-maxage=1"),
            (b"cache-control", b"max-age=2"),
            (b"CDN-Cache-Control", b"max-age=3"),
            (b"edge-control", b"x"),
        ]
    )
    make_private(made)
    assert made.pairs == [(b"cache-control", b"max-age=2, private")]


def test_no_store_replaces_whatever_was_said() -> None:
    made = fields(cache_control="public, max-age=9", surrogate_control="x")
    forbid_storing(made)
    assert made.pairs == [(b"cache-control", b"no-store")]


TAGS = st.binary(max_size=20).filter(lambda tag: b'"' not in tag)


@given(tag=TAGS, weak=st.booleans())
def test_a_tag_comes_back_as_the_site_wrote_it_k3(tag: bytes, weak: bool) -> None:
    original = (b"W/" if weak else b"") + b'"%s"' % tag
    encoded = encode_etag(original, VARIANT)
    assert encoded is not None
    assert encoded.startswith(b'W/"')
    assert decode_etag(encoded) == (original, VARIANT)


@pytest.mark.parametrize("tag", [b'"x"', b'W/"x-c"', b'"x-cs0123"', b"x", b""])
def test_a_tag_of_the_site_is_not_ours_k3(tag: bytes) -> None:
    assert decode_etag(tag) is None


def test_only_tags_of_this_variant_reach_the_site_k3() -> None:
    ours, theirs = encode_etag(b'"a"', VARIANT), encode_etag(b'W/"b"', OTHER)
    asked = b", ".join(tag for tag in (ours, theirs, b'"c, d"') if tag)
    assert if_none_match(asked, VARIANT, page=True) == b'"a"'
    assert if_none_match(asked, VARIANT, page=False) == b'"a", "c, d"'
    assert if_none_match(asked, OTHER, page=True) == b'W/"b"'
    assert if_none_match(b"*", VARIANT, page=True) == b""
