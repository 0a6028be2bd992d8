"""What a log that is full costs: choices a second into an empty one and into a large one, in turns.

    python -m bench.full sqlite [--records 1000000] [--rounds 5]
    python -m bench.full postgresql [--records 1000000] [--rounds 5]

POST /consent/choice by 64 clients, every request a new visitor's; SQLite with 4 workers, PostgreSQL
with one for each processor. And without HTTP, group commit with keys, in one process; for SQLite,
how many pages that writes, whatever else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from bench import load
from bench.load import choice, measured, served
from bench.log import SIGNED, WORKERS, opened, rate
from consent.log import file, rows
from consent.log.growth import Growth
from consent.record import encode
from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.keys import Signer, derived_seed
from consent.tree.merkle import Frontier, leaf_hash
from tests.log.examples import NOTICE, a_record
from tests.log.postgresql import programs, running

PIECE = 10_000
FRAME = 4096 + 24
"""Bytes in SQLite's journal for a page."""
Rows = list[dict[str, Any]]
SITE = Signer("bench.example/consent", derived_seed(load.SECRET))
"""Signs as the site does, or that would not go on with the tree."""


def grown(frontier: Frontier, number: int) -> dict[str, Rows]:
    """So many records as rows, by table, with the tree that they make of this one."""
    growth = Growth(frontier, SITE.key.name)
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


def content(number: int) -> Iterator[tuple[str, Rows]]:
    """Rows of a log with so many records, all in the tree, by table and in order."""
    yield "notice", [rows.archive(NOTICE)]
    frontier = Frontier()
    for start in range(0, number, PIECE):
        yield from grown(frontier, min(PIECE, number - start)).items()
    at = Checkpoint(SITE.key.name, frontier.size, frontier.root)
    place = {"id": 1, "origin": at.origin, "size": at.size, "minimum": 0}
    yield "head", [{**place, "frontier": bytes(frontier)}]
    yield "key", [{"vkey": str(SITE.key), "endorsement": None}]
    yield "checkpoint", [{"size": at.size, "note": signed(at, SITE)}]


def fill_sqlite(path: Path, number: int) -> None:
    """Without waiting for the disk."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        for table, values in content(number):
            if values:
                names = ", ".join(values[0])
                marks = ", ".join(f":{name}" for name in values[0])
                database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def fill_postgresql(url: str, number: int) -> None:
    connection = await asyncpg.connect(url)
    for table, values in content(number):
        if values:
            columns = list(values[0])
            tuples = [tuple(row[name] for name in columns) for row in values]
            await connection.copy_records_to_table(table, records=tuples, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


def over_http(url: str, workers: int, requests: int) -> float:
    """Choices a second."""
    with served(url, workers) as port:
        measured([port], choice, 300)
        return measured([port], choice, requests).rate


def pages(url: str) -> float:
    """Written to SQLite's journal for each record, without HTTP."""
    path = Path(url.removeprefix("sqlite:///"))
    file.PRAGMAS = (*file.PRAGMAS, "wal_autocheckpoint = 0")
    with closing(sqlite3.connect(path)) as other:
        # Whoever is the last to leave empties the journal.
        other.execute("SELECT size FROM head").fetchall()
        asyncio.run(rate(url, SIGNED, [SITE]))
        return path.with_name(f"{path.name}-wal").stat().st_size / FRAME / SIGNED.records


def in_turns(
    fresh: Callable[[], str], full: str, workers: int, rounds: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Rates into an empty log and into the full one, over HTTP and without."""
    ways: dict[str, Callable[[str], float]] = {
        f"over HTTP, {workers} workers": lambda url: over_http(url, workers, 4000),
        "without HTTP": lambda url: asyncio.run(rate(url, SIGNED, [SITE])),
    }
    found: dict[str, tuple[list[float], list[float]]] = {way: ([], []) for way in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            for url, rates in zip((fresh(), full), found[name], strict=True):
                rates.append(way(url))
            print(
                f"{name}: {found[name][0][-1]:.0f}/s, {found[name][1][-1]:.0f}/s", file=sys.stderr
            )
    return found


def printed(found: dict[str, tuple[list[float], list[float]]], number: int) -> None:
    print(f"| | empty | least to most | {number:,} records | least to most | × |")
    print("|---|--:|--:|--:|--:|--:|")
    for way, (empty, full) in found.items():
        cells = [f"{median(e):.0f} | {min(e):.0f} to {max(e):.0f}" for e in (empty, full)]
        # Turn by turn: what else the machine does changes within a round less than between two.
        times = median(b / a for a, b in zip(empty, full, strict=True))
        print(f"| {way} | {' | '.join(cells)} | {times:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("where", choices=["sqlite", "postgresql"])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.where == "sqlite":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

            def fresh() -> str:
                url = f"sqlite:///{folder}/{secrets.token_hex(4)}.db"
                asyncio.run(opened(url))
                return url

            full, workers = fresh(), WORKERS
            fill_sqlite(Path(full.removeprefix("sqlite:///")), given.records)
        else:
            where = programs()
            if where is None:
                raise SystemExit("PostgreSQL is not installed")
            server = stack.enter_context(running(where, "synchronous_commit=on"))

            def fresh() -> str:
                url = server.database()
                asyncio.run(opened(url))
                return url

            full, workers = fresh(), os.cpu_count() or 2
            asyncio.run(fill_postgresql(full, given.records))
        printed(in_turns(fresh, full, workers, given.rounds), given.records)
        if given.where == "sqlite":
            print(f"pages a record: {pages(fresh()):.2f} empty, {pages(full):.2f} full")


if __name__ == "__main__":
    main()
