"""Bodies through the gate: what is a page, how it streams, what passes as it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from tests.asgi.exchange import (
    BANNER,
    HELD,
    HTML,
    NAVIGATION,
    PAGE,
    PLAIN,
    YES,
    call,
    get,
    pieces,
    responds,
    scope_for,
    sends,
    wrap,
)

JPEG = bytes(range(256)) * 4


def test_trackers_of_a_page_are_held_and_the_banner_is_in_its_first_html() -> None:
    body = get(responds(PAGE)).body
    assert HELD in body
    assert PLAIN not in body
    assert BANNER in body


def test_with_consent_the_tracker_stays_as_it_came() -> None:
    assert PLAIN in get(responds(PAGE), cookie=YES).body


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/json",
        "text/event-stream",
        "multipart/x-mixed-replace; boundary=b",
        "image/jpeg",
        "application/octet-stream",
        "image/svg+xml",
        "text/calendar",
    ],
)
def test_what_is_not_a_page_passes_byte_for_byte_and_unbuffered_h10(content_type: str) -> None:
    chunks = [PAGE, b"", JPEG]
    answer = get(responds(*chunks, headers=[("content-type", content_type)]))
    assert [message["body"] for message in answer.bodies] == chunks


@pytest.mark.parametrize("content_type", ["TEXT/HTML", "text/html ; x=y"])
def test_a_page_is_known_however_its_type_is_written(content_type: str) -> None:
    assert HELD in get(responds(PAGE, headers=[("Content-Type", content_type)])).body


def test_xhtml_as_xml_is_sealed_and_stays_well_formed() -> None:
    """One unclosed tag of ours, and a browser shows an error in the place of the page."""
    page = b"<html xmlns='http://www.w3.org/1999/xhtml'><body><img src='/a.png'/></body></html>"
    answer = get(responds(page, headers=[("content-type", "application/xhtml+xml")]))
    assert answer.body == page
    assert answer["content-security-policy"]


@pytest.mark.parametrize("start", [b"", b" \r\n\t", b"\xef\xbb\xbf", b" " * 1000])
def test_html_without_a_content_type_is_html_h10(start: bytes) -> None:
    assert HELD in get(responds(start, PAGE, headers=[])).body


@pytest.mark.parametrize("typed", ["", "*/*", "unknown/unknown", "html"])
def test_a_type_that_browsers_do_not_believe_is_none_h10(typed: str) -> None:
    assert HELD in get(responds(PAGE, headers=[("content-type", typed)])).body


@pytest.mark.parametrize(
    "body", [b"plain text", JPEG, b"<?xml version='1.0'?><feed/>", b" " * 2000 + PAGE, b"<?x", b""]
)
def test_what_does_not_look_like_html_passes_when_it_has_no_type_h10(body: bytes) -> None:
    assert get(responds(*pieces(body, range(9)), headers=[])).body == body


def test_nosniff_is_taken_at_its_word_h10() -> None:
    headers = [("x-content-type-options", "nosniff")]
    assert get(responds(PAGE, headers=headers)).body == PAGE


def test_a_redirect_without_body_stays_without_h10() -> None:
    headers = [("location", "/x"), ("content-length", "0")]
    answer = get(responds(b"", headers=headers, status=303))
    assert (answer.body, answer["content-length"]) == (b"", "0")


def test_an_empty_page_stays_empty() -> None:
    answer = get(responds(b""))
    assert (answer.body, answer["content-length"]) == (b"", "0")


@pytest.mark.parametrize("types", [["text/html", "image/png"], ["image/png", "text/html"]])
def test_of_two_types_one_that_is_html_is_enough(types: list[str]) -> None:
    headers = [("content-type", value) for value in types]
    assert HELD in get(responds(PAGE, headers=headers)).body


def test_a_download_is_not_touched() -> None:
    headers = [HTML, ("content-disposition", "Attachment; filename=x.html")]
    assert get(responds(PAGE, headers=headers)).body == PAGE


@pytest.mark.parametrize(
    "dispositions", [["inline"], ["inline; filename=attachment"], ["attachment", "inline"]]
)
def test_a_page_that_may_be_shown_is_read_whatever_else_is_said(dispositions: list[str]) -> None:
    headers = [HTML, *(("content-disposition", value) for value in dispositions)]
    assert HELD in get(responds(PAGE, headers=headers)).body


@pytest.mark.parametrize("status", [201, 400, 404, 500, 503])
def test_error_pages_are_rewritten_and_stay_errors_h14(status: int) -> None:
    answer = get(responds(PAGE, status=status))
    assert answer.status == status
    assert HELD in answer.body


@given(cuts=st.lists(st.integers(0, 10_000), max_size=8))
def test_where_the_stream_is_cut_does_not_matter_h7(cuts: list[int]) -> None:
    assert get(responds(*pieces(PAGE, cuts))).body == get(responds(PAGE)).body


@given(cuts=st.lists(st.integers(0, 10_000), max_size=8))
def test_one_message_in_gives_at_most_one_out_and_more_body_is_right_h7(cuts: list[int]) -> None:
    chunks = pieces(PAGE, cuts)
    bodies = get(responds(*chunks)).bodies
    more = [message["more_body"] for message in bodies]
    assert len(bodies) <= len(chunks)
    assert more == [True] * (len(bodies) - 1) + [False]
    assert all(message["body"] for message in bodies[:-1])


def test_the_first_bytes_do_not_wait_for_the_last_h7() -> None:
    chunks = [b"<!doctype html><title>x</title><p>one" + b"." * 2000, b"<p>two", b"</p>"]
    first, *_ = get(responds(*chunks)).bodies
    assert b"one" in first["body"]


def test_a_body_may_be_any_kind_of_bytes() -> None:
    start: Message = {
        "type": "http.response.start",
        "status": 200,
        "headers": ((b"content-type", b"text/html"),),
    }
    body: Message = {"type": "http.response.body", "body": memoryview(PAGE)}
    assert HELD in get(sends(start, body)).body


def test_a_start_without_headers_is_one_without_a_type() -> None:
    start: Message = {"type": "http.response.start", "status": 200}
    assert HELD in get(sends(start, {"type": "http.response.body", "body": PAGE})).body


def test_head_has_the_headers_of_the_page_without_length_and_no_body_h2() -> None:
    app = wrap(responds(PAGE, headers=[HTML, ("content-length", str(len(PAGE)))]))
    head = call(app, scope_for(method="HEAD"))
    page = call(app)
    assert head.body == b""
    assert head["content-length"] is None
    for name in ("vary", "cache-control", "content-security-policy"):
        assert head[name] == page[name]


@pytest.mark.parametrize("status", [101, 103, 204, 304])
def test_what_has_no_body_by_its_status_is_untouched_h3(status: int) -> None:
    headers = [HTML, ("cache-control", "public"), ("etag", '"a"')]
    answer = get(responds(b"", headers=headers, status=status))
    assert answer.start["headers"] == [(n.encode(), v.encode()) for n, v in headers]
    assert answer.body == b""


def test_trailers_pass_but_digests_of_the_old_body_h6() -> None:
    trailers = [("server-timing", "db;dur=1"), ("Repr-Digest", "sha-256=:x:")]
    answer = get(responds(PAGE, trailers=trailers))
    assert answer.messages[-1]["headers"] == [(b"server-timing", b"db;dur=1")]


def test_trailers_of_what_is_not_a_page_pass_as_they_are_h12() -> None:
    trailers = [("repr-digest", "sha-256=:x:")]
    answer = get(responds(JPEG, headers=[("content-type", "image/jpeg")], trailers=trailers))
    assert answer.messages[-1]["headers"] == [(b"repr-digest", b"sha-256=:x:")]


@pytest.mark.parametrize("kind", ["http.response.push", "http.response.debug"])
def test_push_and_debug_pass_h12(kind: str) -> None:
    message: Message = {"type": kind, "path": "/style.css", "headers": [], "info": {}}
    start: Message = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"text/html")],
    }
    answer = get(sends(start, message, {"type": "http.response.body", "body": PAGE}))
    assert message in answer.messages


def test_a_second_start_is_an_error_before_anything_is_sent_h8() -> None:
    start: Message = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"text/html")],
    }
    answer = call(wrap(sends(start, start)), scope_for(headers=NAVIGATION))
    assert isinstance(answer.error, RuntimeError)
    assert answer.messages == []


def test_what_comes_after_the_page_is_not_shown() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await responds(PAGE)(scope, receive, send)
        await send({"type": "http.response.body", "body": PAGE})

    assert call(wrap(app)).bodies[-1]["body"] == b""
