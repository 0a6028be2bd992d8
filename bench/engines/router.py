"""What a browser takes for all hosts: it leads the site to its server, and the others to the sink.

It is spoken to as the host itself, or as a proxy (CONNECT), whichever a browser can be told of.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from tests.browser.sink import Sink

OK = b"HTTP/1.1 200 OK\r\n\r\n"
UNFINISHED = (asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Router:
    """Listens on ``port``."""

    def __init__(self, sites: Mapping[str, int], sink: Sink) -> None:
        self.port = 0
        self._sites = sites
        self._sink = sink

    def leads(self, host: str) -> int:
        """To the port of the site of this name, or of the nearest above it."""
        while host and host not in self._sites:
            host = host.partition(".")[2]
        return self._sites.get(host, self._sink.port)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser's."""
        # Where the router ends, so does this.
        with suppress(OSError, *UNFINISHED, asyncio.CancelledError):
            start = await reader.read(7)
            if start == b"CONNECT":
                host = (await reader.readuntil(b"\r\n\r\n")).split()[0].decode().rpartition(":")[0]
                writer.write(OK)
                port = self.leads(host)
                if port == self._sink.port:
                    self._sink.connections.append(host)
                start = b""
            else:
                start, host = await named(reader, start)
                port = self.leads(host)
            there, back = await asyncio.open_connection("127.0.0.1", port)
            back.write(start)
            await asyncio.gather(passed(reader, back), passed(there, writer))
        writer.close()


async def named(reader: asyncio.StreamReader, start: bytes) -> tuple[bytes, str]:
    """What was read, and the server name in it; "" where it is no TLS, or names none."""
    names: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: names.append(name or "")
    given = ssl.MemoryBIO()
    handshake = context.wrap_bio(given, ssl.MemoryBIO(), server_side=True)
    more = start
    while more and start[:1] == b"\x16" and not names:
        given.write(more)
        try:
            handshake.do_handshake()
        except ssl.SSLWantReadError:
            more = await reader.read(65536)
            start += more
        except ssl.SSLError:
            break
    return start, names[0] if names else ""


async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that comes, until no more does."""
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@contextmanager
def routed(sites: Mapping[str, int], sink: Sink) -> Iterator[int]:
    """The port of a router that works until the block ends."""
    router, ready = Router(sites, sink), threading.Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        server = await asyncio.start_server(router.take, "127.0.0.1", 0)
        router.port = server.sockets[0].getsockname()[1]
        loop, end = asyncio.get_running_loop(), asyncio.Event()
        ends.append(lambda: loop.call_soon_threadsafe(end.set))
        ready.set()
        await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    yield router.port
    ends[0]()
    thread.join()
