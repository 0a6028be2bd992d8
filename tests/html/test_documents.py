"""Documents within documents, navigation, and what is never touched."""

from __future__ import annotations

from base64 import b64encode
from html import escape, unescape
from urllib.parse import quote

import pytest

from consent.html.rewriter import DEEPEST
from tests.headers import rulings
from tests.html.rewriting import COUNTED, COUNTER, HELD, THEM, UNREAD, Marks, held, rewritten

PROBE = f"<img src={THEM}>"
CAUGHT = f"<img{HELD} data-consent-src={THEM}>"


def nested(document: str, depth: int) -> str:
    for _ in range(depth):
        document = f'<iframe srcdoc="{escape(document)}"></iframe>'
    return document


def test_a_document_in_srcdoc_is_rewritten_7() -> None:
    page = f'<iframe srcdoc="{escape(PROBE)}" src=/a></iframe>'
    assert held(page) == f'<iframe srcdoc="{escape(CAUGHT)}" src=/a></iframe>'


@pytest.mark.parametrize(
    "written",
    ["'&lt;img src=//t.test&gt;'", "&lt;img&#x20;src=//t.test&gt;", '"<img src=//t.test>"'],
)
def test_however_srcdoc_is_written(written: str) -> None:
    value = held(f"<iframe srcdoc={written}>").partition("=")[2].strip("'>")
    assert "data-consent-src=//t.test" in unescape(value)


def test_a_document_with_nothing_held_is_not_rewritten() -> None:
    page = "<iframe srcdoc='&lt;p class=a&gt;é<img src=/a>'></iframe>"
    assert held(page) == page


@pytest.mark.parametrize("depth", range(1, DEEPEST + 3))
def test_documents_nest_and_the_deepest_are_emptied(depth: int) -> None:
    value = held(nested(PROBE, depth))
    for _ in range(depth * 2):
        value = unescape(value)
    assert " src=https" not in value
    assert ("data-consent-src" in value) is (depth <= DEEPEST)


def test_text_alone_may_lie_as_deep_as_it_likes() -> None:
    page = nested("a", DEEPEST + 1)
    assert held(page) == page


def test_a_base_in_a_nested_document_is_its_own() -> None:
    page = '<iframe srcdoc="<base href=//till.example.net/>"></iframe><img src=a>'
    assert held(page) == page


FRAMES = ["iframe src", "embed src", "object data", "frame src", "use href"]


@pytest.mark.parametrize("tag", FRAMES)
@pytest.mark.parametrize(
    "url",
    [
        "data:text/html,<img src=//t.test>",
        "data:text/html,%3Cimg src=//t.test%3E",
        "DATA:text/html;charset=utf-8;BASE64," + b64encode(b"<img src=//t.test>").decode(),
        "data:image/svg+xml,<svg><image href='//t.test'/></svg>",
        "data:text/html;charset=utf-16le," + quote("<img src=//t.test>".encode("utf-16-le")),
        "data:text/html," + quote(b"\xff\xfe" + "<img src=//t.test>".encode("utf-16-le")),
        "\tda\nta:text/html,<script>counter.start(1)</script>",
    ],
)
def test_a_document_in_a_data_url_is_read_7(tag: str, url: str) -> None:
    assert UNREAD in held(f'<{tag}="{url}">')


@pytest.mark.parametrize("tag", FRAMES)
@pytest.mark.parametrize(
    "url", ["data:text/html,<p>a<img src=/a>", "data:,", "data:image/png;base64,AAAA", "/a"]
)
def test_a_data_url_that_loads_nothing_passes(tag: str, url: str) -> None:
    assert held(f'<{tag}="{url}">') == f'<{tag}="{url}">'


def test_a_held_frame_shows_its_placeholder() -> None:
    page = f"<html lang=fr><body><iframe src={COUNTER}></iframe>".encode()
    left = rewritten(page, insertions=Marks())
    shown = escape("<p>counter&fr").encode()
    marks = COUNTED.encode() + b" data-consent-placeholder"
    assert b"<iframe" + marks + b' srcdoc="' + shown + b'" data-consent-src' in left


def test_a_frame_that_brings_its_own_document_keeps_it() -> None:
    page = f"<body><iframe src={COUNTER} srcdoc=a></iframe>".encode()
    assert rewritten(page, insertions=Marks()).count(b"srcdoc") == 1


@pytest.mark.parametrize(
    "rest", [f"0;url={THEM}", f"5; URL = '{THEM}'", f'0,"{THEM}"', f"0 {THEM}", "0", "", "x"]
)
def test_a_refresh_to_an_undeclared_host_is_navigation(rest: str) -> None:
    """design.md §2, principle 8."""
    page = f"<meta http-equiv=refresh content='{escape(rest)}'>"
    assert held(page) == page


@pytest.mark.parametrize(("insert", "held"), [("head", True), ("always", False)])
def test_in_a_frame_a_refresh_to_an_undeclared_host_leads_nobody_and_loads(
    insert: str, held: bool
) -> None:
    page = f"<meta http-equiv=refresh content='0;{THEM}'>"
    assert (b"data-consent-http-equiv" in rewritten(page.encode(), insert=insert)) is held
    within = f'<iframe srcdoc="{page}"></iframe>'
    assert b"data-consent-http-equiv" in rewritten(within.encode(), insert=insert)
    by = rulings.ruling(rulings.blocking(undeclared_hosts="report"))
    assert b"data-consent" not in rewritten(page.encode(), insert=insert, by=by)


@pytest.mark.parametrize(
    "rest", [f"0;url={COUNTER}", f"0; URL = '{COUNTER}'", f'1,"{COUNTER}', f".5 {COUNTER}"]
)
@pytest.mark.parametrize("word", ["refresh", "Refresh", "&#114;efresh", " refresh"])
def test_a_refresh_to_a_held_service_is_held(rest: str, word: str) -> None:
    page = f'<meta content="{escape(rest)}" http-equiv="{word}">'
    expected = f'<meta{COUNTED} content="{escape(rest)}" data-consent-http-equiv="{word}">'
    assert held(page) == expected


@pytest.mark.parametrize(
    "page",
    [
        f"<meta http-equiv=refresh><meta content='0;{COUNTER}'>",
        "<meta http-equiv=refresh content='0;https://['>",
        f"<meta property=og:image content={THEM}>",
        f"<meta http-equiv=x content='0;{COUNTER}'>",
        f"<a href={THEM} target=_blank rel=noopener>a</a>",
        f"<area href={THEM}><form action={THEM}><button formaction={THEM}>a</button></form>",
        f"<blockquote cite={THEM}><q cite={THEM}></q></blockquote>",
        f"<p>{THEM}</p><p data-src={THEM} title='<img src={THEM}>'></p>",
        f"<p data-x='{{\"src\":\"{THEM}\"}}' :src='a > b' @click=\"x('<img src={THEM}>')\"></p>",
        f"<link rel=canonical href={THEM}><link rel=alternate hreflang=en href={THEM}>",
        f"<div itemscope itemid={THEM}><svg><a href={THEM}><path/></a></svg></div>",
        f"<img data-consent-src={THEM}>",
    ],
)
def test_links_forms_and_mentions_are_not_touched_4(page: str) -> None:
    """design.md §2, principle 8."""
    assert held(page) == page


def test_a_ping_is_held_and_its_link_is_not() -> None:
    assert held(f"<a href={THEM} ping='/a {THEM}'>") == (
        f"<a{HELD} href={THEM} data-consent-ping='/a {THEM}'>"
    )
