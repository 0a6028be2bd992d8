"""How much of a page is looked at how often, counted: linear, whatever is in it (edges.md 1)."""

from __future__ import annotations

import re
from itertools import product

import pytest

from consent.html import css, tokens, uncertain
from consent.html import rewriter as data
from tests.html.rewriting import rewriter, rewritten, streamed

SIZE = 1 << 15
SHAPES = [
    (b"<svg>", b"<a "),
    (b"<svg>", b"<a b='"),
    (b"<svg>", b"<a b=' >"),
    (b"<svg>", b"<p '=\" <p \"='"),
    (b"<svg>", b"</a "),
    (b"<svg>", b"<!x "),
    (b"<svg>", b"<img src=//t.test "),
    (b"<svg>", b"<script>"),
    (b"<svg>", b"<style>a{b:url(//t.test)}"),
    (b"<svg><!--", b"<a "),
    (b"<svg><![CDATA[", b"<a b='>"),
    (b"<svg><script>", b"<img src=//t.test>"),
    (b"<svg><title>x</b '</svg><script>var d=\"", b"<a "),
    (b"<select>", b"<a x='>"),
    (b"<math>", b'<mi a=">'),
    (b"<frameset>", b"<frame src='>"),
    (b"<p>", b"<a "),
    (b"<p>", b"</a "),
    (b"<p>", b"<!x "),
    (b"<p>", b"<?"),
]


class Counted:
    """A pattern that counts the bytes it looks at."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self.pattern = pattern
        self.bytes = 0

    def match(self, page: bytes, at: int = 0, end: int = 1 << 62) -> re.Match[bytes] | None:
        found = self.pattern.match(page, at, end)
        self.bytes += (found.end() if found else min(end, len(page))) - at
        return found


@pytest.mark.parametrize(("before", "again"), SHAPES)
def test_tags_within_tags_are_read_a_bounded_number_of_times(
    monkeypatch: pytest.MonkeyPatch, before: bytes, again: bytes
) -> None:
    counted = []
    for room, name in product((uncertain, data), ("TAG", "END_TAG", "BOGUS")):
        counted.append(Counted(getattr(room, name)))
        monkeypatch.setattr(room, name, counted[-1])
    for end in (b"", b">", b"'>", b'">'):
        page = before + again * (SIZE // len(again)) + end
        most = uncertain.GRACE + (uncertain.PATIENCE + 6) * len(rewritten(page))
        assert sum(each.bytes for each in counted) < most
        for each in counted:
            each.bytes = 0


def test_a_tag_that_comes_in_pieces_is_tried_again_a_bounded_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted = Counted(tokens.TAG)
    monkeypatch.setattr(data, "TAG", counted)
    pieces = [b'a="b" c=d '] * (SIZE // 2)
    left = streamed(rewriter(), [b"<img ", *pieces, b"src=//t.test>"])
    assert b"data-consent-src=//t.test" in left
    assert counted.bytes < 32 * len(left)


def test_what_ends_a_long_tag_is_seen_at_once() -> None:
    begun = b"<img " + b"a=b " * (SIZE // 4)
    page = rewriter()
    assert page.feed(begun) == b""
    page.feed(b"c")
    assert page.feed(b"=d>" + b"x" * 256).startswith(begun + b"c=d>")


@pytest.mark.parametrize(
    "again", ["url(", "set(", "image(a,", "@import/*", "src(/*", "url(/*", "\\61", "set('a' "]
)
def test_addresses_within_addresses_are_looked_for_a_bounded_number_of_times(again: str) -> None:
    """In a style sheet; one that is all places in places is emptied, what may be one is not."""
    sheet = again * (SIZE * 8 // len(again))
    looked = 0
    from_place = css._from_place

    def counted(text: str, name: str, start: int) -> tuple[int, list[css.Span]]:
        nonlocal looked
        end, found = from_place(text, name, start)
        looked += end - start
        return end, found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(css, "_from_place", counted)
        left = css.park(sheet, lambda _: None)
    assert looked < css.GRACE + (css.PATIENCE + 1) * len(sheet)
    assert left == ("" if again not in ("url(", "url(/*") else sheet)


def test_what_cannot_be_looked_at_any_more_is_no_tag() -> None:
    left = rewritten(b"<svg>" + b"<a " * 20_000 + b"<img src=//t.test " + b"<a " * 20_000 + b">")
    assert b" < a < a " in left
    assert b"<img src" not in left


def test_what_is_looked_at_no_more_does_not_depend_on_the_chunks() -> None:
    page = b"<svg><!-- " + b"<a </b <img src=//t.test " * 4000 + b">--><img src=//t.test>"
    whole = rewritten(page)
    assert b"< img" in whole
    for size in (1000, 33_333):
        cut = [page[at : at + size] for at in range(0, len(page), size)]
        assert streamed(rewriter(), cut) == whole


def test_an_end_tag_too_long_to_keep_hides_nothing() -> None:
    long = b"x" * (1 << 20)
    for begun in (b"</a '" + long + b"' b=1>", b"<!a" + long + b">"):
        left = rewritten(begun + b"<img src=//t.test>")
        assert left.startswith(begun)
        assert b" data-consent-src=//t.test" in left


def test_deeper_than_browsers_go_nothing_is_counted() -> None:
    page = b"<svg>" + b"<a-b>" * 1000 + b"</a-b>" * 1000 + b"</svg><!-- <img src=//t.test> -->"
    assert b"data-consent-src" in rewritten(page)
