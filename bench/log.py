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
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.load import CLIENTS, PATIENCE, Load, choice, measured, served
from consent.log import queue, rows
from consent.log.sequencer import Growth
from consent.log.sql import SqlLog
from consent.record import encode
from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.merkle import Frontier, leaf_hash
from tests.log.checked import KEY, ORIGIN, keys
from tests.log.examples import NOTICE, a_record
from tests.log.postgresql import programs, running

ROUNDS, WORKERS = 5, 4
PIECE = 10_000


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
    asyncio.run(begun(f"sqlite:///{path}"))
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


async def opened(url: str) -> None:
    log = SqlLog(url, deadline=PATIENCE)
    await log.newer("")
    await log.close()


async def begun(url: str) -> None:
    log = SqlLog(url, keys=keys, deadline=PATIENCE)
    await log.append(a_record(), NOTICE)
    await log.close()


def _add(database: sqlite3.Connection, frontier: Frontier) -> None:
    for table, values in grown(frontier, PIECE).items():
        if values:
            names = ", ".join(values[0])
            marks = ", ".join(f":{name}" for name in values[0])
            database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def grown(frontier: Frontier, number: int) -> dict[str, list[dict[str, Any]]]:
    """So many records as rows, by table, with the tree that they make of this one."""
    growth = Growth(frontier)
    records = [a_record(idempotency_key=secrets.token_hex(16)) for _ in range(number)]
    bodies = [encode(record) for record in records]
    for record, body in zip(records, bodies, strict=True):
        growth.add(record.id, leaf_hash(body))
    return {
        "record": [rows.proof(*pair) for pair in zip(records, bodies, strict=True)],
        "subject": [rows.person(record) for record in records],
        "leaf": growth.leaves,
        "tile": growth.tiles,
    }


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


def http(requests: int = 4000) -> None:
    found: list[Load] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            url = f"sqlite:///{name}/consent.db"
            # Tables are made once in a log's life.
            asyncio.run(opened(url))
            with served(url, WORKERS) as port:
                measured([port], choice, 200)
                found.append(measured([port], choice, requests))
    print("| | median of 5 rounds | least to most |\n|---|--:|--:|")
    figures = {
        "choices/s": [load.rate for load in found],
        "p50, ms": [load.percentile(50) * 1000 for load in found],
        "p99, ms": [load.percentile(99) * 1000 for load in found],
        "refused (503)": [float(load.refused) for load in found],
        "longest, ms": [load.taken[-1] * 1000 for load in found],
    }
    for what, each in figures.items():
        print(f"| {what} | {median(each):.0f} | {min(each):.0f} to {max(each):.0f} |")


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
