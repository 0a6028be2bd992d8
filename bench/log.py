"""How many choices a second the log takes, and what that depends on.

    python -m bench.log rates
    python -m bench.log full [--records 1000000]
    python -m bench.log http

``rates``: 64 clients in one process; one record a transaction beside group commit, without and with
keys (promises, and the tree that grows meanwhile), on SQLite and PostgreSQL, in turns.
``full``: group commit with keys into an empty log and into a large one, in turns, on SQLite.
``http``: POST /consent/choice by 64 clients, 4 workers, SQLite; every request is a new visitor's.
Five rounds each; medians, and the extremes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

from consent.log import queue, rows
from consent.log.sequencer import Growth
from consent.log.sql import SqlLog
from consent.record import encode
from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.merkle import Frontier, leaf_hash
from tests.log.checked import KEY, ORIGIN, keys
from tests.log.examples import NOTICE, a_record
from tests.log.postgresql import programs, running

ROUNDS, CLIENTS, WORKERS = 5, 64, 4
PIECE = 10_000
PATIENCE = 60


class Way(NamedTuple):
    """One way to write."""

    name: str
    most: int
    """Records in one transaction."""
    signs: bool
    records: int
    """That are written in a round."""


ALONE = Way("one record a transaction", 1, False, 300)
GROUP = Way("group commit", queue.MOST, False, 4000)
SIGNED = Way("group commit, signed and sequenced", queue.MOST, True, 4000)


async def rate(url: str, way: Way) -> float:
    """Records a second."""
    queue.MOST = way.most
    log = SqlLog(url, keys=keys if way.signs else tuple, deadline=PATIENCE)
    await log.append(a_record(), NOTICE)
    records = iter([a_record() for _ in range(way.records)])

    async def client() -> None:
        for record in records:
            await log.append(record, NOTICE)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    taken = time.perf_counter() - begun
    await log.close()
    return way.records / taken


def rates() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places: dict[str, Callable[[], str]] = {
            "SQLite": lambda: f"sqlite:///{folder}/{secrets.token_hex(4)}.db"
        }
        if where := programs():
            server = stack.enter_context(running(where, "synchronous_commit=on"))
            places["PostgreSQL"] = server.database
        found: dict[tuple[str, Way], list[float]] = {}
        for _ in range(ROUNDS):
            for place, fresh in places.items():
                for way in (ALONE, GROUP, SIGNED):
                    measured = asyncio.run(rate(fresh(), way))
                    found.setdefault((place, way), []).append(measured)
    print("| | records/s | least to most | × |\n|---|--:|--:|--:|")
    for (place, way), each in found.items():
        times = median(each) / median(found[place, ALONE])
        spread = f"{min(each):.0f} to {max(each):.0f}"
        print(f"| {place}, {way.name} | {median(each):.0f} | {spread} | {times:.1f} |")


def filled(path: Path, number: int) -> None:
    """A log of so many records, all in the tree; without waiting for the disk."""
    asyncio.run(_begun(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        size, content = database.execute("SELECT size, frontier FROM head").fetchone()
        frontier = Frontier(size, content)
        for _ in range(number // PIECE):
            _add(database, frontier)
        database.execute("UPDATE head SET size = ?, frontier = ?", (frontier.size, bytes(frontier)))
        note = signed(Checkpoint(ORIGIN, frontier.size, frontier.root), KEY)
        database.execute("INSERT INTO checkpoint VALUES (?, ?)", (frontier.size, note))
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _opened(url: str) -> None:
    log = SqlLog(url, deadline=PATIENCE)
    await log.newer("")
    await log.close()


async def _begun(url: str) -> None:
    log = SqlLog(url, keys=keys, deadline=PATIENCE)
    await log.append(a_record(), NOTICE)
    await log.close()


def _add(database: sqlite3.Connection, frontier: Frontier) -> None:
    growth = Growth(frontier)
    records = [a_record(idempotency_key=str(number)) for number in range(PIECE)]
    records = [a_record(idempotency_key=record.id) for record in records]
    bodies = [encode(record) for record in records]
    for record, body in zip(records, bodies, strict=True):
        growth.add(record.id, leaf_hash(body))
    pairs = zip(records, bodies, strict=True)
    for table, values in {
        "record": [rows.proof(record, body) for record, body in pairs],
        "subject": [rows.person(record) for record in records],
        "leaf": growth.leaves,
        "tile": growth.tiles,
    }.items():
        if values:
            names = ", ".join(values[0])
            marks = ", ".join(f":{name}" for name in values[0])
            database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def full(number: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, records in (("empty", 0), ("full", number)):
            filled(folder / f"{file}.db", records)
        found: dict[str, list[float]] = {"empty": [], "full": []}
        for _ in range(ROUNDS):
            for file, each in found.items():
                each.append(asyncio.run(rate(f"sqlite:///{folder}/{file}.db", SIGNED)))
        size = (folder / "full.db").stat().st_size
    print("| | records/s | least to most | × |\n|---|--:|--:|--:|")
    for file, each in found.items():
        what = "an empty log" if file == "empty" else f"{number:,} records, {size / 1e9:.2f} GB"
        # Turn by turn: what else the machine does changes within a round less than between two.
        times = median(a / b for a, b in zip(each, found["empty"], strict=True))
        print(f"| {what} | {median(each):.0f} | {min(each):.0f} to {max(each):.0f} | {times:.2f} |")


SITE = """
from consent import ConsentConfig, ConsentMiddleware
from starlette.responses import HTMLResponse

config = ConsentConfig(
    site={{"name": "Bench", "url": "https://bench.example", "languages": ["en"]}},
    controller={{"name": "Bench", "address": "1 Street", "email": "a@bench.example"}},
    cookie={{"secrets": ["env:BENCH_SECRET"]}},
    log={{"url": "sqlite:///{folder}/consent.db"}},
    services=[{{"use": "google-analytics"}}, {{"use": "youtube"}}],
)
app = ConsentMiddleware(HTMLResponse("<p>Hello"), config=config)
"""


def http(requests: int = 4000) -> None:
    found: list[tuple[float, list[float], int]] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name, served(Path(name)) as port:
            asyncio.run(_load(port, 200))
            found.append(asyncio.run(_load(port, requests)))
    print("| | median of 5 rounds | least to most |\n|---|--:|--:|")
    figures = {
        "choices/s": [rate for rate, _, _ in found],
        "p50, ms": [each[len(each) // 2] * 1000 for _, each, _ in found],
        "p99, ms": [each[len(each) * 99 // 100] * 1000 for _, each, _ in found],
        "refused (503)": [float(refused) for _, _, refused in found],
        "longest, ms": [each[-1] * 1000 for _, each, _ in found],
    }
    for what, each in figures.items():
        print(f"| {what} | {median(each):.0f} | {min(each):.0f} to {max(each):.0f} |")


class served:
    """The site, by uvicorn with several workers."""

    def __init__(self, folder: Path) -> None:
        # Tables are made once in a log's life.
        asyncio.run(_opened(f"sqlite:///{folder}/consent.db"))
        (folder / "benched.py").write_text(SITE.format(folder=folder))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        options = ["--workers", str(WORKERS), "--port", str(self._port), "--log-level", "error"]
        command = [sys.executable, "-m", "uvicorn", "benched:app", "--app-dir", str(folder)]
        environment = {**os.environ, "BENCH_SECRET": secrets.token_hex(32)}
        command += [*options, "--no-access-log"]
        self._process = subprocess.Popen(command, env=environment)

    def __enter__(self) -> int:
        for _ in range(PATIENCE * 10):
            try:
                socket.create_connection(("127.0.0.1", self._port)).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self._port
        raise SystemExit("the site does not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)


BODY = json.dumps({"action": "save", "purposes": {"analytics": True}}).encode()
REQUEST = (
    b"POST /consent/choice HTTP/1.1\r\nHost: bench.example\r\nX-Forwarded-Proto: https\r\n"
    b"Origin: https://bench.example\r\nSec-Fetch-Site: same-origin\r\nIdempotency-Key: %s\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
)


async def _load(port: int, requests: int) -> tuple[float, list[float], int]:
    """Requests a second; how long each took, in seconds, the shortest first; those refused."""
    refused = 0
    todo: Iterator[int] = iter(range(requests))
    taken: list[float] = []

    async def client() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in todo:
            begun = time.perf_counter()
            key = secrets.token_hex(16).encode()
            writer.write(REQUEST % (key, len(BODY), BODY))
            refused += not await _is_recorded(reader)
            taken.append(time.perf_counter() - begun)
        writer.close()
        await writer.wait_closed()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return requests / (time.perf_counter() - begun), sorted(taken), refused


async def _is_recorded(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")):
        raise SystemExit(head.decode())
    length = next(
        line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    await reader.readexactly(int(length.partition(b":")[2]))
    return head.startswith(b"HTTP/1.1 200")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["rates", "full", "http"])
    parser.add_argument("--records", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.what == "rates":
        rates()
    elif given.what == "full":
        full(given.records)
    else:
        http()


if __name__ == "__main__":
    main()
