"""Pages as streams: cut anywhere, broken anywhere, without an end (edges.md 1, H7)."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.html.rewriter import HtmlRewriter
from consent.html.stream import LONGEST
from tests.html.rewriting import HELD, THEM, Marks, rewriter, rewritten, ruling, streamed
from tests.html.soup import TOKENS

soups = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
pages = st.one_of(soups.map(lambda soup: soup.encode()), st.binary(max_size=200))
WELL_FORMED = [
    "<img src=//t.test>",
    "<script src=//t.test></script>",
    "<script>counter.start(1)</script>",
    '<script type=importmap>{"a": "//t.test"}</script>',
    "<style>a{b:url(//t.test)}</style>",
    "<p style='a:url(//t.test)'>",
    "<svg><image href='//t.test'/><style>a{b:url(//t.test)}</style></svg>",
    "<noscript><img src=//t.test></noscript>",
    "<iframe src=https://counter.example.net/></iframe>",
    "<iframe srcdoc='<img src=//t.test>'></iframe>",
    "<meta http-equiv=refresh content='0;https://counter.example.net'>",
    "<base href=//t.test>",
    "<select><option>a</select>",
    "<noscript><p title='</noscript>",
]
modes = st.sampled_from(["always", "if-document", "head", "never"])
charsets = st.sampled_from(["utf-8", None, "gbk", "utf-16", "iso-2022-jp"])


def pieces(page: bytes, cuts: list[int]) -> Iterator[bytes]:
    places = sorted({cut % (len(page) + 1) for cut in cuts})
    for start, end in zip([0, *places], [*places, len(page)], strict=True):
        yield page[start:end]


@given(pages, st.lists(st.integers(0, 4000), max_size=8), modes, charsets)
def test_where_the_stream_is_cut_does_not_matter_h7(
    page: bytes, cuts: list[int], insert: str, charset: str | None
) -> None:
    whole = rewritten(page, insertions=Marks(), insert=insert, charset=charset)
    reader = rewriter(insertions=Marks(), insert=insert, charset=charset)
    assert streamed(reader, pieces(page, cuts)) == whole


@given(soups)
def test_nor_that_every_byte_comes_alone_h7(soup: str) -> None:
    page = soup.encode()
    reader = rewriter(insertions=Marks())
    cut = [page[at : at + 1] for at in range(len(page))]
    assert streamed(reader, cut) == rewritten(page, insertions=Marks())


@given(soups.filter(lambda soup: "http-equiv" not in soup))
def test_with_everything_allowed_the_page_is_the_original(soup: str) -> None:
    """design.md §6: taking our insertions away gives the bytes back."""
    page = soup.replace("t.test", "till.example.net").encode()
    left = rewritten(page, by=ruling(granted=True), insertions=Marks())
    plain = re.sub(rb"<!--consent-->\[(?:head|body [^]]*)\]<!--/consent-->", b"", left)
    # What a <noscript> leaves open is neutralised whoever is in it.
    assert plain == page or (b"<noscript" in page.lower() and b"&lt;" in plain)


@given(st.lists(st.sampled_from(WELL_FORMED), max_size=12))
def test_what_has_been_held_needs_no_second_look(parts: list[str]) -> None:
    once = rewritten("".join(parts).encode())
    assert rewritten(once) == once


@given(soups)
def test_the_short_cuts_change_nothing(soup: str) -> None:
    careful = rewriter()
    careful._judge.at_home = False
    assert streamed(careful, [soup.encode()]) == rewritten(soup.encode())


def test_a_run_of_separators_is_read_like_any_other() -> None:
    """``re`` loses count of groups inside what it may not give back."""
    page = b"<p></><input x='></svg a='>'></p >"
    assert rewritten(page) == page


UNENDED = {
    "script": b"<script>",
    "script with a type": b"<script type=module>",
    "rules": b"<script type=importmap>",
    "style": b"<style>",
    "noscript": b"<noscript>",
    "comment": b"<!--",
    "bogus comment": b"<!x ",
    "title": b"<title>",
    "textarea": b"<textarea>",
    "plaintext": b"<plaintext>",
    "tag": b"<p ",
    "value": b"<p title='",
    "bare value": b"<img alt=",
    "name of an attribute": b"<p a",
    "name of an end tag": b"</p",
    "end tag": b"</p title='",
    "svg": b"<svg>",
    "svg, value": b"<svg><p title='",
    "svg, end tag": b"<svg></p title='",
    "svg, bogus comment": b"<svg><!x ",
    "svg, comment": b"<svg><!-- ",
    "svg, style": b"<svg><style>",
    "svg, script": b"<svg><script>",
    "spaces": b"<p" + b" " * 9,
    "value of an address": b"<img src='//t.test/",
    "picture in its address": b"<img src='data:image/png;base64,",
    "script in its tag": b"<script title='",
}
SIZE = 3 << 20


@pytest.mark.parametrize("start", UNENDED.values(), ids=UNENDED)
def test_nothing_is_kept_without_limit_h7(start: bytes) -> None:
    reader = rewriter()
    sent = len(reader.feed(start))
    for fed in range(SIZE >> 16):
        sent += len(reader.feed(b"x" * (1 << 16)))
        assert len(start) + (fed + 1 << 16) - sent < 2 * LONGEST + (1 << 17)
    assert len(reader.close()) + sent >= SIZE


@pytest.mark.parametrize("start", UNENDED.values(), ids=UNENDED)
def test_what_is_too_long_to_keep_reads_the_same_wherever_it_is_cut_h7(start: bytes) -> None:
    page = (
        start
        + (b"a='" + b"x" * 90 + b">' }") * (SIZE // 97)
        + b"'>\"></script></style></title><img src=//t.test>"
    )
    expected = rewritten(page)
    for size in (LONGEST - 1, LONGEST, 100_003):
        cut = [page[at : at + size] for at in range(0, len(page), size)]
        assert streamed(rewriter(), cut) == expected


def test_a_long_page_needs_little_memory_h7() -> None:
    words = b"<p class='a'>text <a href='/b'>c</a></p>\n" * 400
    piece = b"<script>d()</script><img src=//t.test><svg><path/></svg><!-- e -->" + words
    reader = rewriter(insertions=Marks())
    tracemalloc.start()
    for _ in range((50 << 20) // len(piece)):
        reader.feed(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


LONG = b"x" * (2 * LONGEST)


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (
            b"<img alt='" + LONG + b"' src=//t.test src=/a>b",
            b"<img alt='" + LONG + b"' data-consent-src=//t.test src=/a>b",
        ),
        (
            b"<img src='//t.test/" + LONG + b"'>b",
            b"<img data-consent-src='//t.test/" + LONG + b"'>b",
        ),
        (b"<img src=/" + LONG + b">b", b"<img data-consent-src=/" + LONG + b">b"),
        (b"<img src='data:image/png," + LONG + b"'>", b"<img src='data:image/png," + LONG + b"'>"),
        (b"<p style='a:url(//t.test)' title='" + LONG + b"'>", None),
        (b"<script title='" + LONG + b"' src=//t.test></script>", None),
        (b"<style>a{}" + LONG + b"b{c:url(//t.test)}</style>", None),
        (b"<style>" + LONG + b"}b{c:url(//t.test)}" + LONG + b"</style>", None),
        (b"<script>" + LONG + b"</script><img src=//t.test>", None),
        (b"<script>counter.start(" + LONG + b"</script>", None),
        (b"<noscript>" + LONG + b"</noscript><img src=//t.test>", None),
        (b"<noscript>" + LONG + b"<img src=//t.test>" + LONG, None),
        (b"<svg><p alt='" + LONG + b"'><img src=//t.test>", None),
        (b"<svg><style>" + LONG + b"</style><img src=//t.test>", None),
        (b"<base title='" + LONG + b"' href=//t.test>", None),
        (b"<" + LONG + b" src=//t.test>", None),
        (b"<img " + LONG + b"=1 src=//t.test>", None),
        (b"<!-- " + LONG + b"--><img src=//t.test>", None),
    ],
)
def test_what_does_not_fit_is_held_piece_by_piece_h7(page: bytes, left: bytes | None) -> None:
    rest = rewritten(page)
    if left is None:
        assert b" src=//t.test" not in rest.replace(b"<" + LONG + b" src=", b"")
        assert b"url(//t.test" not in rest
        assert len(rest) > len(page) - 1
    else:
        assert rest == left


def test_a_base_in_a_tag_that_does_not_fit_counts() -> None:
    left = rewritten(b"<base title='" + LONG + b"' href=//t.test/><img src=a>")
    assert left.endswith(b"<img data-consent-held=undeclared data-consent-src=a>")


def test_a_tag_without_an_end_loses_its_name_where_no_reading_is_sure() -> None:
    left = rewritten(b"<svg><img alt='" + LONG + b"' src=//t.test>")
    assert left.startswith(b"<svg><x-data-consent-img alt='x")


def test_many_tags_without_an_end_are_not_looked_at_for_ever() -> None:
    """Where no tag ends, none is looked for (edges.md 1)."""
    reader = rewriter()
    page = b"<svg>" + b"<p a='" * 2000 + b"x" * (3 << 20)
    left = streamed(reader, [page])
    assert left == page
    assert reader._again == 0


def test_a_page_of_brackets_is_read_in_one_pass() -> None:
    for part in (b"<", b"<a", b"</", b"<!", b"<svg>", b"<select>", b"<p a=<", b"<!--", b"\"'<"):
        page = part * 20_000
        assert rewritten(page) == page


def test_the_first_byte_does_not_wait_for_the_last_h7() -> None:
    reader: HtmlRewriter = rewriter()
    assert reader.feed(b"<html><p>" + b"a" * 300) != b""
    assert reader.feed(b"<img src=" + THEM.encode() + b"><p>" + b"b" * 300).startswith(
        b"<img" + HELD.encode()
    )
