"""What the sink writes down: what a page is the reason of."""

from __future__ import annotations

import socket
import ssl

from tests.browser.sink import Sink


def test_what_a_browser_asks_its_maker_is_not_written_down(sink: Sink) -> None:
    """Neither the request nor its connection: the same host counts for whatever else is asked."""
    ask(sink, "update.googleapis.com", "/service/update2/json?cup2key=1")
    assert (sink.requests, sink.connections) == ([], [])
    ask(sink, "update.googleapis.com", "/service/tracker.js")
    assert sink.requests == ["update.googleapis.com/service/tracker.js"]
    assert sink.connections == ["update.googleapis.com"]


def test_a_connection_of_a_page_stays_written_down(sink: Sink) -> None:
    """Also where the browser asks its maker over it afterwards."""
    ask(sink, "update.googleapis.com", "/tracker.js", "/service/update2/json?cup2key=1")
    assert sink.requests == ["update.googleapis.com/tracker.js"]
    assert sink.connections == ["update.googleapis.com"]


def test_the_icon_of_a_strangers_page_is_not_written_down(sink: Sink) -> None:
    """It may come when the next test has begun. One that a page of ours asks for counts."""
    ask(sink, "bank.example.org", "/favicon.ico", fetched="same-origin")
    assert (sink.requests, sink.connections) == ([], [])
    ask(sink, "bank.example.org", "/favicon.ico", fetched="cross-site")
    ask(sink, "bank.example.org", "/favicon.ico?id=1", fetched="same-origin")
    assert sink.requests == ["bank.example.org/favicon.ico", "bank.example.org/favicon.ico?id=1"]
    assert sink.connections == ["bank.example.org"] * 2


def ask(sink: Sink, host: str, *targets: str, fetched: str = "none") -> None:
    """Over one TLS connection, each answer awaited."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", sink.port)) as plain,
        context.wrap_socket(plain, server_hostname=host) as peer,
    ):
        for target in targets:
            asked = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: {fetched}\r\n\r\n"
            peer.sendall(asked.encode())
            assert peer.recv(65536).startswith(b"HTTP/1.1 200")
