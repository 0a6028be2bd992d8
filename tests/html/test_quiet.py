"""What is passed over without a look is what a look would have left as it is (edges.md 1, 7)."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consent.html import rewriter as data
from consent.html import text, uncertain
from consent.html.asked import asked
from consent.html.names import ANY_TAG, ASKED_ATTRIBUTES, BY_TAG, LOADING_RELS
from consent.html.quiet import CALM_PART, QUIET, QUIET_AT_HOME, QUIET_TAG
from consent.html.tokens import TAG, TEXT, attributes
from tests.html.rewriting import THEM, held, rewriter, streamed

NOTHING = re.compile(rb"(?!)")
NAMES = sorted(
    {"a", "p", "div", "li", "meta", "link", "input", "body", "x-y", "g", "path", "use", "option"}
    | {"title", "mi", "desc", *BY_TAG}
)
PLAIN = {"class", "id", "d", "alt", "xmlns"}
ATTRIBUTES = sorted(ASKED_ATTRIBUTES | PLAIN)
VALUES = [
    *("", "x", "/own", THEM, f"url({THEM})", f"a: rgb(1 2 3); b: url({THEM})", "#a", "a:calc(1)"),
    *("canonical", "stylesheet", "refresh", f"0;{THEM}", "<a ", "&#117;rl(", f"@import '{THEM}'"),
    *(f"a: SRC({THEM})", f"image-set('{THEM}' 1x)", f"url\\(({THEM})"),
]
attribute = st.builds(
    "{}{}{}{}".format,
    st.sampled_from([" ", "\n", "/", ""]),
    st.sampled_from([*ATTRIBUTES, *map(str.upper, ATTRIBUTES)]),
    st.sampled_from(['="{}"', "='{}'", "={}", ' = "{}"', ""]),
    st.sampled_from(["", " "]),
)
tag = st.builds(
    lambda name, attributes, values, end: (
        f"<{name}" + "".join(map(str.format, attributes, values)) + end
    ),
    st.sampled_from([*NAMES, *map(str.upper, NAMES)]),
    st.lists(attribute, max_size=4),
    st.lists(st.sampled_from(VALUES), min_size=4, max_size=4),
    st.sampled_from([">", "/>", " >"]),
)
token = st.one_of(
    tag,
    st.sampled_from(NAMES).map("</{}>".format),
    st.sampled_from(["a", " ", "<!-- a -->", "<!-->", "<!-- <b> -->", "<!x>", "</", "< "]),
)
drawing = st.builds(
    "<{0}>{1}</{0}>".format,
    st.sampled_from(["svg", "math", "select", "title"]),
    st.lists(token, max_size=4).map("".join),
)


@given(st.lists(st.one_of(token, drawing), max_size=8).map("".join), st.integers(0, 200))
@example(f'<link rel="canonical" rel="icon" href="{THEM}"><link REL="icon" href="{THEM}">', 30)
@example(f'<svg><!-- a --><path d="" style="fill: rgb(0 0 0)"/></svg><img src="{THEM}">', 30)
@example(f'<title>a</title><img src="{THEM}"><title><img src="{THEM}"></title>', 30)
@example('<svg><!--><img src="//t.test">--></svg>', 30)
def test_with_a_look_at_every_tag_the_same_comes_out(page: str, cut: int) -> None:
    with (
        patch.object(data, "QUIET", TEXT),
        patch.object(data, "QUIET_AT_HOME", TEXT),
        patch.object(text, "QUIET", NOTHING),
        patch.object(uncertain, "QUIET_TAG", NOTHING),
        patch.object(uncertain, "CALM_PART", NOTHING),
    ):
        looked_at = held(page)
    assert held(page) == looked_at
    assert streamed(rewriter(), (page[:cut].encode(), page[cut:].encode())).decode() == looked_at


@given(tag)
def test_what_is_asked_of_a_tag_is_all_that_anything_looks_at(page: str) -> None:
    found = TAG.fullmatch(page.encode())
    if found:
        each = attributes(found[0], found.end(1))
        assert asked(found[0], found.end(1)) == [a for a in each if a.name in ASKED_ATTRIBUTES]


@pytest.mark.parametrize("piece", [b"<!-- a -->", b"<title>a</title>"])
def test_what_stands_between_drawings_is_passed_over_at_once(piece: bytes) -> None:
    found = CALM_PART.match(9 * piece + b"<img src=x>")
    assert found
    assert found[0] == 9 * piece


@pytest.mark.parametrize("name", ANY_TAG)
def test_no_tag_with_an_attribute_that_loads_everywhere_is_quiet(name: str) -> None:
    for each in (name, name.upper()):
        assert not QUIET_TAG.match(f'<a class="x" {each}="url({THEM})">'.encode())
        assert QUIET.match(f'<p><a {each}="url({THEM})">'.encode())[0] == b"<p>"  # type: ignore[index]


@pytest.mark.parametrize("rel", sorted(LOADING_RELS))
def test_no_link_that_loads_is_quiet(rel: str) -> None:
    assert not QUIET_TAG.match(f'<link rel="{rel}" href="{THEM}">'.encode())


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="canonical" href="https://t.test/">',
        '<input type="text" name="a">',
        '<li style="color: rgba(0, 0, 0, .5); width: 1px">',
        "<title>a</title>",
        '<html lang="en"><head><meta http-equiv="Content-Type" content="text/html"></head><body>',
        "<math><mo>−<!-- − --></mo></math>",
        '<svg><!-- a drawing --><path d="M0 0" style="fill: rgb(0 0 0)"/></svg>',
    ],
)
def test_what_pages_are_full_of_is_quiet(markup: str) -> None:
    assert QUIET_AT_HOME.fullmatch(markup.encode())
