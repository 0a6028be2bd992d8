"""The middleware behind a real server, read from the socket as bytes."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from tests.asgi.exchange import HELD, PAGE, gzipped, wrap

BREAD = PAGE.replace(b"<p>Bread</p>", b"<p>Bread</p>" * 200)
LONG = gzipped(PAGE + random.Random(1).randbytes(50_000).hex().encode())


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Pages that are whole, streamed, broken, coded, or said to be longer than they are."""
    path = scope["path"]
    headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(BREAD))]
    start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
    if path == "/whole":
        await send(start)
        await send({"type": "http.response.body", "body": BREAD})
    elif path == "/streamed":
        await send({**start, "headers": headers[:1]})
        for at in range(0, len(BREAD), 111):
            chunk = BREAD[at : at + 111]
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})
    elif path == "/unreadable":
        await send({**start, "headers": [*headers, (b"content-encoding", b"gzip")]})
        await send({"type": "http.response.body", "body": PAGE})
    elif path == "/breaking":
        await send({**start, "headers": [headers[0], (b"content-encoding", b"gzip")]})
        await send({"type": "http.response.body", "body": LONG[:9000], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(
        wrap(app), port=0, lifespan="off", log_level="critical", http="httptools", ws="none"
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


def ask(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, headers (each name once) and everything else until the server closes."""
    request = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [(name.lower(), value.strip()) for name, _, value in (n.partition(":") for n in lines)]
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return int(first.split()[1]), dict(pairs), body


def unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        whole += rest[: int(size, 16)]
        body = rest[int(size, 16) + 2 :]
    return whole


def test_the_length_of_a_whole_page_is_exact_on_the_wire_h1(port: int) -> None:
    _, headers, body = ask(port, "/whole")
    assert headers["content-length"] == str(len(body))
    assert HELD in body


def test_a_streamed_page_ends_as_it_should_on_the_wire_h1(port: int) -> None:
    _, headers, body = ask(port, "/streamed")
    assert headers["transfer-encoding"] == "chunked"
    assert body.endswith(b"0\r\n\r\n")
    # The banner's forms lead back to the page's own address.
    assert unchunked(body).replace(b"/streamed", b"/whole") == ask(port, "/whole")[2]


def test_head_has_no_body_on_the_wire_h2(port: int) -> None:
    status, headers, body = ask(port, "/whole", "HEAD")
    assert (status, body) == (200, b"")
    assert "content-length" not in headers


def test_an_unreadable_page_is_a_502_on_the_wire_h5(port: int) -> None:
    status, headers, body = ask(port, "/unreadable")
    assert (status, headers["content-length"]) == (502, str(len(body)))


def test_a_page_that_breaks_does_not_end_on_the_wire_h5(port: int) -> None:
    status, _, body = ask(port, "/breaking")
    assert status == 200
    assert body
    assert not body.endswith(b"0\r\n\r\n")


def test_a_site_that_sends_nothing_is_an_error_of_the_site(port: int) -> None:
    assert ask(port, "/nothing")[0] == 500
