"""Every encoding that a page may have (edges.md H9)."""

from __future__ import annotations

import pytest

from consent.html.charset import Charset
from tests.html.rewriting import rewriter, rewritten, streamed

TEXT = "<p title='é表ソ能'>表ソ能<img src=//t.test/表 alt=ソ></p>"
LEFT = TEXT.replace("<img src", "<img data-consent-held=undeclared data-consent-src")
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "shift_jis": "cp932",
    "gbk": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022_jp",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "koi8-r": "koi8-r",
}


def markup_in(codec: str, text: str) -> bytes:
    return text.encode(codec, "ignore")


@pytest.mark.parametrize("label", ENCODINGS)
def test_only_the_held_tag_changes_h9(label: str) -> None:
    codec = ENCODINGS[label]
    page, left = markup_in(codec, TEXT), markup_in(codec, LEFT)
    assert rewritten(page, charset=label) == left
    assert rewritten(page, charset=label.upper()) == left


@pytest.mark.parametrize("label", ENCODINGS)
def test_cut_into_single_bytes_too_h9(label: str) -> None:
    page = markup_in(ENCODINGS[label], TEXT)
    pieces = [page[at : at + 1] for at in range(len(page))]
    assert streamed(rewriter(charset=label), pieces) == rewritten(page, charset=label)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("charset", [None, "latin1", "utf-8", "gbk"])
def test_a_byte_order_mark_beats_the_header_h9(codec: str, charset: str | None) -> None:
    assert rewritten(TEXT.encode(codec), charset=charset) == LEFT.encode(codec)


def test_a_big_endian_mark_is_known_too_h9() -> None:
    page = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert rewritten(page, charset=None) == b"\xfe\xff" + LEFT.encode("utf-16-be")


@pytest.mark.parametrize(
    ("start", "codec"),
    [
        (b"<meta charset=gbk>", "gbk"),
        (b"<META/CHARSET='Shift_JIS'>", "cp932"),
        (b"<meta content='text/html; charset=euc-kr' http-equiv=Content-Type>", "cp949"),
        (b"<meta http-equiv=x content='charset=gbk'>", None),
        (b"<!-- <meta charset=gbk> -->", None),
        (b"<!-- <meta charset=gbk>", None),
        (b"<!-- <meta charset=big5> --><meta charset=gbk>", "gbk"),
        (b"<p title='<meta charset=gbk>'>", None),
        (b"</p title='<meta charset=gbk>'>", None),
        (b"<metas charset=gbk>", None),
        (b"<meta charset=unheard-of><meta charset=gbk>", "gbk"),
        (b"<meta charset=gbk charset=utf-8>", "gbk"),
        (b"<meta charset=utf-16>", "utf-8"),
        (b"<meta charset=x-user-defined>", "latin-1"),
        (b"a" * 1020 + b"<meta charset=gbk>", None),
        (b"<!doctype html><?x charset=a?><title>b</title><meta charset=gbk>", "gbk"),
    ],
)
def test_the_label_is_looked_for_as_browsers_do_h9(start: bytes, codec: str | None) -> None:
    charset = Charset(None)
    charset.decode(start, final=True)
    assert charset.codec == codec
    assert (charset.found is not None) is (codec is not None)


def test_the_header_beats_what_the_page_says_h9() -> None:
    charset = Charset("gbk")
    charset.decode(b"<meta charset=utf-8>")
    assert charset.codec == "gbk"
    assert charset.found is None


def test_an_unlabelled_page_is_kept_byte_for_byte_h9() -> None:
    page = bytes(range(256)) * 9
    assert rewritten(page, charset=None) == page
    assert rewritten(page, charset="no such thing") == page


def test_half_a_character_of_utf_16_is_kept_h9() -> None:
    page = b"\xff\xfe" + "a".encode("utf-16-le") + b"\x00\xd8" + "b".encode("utf-16-le")
    assert rewritten(page) == page


def test_what_is_no_iso_2022_jp_becomes_what_we_read_h9() -> None:
    """A browser must see what was judged, not what the bytes may also mean."""
    assert rewritten(b"\x1b$Bb\xff<img src=//t.test>", charset="iso-2022-jp").isascii()


def test_kanji_that_are_brackets_in_ascii_are_no_markup_h9() -> None:
    page = "表<p>".encode("iso2022_jp") + b"\x1b$B<img src=//t.test>\x1b(B"
    assert b"held" not in rewritten(page, charset="iso-2022-jp")
    assert b"held" in rewritten(page, charset="utf-8")


HELD_RULES = b'{"note": "%b", "prefetch": [{"urls": ["https://t.test/x"]}]}'
LINKS = b'{"note": "%b", "prefetch": [{"where": {"href_matches": "*"}}]}'


@pytest.mark.parametrize("label", ["shift_jis", "gbk", "gb18030", "big5"])
def test_a_backslash_that_is_half_a_character_escapes_nothing_h9(label: str) -> None:
    """Neither the end of a string of JSON, nor that of an address in CSS."""
    character = {"shift_jis": "ソ", "big5": "功"}.get(label, "誠").encode(label)
    assert character[1:] == b"\\"
    for rules in (HELD_RULES, LINKS):
        script = b"<script type=speculationrules>" + rules % character + b"</script>"
        left = rewritten(script, charset=label)
        assert b'"https://t.test' not in left
        assert b'"where"' not in left
        assert character in left
    sheet = b"<style>a{background:url(//t.test/%b);x:url(y)}</style>" % character
    left = rewritten(sheet, charset=label)
    assert left.endswith(b");x:url(y)}</style>")
    assert b"(//t.test" not in left


def test_a_backslash_behind_no_first_half_stays_one_h9() -> None:
    left = rewritten(
        b"<style>a{x:\x85\\;background:u\\72l(//t.test/)}</style>", charset="shift_jis"
    )
    assert b"(//t.test" not in left


@pytest.mark.parametrize("label", ["utf-8", "utf-16le", "shift_jis", "iso-2022-jp", "euc-jp"])
def test_an_address_in_a_style_sheet_is_read_in_the_encoding_of_the_page_h9(label: str) -> None:
    codec = ENCODINGS[label]
    sheet = "<style>a{background:url(https://ｃｏｕｎｔｅｒ.example.net/ソ)}</style>"
    parked = "about:invalid#consent:analytics/counter/https%3A%2F%2F"
    left = rewritten(sheet.encode(codec), charset=label).decode(codec)
    assert parked in left
    assert left.endswith("%2F%E3%82%BD)}</style>")


def test_an_address_in_json_is_read_in_the_encoding_of_the_page_h9() -> None:
    script = "<script type=importmap>{'imports': {'m': 'https://t.test/ソ'}}</script>"
    left = rewritten(script.replace("'", '"').encode("shift_jis"), charset="shift_jis")
    assert b"%2F%E3%82%BD" in left


def test_a_reference_in_uncertain_css_is_a_character_h9() -> None:
    page = b"<svg><style>a{background:u&#x72;l(//t.test/&#x30bd;)}</style></svg>"
    assert b"%2F%E3%82%BD" in rewritten(page)
