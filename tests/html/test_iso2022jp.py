"""ISO-2022-JP as browsers read it, and written again as it was (edges.md H9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.html.charset import Charset
from tests.html.rewriting import COUNTED, rewritten, ruling

LABEL = "iso-2022-jp"
HELD = b"<script src=https://counter.example.net/x></script>"
KEPT = HELD.replace(
    b"<script src", b"<script%b type=text/plain data-consent-src" % COUNTED.encode()
)
WRITTEN = {
    "of the standard": b"\x1b$B4A;z\x1b(B",
    "of an older standard": b"\x1b$@4A;z\x1b(B",
    "numbers in circles, which the standard lacks": b"\x1b$B-!\x1b(B",
    "of IBM": b"\x1b$By!\x1b(B",
    "named twice": b'\x1b$B"L\x1b(B',
    "a wave": b"\x1b$B!A\x1b(B",
    "nobody's": b"\x1b$B))\x1b(B",
    "half as wide": b"\x1b(I123\x1b(B",
    "a yen and a line": b"\x1b(J\\ ~\x1b(B",
    "back to Roman": b"\x1b$B4A\x1b(J in Roman ",
    "from one to the other": b"\x1b$B4A\x1b(I1\x1b$@4A\x1b(B",
    "with nothing between two sequences": b"\x1b$B4A\x1b(B\x1b$B;z\x1b(B",
}
pieces = st.sampled_from(
    [b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b$@", b"\x1b$B", b"\x1b$", b"\xff", b"\n"]
    + [b"4A", b"!", b"\\", b"<p>", b"<img src=//t.test>"]
)


def read(data: bytes) -> str:
    charset = Charset(LABEL)
    return charset.text(charset.decode(data, final=True))


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_what_is_not_held_leaves_as_it_came_h9(text: bytes) -> None:
    page = b"<p title='" + text + b"'>" + text + b"</p>" + HELD
    assert rewritten(page, charset=LABEL) == page.replace(HELD, KEPT)
    assert rewritten(page, charset=LABEL, by=ruling(granted=True)) == page


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b$B4A;z\x1b(B", "漢字"),
        (b"\x1b$@4A", "漢"),
        (b"\x1b$B-!\x1b$By!\x1b$B!A", "①纊～"),
        (b"\x1b(I1\x1b(J\\~a\x1b(B\\", "ｱ¥‾a\\"),
        (b"\x1b$B))\x1b(B", "\ufffd"),
        (b"a\x1b$B\x1b(Bb", "a\ufffdb"),
        (b"a\x1b(Bb\x1b(J", "ab"),
        (b"\x1b$B4\nA\x1b(B", "\ufffd\ufffd"),
        (b"\x1b$B4\x1b(Ba", "\ufffda"),
        (b"\x1b$B4", "\ufffd"),
        (b"\x1b$(Dx\x0e", "\ufffd$(Dx\ufffd"),
    ],
)
def test_it_is_read_as_browsers_read_it_h9(data: bytes, text: str) -> None:
    """As Chromium's TextDecoder gives it."""
    assert read(data) == text


def test_a_sequence_within_a_tag_hides_nothing_h9() -> None:
    """Browsers make nothing of it, and see the tag."""
    page = b"<sc\x1b(Jript s\x1b(Brc=https://counter.example.net/x></script>"
    assert rewritten(page, charset=LABEL) == KEPT


def test_a_host_in_wide_letters_is_whose_it_is_h9() -> None:
    wide = "ｃｏｕｎｔｅｒ.example.net".encode("iso2022_jp")
    assert b"service=counter" in rewritten(b"<img src=//" + wide + b"/x>", charset=LABEL)


@given(st.lists(pieces), st.data())
def test_where_the_page_is_cut_does_not_matter_h9(parts: list[bytes], data: st.DataObject) -> None:
    page = b"".join(parts)
    cut = data.draw(st.integers(0, len(page)))
    charset = Charset(LABEL)
    first = charset.decode(page[:cut])
    assert charset.text(first + charset.decode(page[cut:], final=True)) == read(page)


@given(st.lists(pieces))
def test_what_leaves_is_read_as_what_was_judged_h9(parts: list[bytes]) -> None:
    charset = Charset(LABEL)
    judged = charset.decode(b"".join(parts), final=True)
    left = read(charset.encode(judged)).replace("&#65533;", "\ufffd")
    assert left.replace("\ufffd", "") == charset.text(judged).replace("\ufffd", "")
