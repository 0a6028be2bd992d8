"""How many choices a second the log takes, and what that depends on.

    python -m bench.log rates
    python -m bench.log http

``rates``: 64 clients in one process; one record a transaction beside group commit, without and with
keys (promises, and the tree that grows meanwhile), on SQLite and PostgreSQL, in turns.
``http``: POST /consent/choice by 64 clients, 4 workers, SQLite; every request is a new visitor's.
Five rounds each; medians, and the extremes.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.load import CLIENTS, PATIENCE, Load, choice, measured, served
from consent.log import queue
from consent.log.sql import SqlLog
from consent.tree.keys import Signer
from tests.log.checked import keys
from tests.log.examples import NOTICE, a_record
from tests.log.postgresql import programs, running

ROUNDS, WORKERS = 5, 4
KEYS = keys()


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


async def rate(url: str, way: Way, signers: Sequence[Signer] = KEYS) -> float:
    """Records a second."""
    queue.MOST = way.most
    log = SqlLog(url, keys=lambda: signers if way.signs else (), deadline=PATIENCE)
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


async def opened(url: str) -> None:
    log = SqlLog(url, deadline=PATIENCE)
    await log.newer("")
    await log.close()


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
    parser.add_argument("what", choices=["rates", "http"])
    given = parser.parse_args()
    rates() if given.what == "rates" else http()


if __name__ == "__main__":
    main()
