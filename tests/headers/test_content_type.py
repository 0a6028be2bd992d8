"""What a Content-Type says that a browser will do (WHATWG MIME Sniffing; edges.md H9, H10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.headers.content_type import (
    Kind,
    charset,
    is_attachment,
    kind,
    looks_like_html,
    with_charset,
)

KINDS = {
    None: Kind.UNKNOWN,
    b"": Kind.UNKNOWN,
    b"*/*": Kind.UNKNOWN,
    b"nonsense": Kind.UNKNOWN,
    b"text/html": Kind.HTML,
    b"\tText/HTML ;charset=x": Kind.HTML,
    b"text/html x": Kind.HTML,
    b"text/html(x);charset=y": Kind.HTML,
    b"text/plain x": Kind.ACTIVE,
    b"application/xhtml+xml": Kind.ACTIVE,
    b"image/png, text/html": Kind.HTML,
    b"text/javascript": Kind.SCRIPT,
    b"application/x-javascript": Kind.SCRIPT,
    b"text/javascript1.5": Kind.SCRIPT,
    b"text/livescript": Kind.SCRIPT,
    b"application/ecmascript": Kind.SCRIPT,
    b"image/svg+xml": Kind.ACTIVE,
    b"application/xml": Kind.ACTIVE,
    b"application/rss+xml": Kind.ACTIVE,
    b"text/markdown": Kind.ACTIVE,
    b"multipart/x-mixed-replace": Kind.ACTIVE,
    b"image/png": Kind.PASSIVE,
    b"font/woff2": Kind.PASSIVE,
    b"application/json; charset=utf-8": Kind.PASSIVE,
    b"application/ld+json": Kind.PASSIVE,
    b"text/css": Kind.PASSIVE,
    b"text/html-sandboxed": Kind.ACTIVE,
}


@pytest.mark.parametrize("value", KINDS, ids=repr)
def test_every_type_is_what_a_browser_makes_of_it_h10(value: bytes | None) -> None:
    assert kind(value) is KINDS[value]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b"text/html", None),
        (b"text/html; charset=utf-8", "utf-8"),
        (b'text/html;Charset="shift_jis" ; x=y', "shift_jis"),
        (b'text/html; charset="a\\"b"', 'a"b'),
        (b"text/html; x=charset; charset = gbk ", "gbk"),
        (b'text/html; x="; charset=no"; charset=yes', "yes"),
        (b"text/html; charset=one; charset=two", "one"),
        (b"text/html; charset=", None),
        (b"text/html; charset; charset=late", "late"),
        (b'text/html; charset="open', "open"),
    ],
)
def test_the_charset_is_read_quoted_or_not_h9(value: bytes, found: str | None) -> None:
    assert charset(value) == found


def test_another_charset_leaves_the_other_parameters_h9() -> None:
    value = b'text/html ; a=b; CHARSET="x"; c=d'
    assert with_charset(value, "utf-8") == b"text/html; a=b; c=d; charset=utf-8"


@given(st.binary(max_size=60))
def test_no_content_type_is_an_error(value: bytes) -> None:
    kind(value)
    charset(value)
    assert with_charset(value, "utf-8").endswith(b"; charset=utf-8")


@pytest.mark.parametrize(
    ("values", "saved"),
    [
        ([b"attachment"], True),
        ([b" ATTACHMENT ; filename=a.html"], True),
        ([b"inline"], False),
        ([b'attachment="x"'], False),
        ([], False),
        ([b"attachment", b"attachment"], False),
    ],
)
def test_only_one_plain_header_makes_a_download(values: list[bytes], saved: bool) -> None:
    assert is_attachment(values) is saved


@pytest.mark.parametrize(
    ("start", "html"),
    [
        (b"", None),
        (b" \n", None),
        (b"<", None),
        (b"<?x", None),
        (b"<?xml ", False),
        (b"<a", True),
        (b"<!", True),
        (b"\xef\xbb\xbf\n<p>x", True),
        (b"x<p>", False),
        (b" " * 1445, False),
        (b" " * 1444 + b"<html>", True),
        (b" " * 1445 + b"<html>", False),
    ],
)
def test_the_first_bytes_tell_html_or_that_more_are_needed_h10(
    start: bytes, html: bool | None
) -> None:
    assert looks_like_html(start) is html


def test_a_row_of_blanks_is_looked_through_once() -> None:
    """Again from each of them, this would take an hour."""
    assert charset(b"text/html;" + b" " * 1_000_000) is None
