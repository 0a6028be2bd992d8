"""Every foreign host: one server on the loopback that answers, and writes down who was called."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import trustme

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
# Not to be stored: what a cache answers would not be seen here.
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nAccess-Control-Allow-Origin: *\r\n"
    b"Cache-Control: no-store\r\n"
)
# Chromium asks its maker about itself, whatever is open: no page is the reason. Addresses as exact
# as can be, since pages contact some of these hosts as well.
OF_ITSELF = (
    "clients2.google.com/time/1/current?",
    "update.googleapis.com/service/update2/json",
    "optimizationguide-pa.googleapis.com/v1:GetModels?",
    "accounts.google.com/ListAccounts?gpsia=1&source=ChromiumBrowser",
)


@dataclass
class Sink:
    """What reached the outside because of a page."""

    port: int
    requests: list[str] = field(default_factory=list)
    """``host/path`` of each request, in the order of arrival."""
    connections: list[str] = field(default_factory=list)
    """Host of each TLS connection (its server name), ``""`` for a plain one: also unused ones.

    And the name of each ear that anything came to, by TCP or UDP.
    """

    def clear(self) -> None:
        """Forget what came so far."""
        self.requests.clear()
        self.connections.clear()


@contextmanager
def opened() -> Iterator[Sink]:
    """A sink that listens until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    sink = Sink(listener.getsockname()[1])
    context = _tls(sink)
    thread = threading.Thread(target=_accept, args=(listener, sink, context), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        # Closing alone does not wake a thread that waits in accept().
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def ears(sink: Sink, names: Iterable[str]) -> Iterator[dict[str, int]]:
    """For each name a port on which only it is called: a contact without TLS tells no name."""
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        ports = {}
        for name in names:
            tcp, udp = _pair()
            ports[name] = udp.getsockname()[1]
            for each in (tcp, udp):
                selector.register(stack.enter_context(each), selectors.EVENT_READ, name)
        stop, stopped = socket.socketpair()
        selector.register(stack.enter_context(stopped), selectors.EVENT_READ)
        thread = threading.Thread(target=_listen, args=(selector, sink), daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(stop.close)
        yield ports


def _pair() -> tuple[socket.socket, socket.socket]:
    """A port that is free for TCP and for UDP."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            tcp.close()
            udp.close()
        else:
            return tcp, udp


def _listen(selector: selectors.BaseSelector, sink: Sink) -> None:
    while True:
        for key, _ in selector.select():
            heard = key.fileobj
            if key.data is None or not isinstance(heard, socket.socket):
                return
            sink.connections.append(key.data)
            if heard.type == socket.SOCK_STREAM:
                heard.accept()[0].close()
            else:
                heard.recv(65536)


def _tls(sink: Sink) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("sink.test").configure_cert(context)

    def named(_socket: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        sink.connections.append(name or "")

    context.sni_callback = named
    return context


def _accept(listener: socket.socket, sink: Sink, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, sink, context), daemon=True).start()


def _serve(connection: socket.socket, sink: Sink, context: ssl.SSLContext) -> None:
    try:
        # A browser that connects without asking for anything is written down all the same.
        is_tls = connection.recv(1, socket.MSG_PEEK) == b"\x16"
        if not is_tls:
            sink.connections.append("")
        with context.wrap_socket(connection, server_side=True) if is_tls else connection as peer:
            _answer(peer, sink, is_tls)
    except OSError:
        connection.close()


def _answer(peer: socket.socket, sink: Sink, is_tls: bool) -> None:
    is_first = True
    stream = peer.makefile("rb")
    # What is not HTTP, as a relay of WebRTC, is a connection without a request.
    while (line := stream.readline()).count(b" ") == 2:
        target = line.split(b" ")[1].decode("latin-1")
        headers = _headers(iter(stream.readline, b"\r\n"))
        stream.read(int(headers.get("content-length", "0")))
        host = headers.get("host", "")
        # A page of another host, written down itself, has an icon, which may come much later.
        is_icon = target == "/favicon.ico" and headers.get("sec-fetch-site") == "same-origin"
        if not is_icon and not (host + target).startswith(OF_ITSELF):
            sink.requests.append(host + target)
        elif is_first:
            # Then the connection, too, is the browser's own.
            with suppress(ValueError):
                sink.connections.remove(host.partition(":")[0] if is_tls else "")
        is_first = False
        peer.sendall(ANSWER + b"Content-Length: %d\r\n\r\n" % len(PIXEL) + PIXEL)


def _headers(lines: Iterator[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
