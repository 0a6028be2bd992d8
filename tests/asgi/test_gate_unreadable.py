"""What cannot be read is never passed on: codings, parts of pages, shortcuts, broken streams."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import random
import tracemalloc
import zlib
from collections.abc import Callable
from urllib.parse import quote

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from consent.asgi.coding import CODINGS, stack_of
from consent.asgi.middleware import ConsentMiddleware
from consent.asgi.unread import MOST_KINDS, Unread
from consent.errors import ContentUnreadable
from tests.asgi.exchange import (
    HELD,
    HTML,
    PAGE,
    PLAIN,
    call,
    get,
    gzipped,
    header_of,
    pieces,
    responds,
    scope_for,
    sends,
    spied,
    wrap,
)

MADE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}
READ: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "x-gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
NOISE = random.Random(1).randbytes(50_000).hex().encode()
RANDOM = st.lists(st.integers(0, 10_000), max_size=6)


def coded(coding: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [HTML, ("content-encoding", coding), *more]


@pytest.mark.parametrize("coding", MADE)
@given(cuts=RANDOM)
def test_a_coded_page_is_read_and_coded_again_wherever_it_is_cut_h5(
    coding: str, cuts: list[int]
) -> None:
    chunks = pieces(MADE[coding](PAGE), cuts)
    answer = get(responds(*chunks, headers=coded(coding)))
    assert READ[coding](answer.body) == get(responds(PAGE)).body
    assert answer["content-encoding"] == coding


def test_codings_on_top_of_each_other_are_undone_and_put_back_h5() -> None:
    body = brotli.compress(gzip.compress(PAGE))
    answer = get(responds(body, headers=coded("gzip, BR")))
    assert HELD in gzip.decompress(brotli.decompress(answer.body))


def test_an_empty_coded_page_stays_empty_h5() -> None:
    assert get(responds(b"", headers=coded("gzip"))).body == b""
    assert gzip.decompress(get(responds(gzipped(b""), headers=coded("gzip"))).body) == b""


def test_each_piece_can_be_read_when_it_arrives_h5() -> None:
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(b"<!doctype html><title>x</title><p>one" + b"." * 3000)
    start += packer.flush(zlib.Z_SYNC_FLUSH)
    rest = packer.compress(b"two") + packer.flush()
    first, *_ = get(responds(start, rest, headers=coded("gzip"))).bodies
    assert b"<p>one" in zlib.decompressobj(31).decompress(first["body"])


def test_html_without_a_type_is_looked_at_through_its_coding_h5() -> None:
    headers = [("content-encoding", "gzip")]
    chunks = pieces(gzipped(b"  " + PAGE), [3, 12, 14])
    assert HELD in gzip.decompress(get(responds(*chunks, headers=headers)).body)
    picture = gzipped(b"\x89PNG")
    assert get(responds(picture, headers=headers)).body == picture


def test_white_space_for_ever_is_not_looked_at_for_ever_h5() -> None:
    body = gzipped(b" " * 50_000_000)
    tracemalloc.start()
    assert get(responds(body, headers=[("content-encoding", "gzip")])).body == body
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


BROKEN = {
    "unknown": ("compress", PAGE),
    "one of two unknown": ("gzip, aes128gcm", gzipped(PAGE)),
    "too many": ("gzip, gzip, gzip, gzip", gzipped(PAGE)),
    "not gzip": ("gzip", PAGE),
    "not deflate": ("deflate", PAGE),
    "not br": ("br", b"\xff" * 50),
    "not zstd": ("zstd", PAGE),
    "cut gzip": ("gzip", gzipped(PAGE)[:-9]),
    "cut deflate": ("deflate", zlib.compress(PAGE)[:-9]),
    "one byte of deflate": ("deflate", b"\x78"),
    "cut br": ("br", brotli.compress(PAGE)[:-9]),
    "cut zstd": ("zstd", MADE["zstd"](PAGE)[:-9]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_page_that_cannot_be_read_is_not_passed_on_h5(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    coding, body = BROKEN[case]
    answer = call(wrap(responds(body, headers=coded(coding, ("set-cookie", "s=1")))))
    assert answer.status == 502
    assert answer["content-type"] == "text/plain; charset=utf-8"
    assert answer["content-length"] == str(len(answer.body))
    assert PLAIN not in answer.body
    assert "was held" in caplog.text


def test_an_untyped_body_that_cannot_be_read_is_not_passed_on_h5() -> None:
    for coding in ("gzip", "unknown"):
        headers = [("content-encoding", coding)]
        assert get(responds(PAGE, headers=headers)).status == 502


def test_what_follows_a_refusal_is_swallowed_h5() -> None:
    answer = get(responds(PAGE, PAGE, PAGE, headers=coded("compress")))
    assert len(answer.bodies) == 1


def test_a_refused_head_has_no_body_h5() -> None:
    app = wrap(responds(b"", headers=coded("compress")))
    answer = call(app, scope_for(method="HEAD"))
    assert (answer.status, answer.body) == (502, b"")


def test_a_page_that_breaks_in_the_middle_breaks_the_connection_h5() -> None:
    whole = gzipped(PAGE + NOISE)
    answer = call(wrap(responds(whole[:9000], b"\xff" * 900, headers=coded("gzip"))))
    assert isinstance(answer.error, ContentUnreadable)
    assert all(message["more_body"] for message in answer.bodies)


def test_a_site_that_swallows_the_error_does_not_end_the_page_h5() -> None:
    whole = gzipped(PAGE + NOISE)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        start = [(name.encode(), value.encode()) for name, value in coded("gzip")]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        for chunk, more in ((whole[:9000], True), (b"\xff" * 900, True), (PAGE, False)):
            with contextlib.suppress(ContentUnreadable):
                await send({"type": "http.response.body", "body": chunk, "more_body": more})

    answer = call(wrap(app))
    assert isinstance(answer.error, ContentUnreadable)
    assert answer.body
    assert all(message["more_body"] for message in answer.bodies)


def test_a_part_of_a_page_is_not_passed_on_h4() -> None:
    headers = [HTML, ("content-range", "bytes 10-99/500")]
    answer = get(responds(PAGE, headers=headers, status=206), sec_fetch_dest="empty", accept="*/*")
    assert answer.status == 502


@pytest.mark.parametrize("kind", ["http.response.pathsend", "http.response.zerocopysend"])
def test_a_page_sent_past_us_is_not_passed_on_h11(kind: str) -> None:
    shortcut: Message = {"type": kind, "path": "/srv/page.html", "file": 3}
    for headers in ([(b"content-type", b"text/html")], []):
        start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
        answer = get(sends(start, shortcut))
        assert answer.status == 502
        assert shortcut not in answer.messages


@pytest.mark.parametrize("name", ["X-Accel-Redirect", "x-sendfile", "x-lighttpd-send-file"])
@pytest.mark.parametrize("typed", [[HTML], []], ids=["typed", "by the name of the file"])
def test_a_page_that_a_server_in_front_is_to_send_is_not_passed_on_h11(
    name: str, typed: list[tuple[str, str]]
) -> None:
    answer = get(responds(b"", headers=[*typed, (name, "/kept/Page.HTML?a=b")]))
    assert answer.status == 502
    assert answer[name.lower()] is None


@pytest.mark.parametrize("typed", [[("content-type", "application/pdf")], []])
def test_another_file_of_a_server_in_front_is_the_sites_own_h11(
    typed: list[tuple[str, str]],
) -> None:
    answer = get(responds(b"", headers=[*typed, ("x-accel-redirect", "/kept/bill.pdf")]))
    assert (answer.status, answer["x-accel-redirect"]) == (200, "/kept/bill.pdf")


def test_a_shortcut_after_a_refusal_is_swallowed_h11() -> None:
    start: Message = {
        "type": "http.response.start",
        "status": 206,
        "headers": [(b"content-type", b"text/html")],
    }
    trailers: Message = {"type": "http.response.trailers", "headers": []}
    answer = get(sends(start, {"type": "http.response.pathsend", "path": "/x"}, trailers))
    assert [message["type"] for message in answer.messages] == [
        "http.response.start",
        "http.response.body",
    ]


def test_a_picture_may_be_sent_by_its_path_h11() -> None:
    shortcut: Message = {"type": "http.response.pathsend", "path": "/srv/a.png"}
    start: Message = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"image/png")],
    }
    assert get(sends(start, shortcut), sec_fetch_dest="image").messages == [start, shortcut]


def test_the_site_is_not_offered_shortcuts_and_the_servers_dict_stays_h11() -> None:
    app, seen = spied(responds(PAGE))
    offered = {"http.response.pathsend": {}, "http.response.zerocopysend": {}, "tls": {"x": 1}}
    call(wrap(app), scope_for(extensions=offered))
    assert seen[0]["extensions"] == {"tls": {"x": 1}}
    assert len(offered) == 3


@pytest.mark.parametrize(
    ("accept", "shown"),
    [
        ("gzip, deflate, br, zstd", "gzip, deflate, br, zstd"),
        ("gzip;q=0.5, compress, x-gzip", "gzip;q=0.5, x-gzip"),
        ("dcb, dcz", "identity"),
        ("*", "identity"),
        ("identity;q=0, *;q=0", "identity;q=0"),
    ],
)
def test_the_site_sees_only_codings_that_can_be_read_h5(accept: str, shown: str) -> None:
    app, seen = spied(responds(PAGE))
    get(app, accept_encoding=accept)
    assert header_of(seen[0], "accept-encoding") == shown


def test_what_is_never_a_page_may_come_in_any_coding_h5() -> None:
    app, seen = spied(responds(b"", headers=[("content-type", "image/png")]))
    get(app, sec_fetch_dest="image", accept="*/*", accept_encoding="dcb")
    assert header_of(seen[0], "accept-encoding") == "dcb"


def test_the_headers_of_the_server_are_not_changed_in_place() -> None:
    scope = scope_for(headers={"accept": "text/html", "accept-encoding": "dcb"})
    before = scope["headers"]
    copy = list(before)
    call(wrap(responds(PAGE)), scope)
    assert before == copy


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_a_gigabyte_in_a_few_bytes_never_exists_at_once_h5(coding: bytes) -> None:
    stack = stack_of([coding])
    encoder = stack.encoder()
    zeros = bytes(1 << 20)
    bomb = b"".join(encoder.feed(zeros) for _ in range(64)) + encoder.close()
    decoder = stack.decoder()
    tracemalloc.start()
    total = sum(map(len, decoder.feed(bomb)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    decoder.close()
    assert total == 64 << 20
    assert peak < 6 << 20


class Spy:
    """A rewriter that tells whether it was closed."""

    closed = 0

    def feed(self, chunk: bytes) -> bytes:
        return chunk

    def close(self) -> bytes:
        self.closed += 1
        return b"tail"


def failing(error: BaseException, *, started: bool) -> tuple[ConsentMiddleware, Spy]:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": 200, "headers": []}
        await send({**start, "headers": [(b"content-type", b"text/html")]})
        if started:
            await send({"type": "http.response.body", "body": b"<p>one", "more_body": True})
        raise error

    middleware, spy = wrap(app), Spy()
    middleware._rules.rewriter = lambda *_, **__: spy  # type: ignore[method-assign]
    return middleware, spy


def test_an_error_in_the_middle_goes_through_and_nothing_more_is_sent_h8() -> None:
    error = ZeroDivisionError()
    middleware, spy = failing(error, started=True)
    answer = call(middleware)
    assert answer.error is error
    assert answer.body == b"<p>one"
    assert spy.closed == 1


def test_an_error_before_the_first_byte_leaves_the_answer_to_the_server_h8() -> None:
    middleware, spy = failing(ZeroDivisionError(), started=False)
    answer = call(middleware)
    assert answer.messages == []
    assert isinstance(answer.error, ZeroDivisionError)
    assert spy.closed == 0


def test_the_rewriter_is_closed_once_h8() -> None:
    middleware, spy = failing(ZeroDivisionError(), started=False)
    middleware.app = responds(PAGE)
    assert call(middleware).body == PAGE + b"tail"
    assert spy.closed == 1


def test_a_long_page_needs_no_more_memory_than_a_short_one_h7() -> None:
    piece = (b"<p>" + b"Some text of a long, long page. " * 2000) * 16
    sent = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        start = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        await send({"type": "http.response.body", "body": PAGE[:120], "more_body": True})
        for _ in range(200):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))

    middleware = wrap(app)
    tracemalloc.start()
    asyncio.run(middleware(scope_for(), receive, send))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 200_000_000
    assert peak < 10 << 20


def test_nothing_of_a_cookie_is_logged_p2(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    get(responds(PAGE, headers=coded("compress")), cookie="secret=very")
    assert "very" not in caplog.text


def test_the_log_names_one_page_of_each_kind_escaped_and_cut_h5(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = wrap(responds(PAGE, headers=coded("compress")))
    for path in ("/a\nERROR: all is well\x1b[2J" + "é" * 5000, "/second"):
        scope = scope_for(quote(path))
        scope["path"] = path
        assert call(app, scope).status == 502
    (line,) = caplog.messages
    assert line.isascii()
    assert "\n" not in line
    assert "\x1b" not in line
    assert "/second" not in line
    assert len(line) < 2000


def test_the_kinds_that_are_remembered_are_bounded_h5(caplog: pytest.LogCaptureFixture) -> None:
    unread = Unread()
    for number in range(3 * MOST_KINDS):
        unread.report("/", ContentUnreadable(str(number)))
    assert len(caplog.messages) == MOST_KINDS
