"""What is text for a browser is left alone; what is markup for some is not (edges.md 5)."""

from __future__ import annotations

import pytest

from tests.html.rewriting import HELD, THEM, held

PROBE = f"<img src={THEM}>"
CAUGHT = f"<img{HELD} data-consent-src={THEM}>"


@pytest.mark.parametrize("name", ["textarea", "title", "xmp", "noembed", "noframes", "iframe"])
def test_markup_in_raw_text_is_text_5(name: str) -> None:
    for text in (PROBE, f"<!-- {PROBE}", f"</{name}s {PROBE}", f"<{name}>{PROBE}"):
        page = f"<{name}>{text}</{name.upper()}\n>{PROBE}"
        assert held(page) == page[: -len(PROBE)] + CAUGHT


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- PROBE -->",
        "<!--PROBE--!>",
        "<!---PROBE--->",
        "<!--!>PROBE-->",
        "<!--->",
        "<!-->",
        "<!---!>PROBE-->",
        "<!doctype html PUBLIC 'x'>",
        "<?php x ?>",
        "<!x y>",
        "</ x y>",
        "</>",
        "<![CDATA[ x>",
        "<!-- <!-- PROBE -->",
        "<!----!>",
    ],
)
def test_a_comment_is_left_alone_and_ends_where_it_ends_5(comment: str) -> None:
    page = comment.replace("PROBE", PROBE)
    assert held(page + PROBE) == page + CAUGHT


@pytest.mark.parametrize("start", ["<!x ", "<? ", "</ ", "<![CDATA[ "])
def test_a_bogus_comment_ends_at_the_first_bracket(start: str) -> None:
    assert held(f"{start}{PROBE}{PROBE}") == f"{start}{PROBE}{CAUGHT}"


def test_nothing_follows_plaintext() -> None:
    assert (
        held(f"<plaintext>{PROBE}</plaintext>{PROBE}") == f"<plaintext>{PROBE}</plaintext>{PROBE}"
    )


@pytest.mark.parametrize(
    "tag", ["template", "template shadowrootmode=open", "object", "dialog", "x-a"]
)
def test_content_that_may_come_alive_is_looked_at(tag: str) -> None:
    assert held(f"<{tag}>{PROBE}</{tag}>") == f"<{tag}>{CAUGHT}</{tag}>"


@pytest.mark.parametrize(
    "text", ["a < b", "<", "</", "<3", "a <- b", "< img src=//t.test>", "&lt;img src=//t.test>"]
)
def test_a_bracket_that_begins_nothing_is_text(text: str) -> None:
    assert held(f"{text}") == text


@pytest.mark.parametrize(
    "page", ["<img src='//t.test", "<img", "<!-- x", "</p x='", "<?x", "<title>x", "<!-", "<p><"]
)
def test_what_a_page_breaks_off_in_is_passed_on(page: str) -> None:
    assert held(page) == page


def test_each_tracker_in_noscript_is_held_alone_5() -> None:
    page = f"<noscript>{PROBE}<img src=/a><iframe src={THEM}></iframe></noscript>"
    expected = (
        f"<noscript>{CAUGHT}<img src=/a><iframe{HELD} data-consent-src={THEM}></iframe></noscript>"
    )
    assert held(page) == expected


@pytest.mark.parametrize(
    "inside",
    [
        "<!-- ",
        "<p title='",
        "<img src=//t.test ",
        "<style>",
        "<title>",
        "<script>",
        "<svg><style>",
        "<select>",
        "<textarea>",
        "<plaintext>",
    ],
)
def test_noscript_that_leaves_something_open_holds_no_markup(inside: str) -> None:
    """With scripts off its end tag would be part of that; with scripts on it is the end."""
    left = held(f"<noscript>{inside}</noscript>{PROBE}")
    assert left == f"<noscript>{inside.replace('<', '&lt;')}</noscript>{CAUGHT}"


def test_noscript_without_an_end_is_markup_all_the_same() -> None:
    assert held(f"<noscript>{PROBE}") == f"<noscript>{CAUGHT}"


def test_noscript_in_noscript_is_markup() -> None:
    assert held(f"<noscript><noscript>{PROBE}</noscript>{PROBE}").endswith(CAUGHT)
    assert PROBE not in held(f"<noscript><noscript>{PROBE}</noscript>{PROBE}")


def test_a_loader_in_noscript_is_held_too() -> None:
    assert "undecided" in held("<noscript><script>counter.start(1)</script></noscript>")
