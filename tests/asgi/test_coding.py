"""Content codings as streams (edges.md H5)."""

from __future__ import annotations

import gzip
import importlib
import sys
import zlib
from collections.abc import Iterable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from consent.asgi import coding, optional_codings
from consent.asgi.body import PageBody
from consent.asgi.coding import CODINGS, Stack, narrowed, stack_of
from consent.errors import ContentUnreadable
from tests.asgi.exchange import pieces

TEXT = b"Some text, and then some more of it. " * 50
NAMES = sorted(CODINGS)


def decoded(stack: Stack, chunks: Iterable[bytes]) -> bytes:
    """The plain text of a whole body."""
    decoder = stack.decoder()
    plain = b"".join(piece for chunk in chunks for piece in decoder.feed(chunk))
    decoder.close()
    return plain


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("name", NAMES)
@given(data=st.binary(max_size=2000), cuts=st.lists(st.integers(0, 10_000), max_size=8))
def test_what_is_written_is_read_wherever_it_is_cut(
    name: bytes, data: bytes, cuts: list[int]
) -> None:
    stack = stack_of([name])
    encoder = stack.encoder()
    body = b"".join(map(encoder.feed, pieces(data, cuts))) + encoder.close()
    assert decoded(stack, pieces(body, cuts)) == data


@pytest.mark.parametrize("name", NAMES)
def test_after_a_flush_everything_can_be_read(name: bytes) -> None:
    stack = stack_of([name])
    encoder, decoder = stack.encoder(), stack.decoder()
    for text in (b"one", b"two"):
        sent = encoder.feed(text) + encoder.flush()
        assert b"".join(decoder.feed(sent)) == text


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"gzip", gzip.compress(TEXT, mtime=0)),
        (b"x-gzip", gzip.compress(TEXT[:9], mtime=0) + gzip.compress(TEXT[9:], mtime=0)),
        (b"gzip", gzip.compress(TEXT, mtime=0) + bytes(512)),
        (b"gzip", gzip.compress(TEXT, mtime=0) + b"tail"),
        (b"deflate", zlib.compress(TEXT)),
        (b"deflate", bare_deflate(TEXT)),
        (b"deflate", zlib.compress(TEXT) + b"\x00tail"),
        (b"br", brotli.compress(TEXT)),
        (b"zstd", zstd(TEXT)),
        (b"zstd", zstd(TEXT[:9]) + zstd(TEXT[9:])),
    ],
)
def test_every_form_that_browsers_read_is_read(name: bytes, body: bytes) -> None:
    stack = stack_of([name])
    assert decoded(stack, [body]) == TEXT
    assert decoded(stack, [body[at : at + 1] for at in range(len(body))]) == TEXT


@pytest.mark.parametrize("more", [0, 1, 3, 258])
def test_the_last_bytes_come_even_if_all_input_was_taken_before(more: int) -> None:
    # Without a wrapper nothing follows the last match, which may not have fitted into the slice.
    data = bytes(coding.SLICE + more)
    assert decoded(stack_of([b"deflate"]), [bare_deflate(data)]) == data


@pytest.mark.parametrize("name", NAMES)
def test_after_the_end_nothing_more_is_read(name: bytes) -> None:
    encoder = stack_of([name]).encoder()
    decoder = stack_of([name]).decoder()
    list(decoder.feed(encoder.feed(TEXT) + encoder.close()))
    assert list(decoder.feed(b"")) == []


class Closing:
    """A rewriter that adds something at the end."""

    def feed(self, chunk: bytes) -> bytes:
        return chunk

    def close(self) -> bytes:
        return b"!"


@pytest.mark.parametrize(("chunk", "shown"), [(b"", b""), (b"a", b"a!")])
def test_an_empty_body_is_not_a_page_to_add_to(chunk: bytes, shown: bytes) -> None:
    assert PageBody(Closing(), stack_of([])).feed(chunk, last=True) == shown
    body = PageBody(Closing(), stack_of([b"gzip"])).feed(gzip.compress(chunk), last=True)
    assert gzip.decompress(body) == shown


@pytest.mark.parametrize("name", NAMES)
@given(st.binary(max_size=100))
def test_no_bytes_are_another_error(name: bytes, data: bytes) -> None:
    try:
        decoded(stack_of([name]), [data])
    except ContentUnreadable as error:
        assert str(error)


@pytest.mark.parametrize("name", NAMES)
def test_slices_are_bounded(name: bytes) -> None:
    encoder = stack_of([name]).encoder()
    body = encoder.feed(bytes(5_000_000)) + encoder.close()
    slices = list(map(len, stack_of([name]).decoder().feed(body)))
    assert sum(slices) == 5_000_000
    # zstd gives whole blocks, brotli may give a little more than it is asked for.
    assert max(slices) <= (4 << 20 if name == b"zstd" else 2 * coding.SLICE)


def test_a_window_that_is_too_large_is_refused() -> None:
    packer = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=27)
    ).compressobj()
    body = packer.compress(TEXT) + packer.flush()
    with pytest.raises(ContentUnreadable):
        decoded(stack_of([b"zstd"]), [body])


@pytest.mark.parametrize("values", [[], [b""], [b"identity"], [b"Identity , identity"]])
def test_no_coding_is_the_identity(values: list[bytes]) -> None:
    assert decoded(stack_of(values), [b"a", b"b"]) == b"ab"
    assert stack_of(values).encoder().feed(b"a") == b"a"


def test_the_order_of_codings_is_that_of_the_headers() -> None:
    body = zlib.compress(gzip.compress(TEXT))
    assert decoded(stack_of([b"gzip", b"identity, DEFLATE"]), [body]) == TEXT


@pytest.mark.parametrize("values", [[b"compress"], [b"gzip, dcb"], [b"gzip"] * 4])
def test_what_cannot_be_undone_is_refused(values: list[bytes]) -> None:
    with pytest.raises(ContentUnreadable):
        stack_of(values)


def test_what_is_accepted_stays_as_it_was_written() -> None:
    assert narrowed(b"gzip;q=1.0,  br ; q=0.5") == b"gzip;q=1.0,  br ; q=0.5"
    assert narrowed(b"dcb, gzip") == b"gzip"


@pytest.mark.parametrize(("library", "lost"), [("brotli", b"br"), ("zstandard", b"zstd")])
def test_without_its_library_a_coding_is_neither_offered_nor_read(
    library: str, lost: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    try:
        importlib.reload(optional_codings)
        importlib.reload(coding)
        assert lost not in coding.CODINGS
        assert coding.narrowed(b"gzip, " + lost) == b"gzip"
    finally:
        monkeypatch.undo()
        importlib.reload(optional_codings)
        importlib.reload(coding)
    assert lost in coding.CODINGS


def test_a_brotli_that_cannot_be_bounded_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        Decompressor = type("Decompressor", (), {"process": None})

    monkeypatch.setitem(sys.modules, "brotli", Old)
    try:
        importlib.reload(optional_codings)
        assert not optional_codings.HAS_BROTLI
    finally:
        monkeypatch.undo()
        importlib.reload(optional_codings)
