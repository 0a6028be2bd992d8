"""Sites in processes of their own, and clients that each wait for an answer before they go on."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

CLIENTS = 64
PATIENCE = 60
ROOT = Path(__file__).parents[1]
SECRET = secrets.token_hex(32)


@dataclass
class Load:
    """What became of some requests."""

    rate: float
    """Answers a second."""
    taken: list[float]
    """Seconds that each took, the shortest first."""
    refused: int
    """Answered 503."""

    def percentile(self, number: int) -> float:
        """In seconds."""
        return self.taken[len(self.taken) * number // 100]


@contextmanager
def served(log: str, workers: int = 1) -> Iterator[int]:
    """Our site by uvicorn, with its log there; the port."""
    port = free_port()
    options = ["--workers", str(workers), "--port", str(port), "--log-level", "error"]
    command = [sys.executable, "-m", "uvicorn", "bench.site:app", *options, "--no-access-log"]
    with running(command, port, {"BENCH_LOG": log, "BENCH_SECRET": SECRET}, ROOT):
        yield port


@contextmanager
def running(
    command: Sequence[str], port: int, environment: Mapping[str, str], folder: Path
) -> Iterator[None]:
    """A server that takes connections at that port."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=folder)
    try:
        _wait_for(process, port)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the server at {port} does not start")


def request(path: str, host: str, body: object, **headers: str) -> bytes:
    """One POST of JSON, from a page of the site, through a proxy that speaks HTTPS."""
    content = json.dumps(body).encode()
    told = {
        "Host": host,
        "X-Forwarded-Proto": "https",
        "Origin": f"https://{host}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content


def choice() -> bytes:
    """What a new visitor's browser sends to our site."""
    body = {"action": "save", "purposes": {"analytics": True}}
    key = secrets.token_hex(16)
    return request("/consent/choice", "bench.example", body, Idempotency_Key=key)


class Client(asyncio.Protocol):
    """Sends the next request when the one before is answered, and does little else: whatever a
    client does takes from the processors that the servers need.
    """

    def __init__(self, todo: Iterator[bytes], load: Load) -> None:
        self._todo = todo
        self._load = load
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) == _length(head):
            self._load.taken.append(time.perf_counter() - self._sent)
            self._load.refused += not head.startswith(b"HTTP/1.1 200")
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed"))

    def _send(self) -> None:
        self._received = b""
        self._sent = time.perf_counter()
        message = next(self._todo, None)
        if message is not None:
            self._transport.write(message)
            return
        self.done.set_result(None)
        self._transport.close()


async def load(ports: Sequence[int], requests: Sequence[bytes]) -> Load:
    """Send these, by so many clients at once, spread over the ports."""
    todo, found = iter(requests), Load(0, [], 0)
    loop = asyncio.get_running_loop()

    async def client(port: int) -> None:
        _, one = await loop.create_connection(lambda: Client(todo, found), "127.0.0.1", port)
        await one.done

    begun = time.perf_counter()
    await asyncio.gather(*(client(ports[number % len(ports)]) for number in range(CLIENTS)))
    found.rate = len(requests) / (time.perf_counter() - begun)
    found.taken.sort()
    return found


def _length(head: bytes) -> int:
    """Of the body that follows; both servers say it."""
    lines = head.lower().split(b"\r\n")
    if not lines[0].startswith((b"http/1.1 200", b"http/1.1 503")):
        raise SystemExit(head.decode())
    return next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))


def measured(ports: Sequence[int], message: Callable[[], bytes], number: int) -> Load:
    """So many requests, made beforehand."""
    return asyncio.run(load(ports, [message() for _ in range(number)]))
