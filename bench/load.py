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


async def load(ports: Sequence[int], requests: Sequence[bytes]) -> Load:
    """Send these, by so many clients at once, spread over the ports."""
    refused = 0
    todo = iter(requests)
    taken: list[float] = []

    async def client(port: int) -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for message in todo:
            begun = time.perf_counter()
            writer.write(message)
            refused += not await _is_done(reader)
            taken.append(time.perf_counter() - begun)
        writer.close()
        await writer.wait_closed()

    begun = time.perf_counter()
    await asyncio.gather(*(client(ports[number % len(ports)]) for number in range(CLIENTS)))
    return Load(len(requests) / (time.perf_counter() - begun), sorted(taken), refused)


async def _is_done(reader: asyncio.StreamReader) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith((b"http/1.1 200", b"http/1.1 503")):
        raise SystemExit(head.decode())
    if b"\r\ntransfer-encoding: chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    else:
        length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
    return head.startswith(b"http/1.1 200")


def measured(ports: Sequence[int], message: Callable[[], bytes], number: int) -> Load:
    """So many requests, made beforehand."""
    return asyncio.run(load(ports, [message() for _ in range(number)]))
