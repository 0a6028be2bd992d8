"""Style sheets: addresses found as CSS Syntax 3 reads them, parked in place (edges.md 7)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.html import css
from tests.html.rewriting import COUNTER, THEM, held

PARKED = "about:invalid#consent:https%3A%2F%2Ft.test%2Fx"
FETCHED = [
    "a{b:url(THEM)}",
    "a{b:url( THEM )}",
    "a{b:url('THEM')}",
    'a{b:URL(\n"THEM"\n)}',
    "a{b:url(THEM",
    "a{b:url('THEM",
    "a{b:src('THEM')}",
    "a{b:url('THEM' foo)}",
    "@import 'THEM';",
    '@IMPORT"THEM" screen;',
    "@import/* ' */ 'THEM' layer(x);",
    "@import url(THEM);",
    "@import 'THEM",
    "a{b:image-set('THEM' 1x, '/a' 2x)}",
    "a{b:image-set('/a' type('a)b'), (1x), 'THEM' 2x)}",
    "a{b:-webkit-image-set(url(THEM) 1x)}",
    "a{b:image('THEM')}",
    "a{b:cross-fade(url('/a'), url('THEM'))}",
    "@font-face{src:local(x), url(THEM) format('woff')}",
    "a{--x:url(THEM)}",
    "@namespace x url(/a);@import 'THEM';",
    "@namespace x '/a';a{b:url(THEM)}",
    "/* a */a{b:url(THEM)}/* url(/a) */",
    "<!-- a{b:url(THEM)} -->",
    "a{b:u\\72l(THEM)}",
    "a{b:u\\72 l(THEM)}",
    "a{b:\\75\\72\\6c(THEM)}",
    "a{b:u\\000072\r\nl(THEM)}",
    "@\\69mport 'THEM';",
    "@im\\70 ort 'THEM';",
    "a{b:image-\\73 et('THEM' 1x)}",
    "a{b:İurl(/) url(THEM)}",
    "é{b:url(THEM)}",
    "a{b:xurl(/)url(THEM)}",
]
# A rule is none in an attribute.
IN_ATTRIBUTES = [each for each in FETCHED if '"' not in each and "(" in each]
KEPT = [
    "a{b:url(/**/'THEM')}",
    "",
    "a{b:url(/a.png)}",
    "a{b:url(#a)}",
    "a{b:url()}",
    "a{b:url(a\\.png)}",
    "a{b:url(data:image/png;base64,AAAA)}",
    "a{b:'THEM'}",
    "a[href='THEM']{c:d}",
    "@namespace 'THEM';",
    "@namespace svg url(THEM);",
    "a{b:THEM}",
    "\\",
    "\\\n",
    "a\\",
    "a{b:image-set(1x; 'THEM')}",
    "a{b:\\31 23('THEM')}",
    "@import;'THEM'",
    "a{b:url(",
    "a{b:image-set(",
]


@pytest.mark.parametrize("sheet", FETCHED)
def test_a_fetched_address_is_parked(sheet: str) -> None:
    left = held(f"<style>{sheet.replace('THEM', THEM)}</style>")
    assert left == f"<style>{sheet.replace('THEM', PARKED)}</style>"


@pytest.mark.parametrize("sheet", KEPT)
def test_what_fetches_nothing_from_others_stays(sheet: str) -> None:
    markup = f"<style>{sheet.replace('THEM', THEM)}</style>"
    assert held(markup) == markup


@pytest.mark.parametrize("sheet", IN_ATTRIBUTES)
def test_in_an_attribute_the_same_is_parked(sheet: str) -> None:
    written = sheet.replace("THEM", THEM)
    assert THEM not in held(f'<p style="{written}">')
    assert PARKED in held(f'<p style="{written}">')


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        (f"<p style=b:url({THEM})>", f'<p style="b:url({PARKED})">'),
        (f"<p style='b:url(\"{THEM}\")'>", f"<p style='b:url(&quot;{PARKED}&quot;)'>"),
        (f'<p style="b:url(&quot;{THEM}&quot;)">', f'<p style="b:url(&quot;{PARKED}&quot;)">'),
        (f'<p style="b:&#117;rl({THEM})">', f'<p style="b:url({PARKED})">'),
        (f'<p style="b:url({THEM}" style=c>', f'<p style="b:url({PARKED}" style=c>'),
    ],
)
def test_a_parked_attribute_stays_one_attribute(markup: str, left: str) -> None:
    assert held(markup) == left


@pytest.mark.parametrize(
    "written", ["\\68ttps://t.test/x", "https:\\/\\/t.test/x", "https://t\\.test/x"]
)
def test_escapes_in_an_address_are_undone_before_it_is_judged(written: str) -> None:
    assert held(f"<style>a{{b:url({written})}}</style>") == f"<style>a{{b:url({PARKED})}}</style>"


def test_an_escaped_line_end_in_a_string_is_nothing() -> None:
    sheet = "a{b:url('https://\\\nt.test/x')}"
    assert held(f"<style>{sheet}</style>") == f"<style>a{{b:url('{PARKED}')}}</style>"


def test_a_sheet_ends_at_its_end_tag_only() -> None:
    page = f"<style>/* </styles> <img src={THEM}> */ a{{b:url({THEM})}}</STYLE ><p>"
    expected = f"<style>/* </styles> <img src={THEM}> */ a{{b:url({PARKED})}}</STYLE ><p>"
    assert held(page) == expected


def test_an_address_that_a_grant_releases_says_whose_it_is() -> None:
    parked = "about:invalid#consent:analytics/counter/https%3A%2F%2Fcounter.example.net%2Fx"
    assert held(f"<style>a{{b:url({COUNTER})}}</style>") == f"<style>a{{b:url({parked})}}</style>"
    rules = f'{{"a":"{COUNTER}"}}'
    page = f"<script type=speculationrules>{rules}</script>"
    assert held(page) == page.replace(COUNTER, parked)


def test_a_sheet_in_a_data_url_is_read_7() -> None:
    for sheet in ("@import%20'//t.test'", ";base64,QGltcG9ydCAnLy90LnRlc3QnOw=="):
        comma = "" if sheet.startswith(";") else ","
        page = f'<link rel=stylesheet href="data:text/css{comma}{sheet}">'
        assert "data-consent-held=unreadable" in held(page)
    assert "held" not in held('<link rel=stylesheet href="data:text/css,a{b:url(/c)}">')


@given(st.text(alphabet="url(srcimport@set\\72 6c'\"/*;{})\n\rİ\0-<!", max_size=60))
def test_no_sheet_raises_and_what_is_parked_stays_parked(text: str) -> None:
    def parked(address: str) -> str | None:
        return None if address.startswith("about:") else css.PARKED + quote(address, safe="")

    once = css.park(text, parked)
    assert css.park(once, parked) == once


@given(st.text(max_size=80))
def test_a_sheet_with_nothing_held_is_not_touched(text: str) -> None:
    assert css.park(text, lambda address: None) == text
