"""Choices a second over HTTP, beside c15t's backend, on the same PostgreSQL.

    python -m bench.c15t [--records 300000] [--rounds 5]

64 clients, each waiting for its answer before it sends the next, every request a new visitor's.
Both have one process for each processor, both commit to the disk (``fsync``,
``synchronous_commit``), both are asked in turns: into an empty database, new in each round, and
into one that is full (with ``--records 0`` into the empty one alone). Each measurement is told
when it is made.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from statistics import median

from bench import load
from bench.c15t import theirs
from bench.full import fill_postgresql
from bench.load import CLIENTS, Load, measured
from bench.log import opened
from tests.log.postgresql import Server, programs, running

PROCESSES = os.cpu_count() or 2


@dataclass
class Backend:
    """Theirs or ours, at one size."""

    name: str
    size: int
    served: Callable[[str, int], AbstractContextManager[int]]
    choice: Callable[[], bytes]
    requests: int
    url: Callable[[], str]
    """Of a database that is ready for it."""
    before: int = 4 * CLIENTS
    """Requests that are not counted: statements are prepared and code is compiled with them."""
    found: list[Load] = field(default_factory=list)

    def measure(self) -> None:
        with self.served(self.url(), PROCESSES) as port:
            measured([port], self.choice, self.before)
            self.found.append(measured([port], self.choice, self.requests))
        print(f"{self.name}, {self.size:,} records: {self.found[-1].rate:.0f}/s", file=sys.stderr)


def backends(server: Server, records: int) -> list[Backend]:
    def ours_new() -> str:
        url = server.database()
        asyncio.run(opened(url))
        return url

    def theirs_new() -> str:
        url = server.database()
        theirs.migrate(url)
        theirs.first(url)
        return url

    us, them = (load.served, load.choice), (theirs.served, theirs.choice)
    empty = [
        Backend("asgi-consent", 0, *us, 2000, ours_new),
        Backend("c15t", 0, *them, 600, theirs_new),
    ]
    if not records:
        return empty
    full, their_full = ours_new(), theirs_new()
    asyncio.run(fill_postgresql(full, records))
    asyncio.run(theirs.fill(their_full, records))
    return [
        *empty,
        Backend("asgi-consent", records, *us, 2000, lambda: full, CLIENTS),
        Backend("c15t", records, *them, 2 * CLIENTS, lambda: their_full, CLIENTS),
    ]


def printed(both: list[Backend]) -> None:
    print("| records before | | choices/s | least to most | p50, ms | p99, ms | asgi-consent is |")
    print("|--:|---|--:|--:|--:|--:|--:|")
    for ours, other in zip(both[::2], both[1::2], strict=True):
        pairs = zip(ours.found, other.found, strict=True)
        times = median(a.rate / b.rate for a, b in pairs)
        for backend, said in ((ours, f"{times:.1f} ×"), (other, "")):
            rates = [each.rate for each in backend.found]
            at = [median(each.percentile(p) * 1000 for each in backend.found) for p in (50, 99)]
            cells = [f"{backend.size:,}", backend.name, f"{median(rates):.0f}"]
            cells += [
                f"{min(rates):.0f} to {max(rates):.0f}",
                *(f"{each:.0f}" for each in at),
                said,
            ]
            print(f"| {' | '.join(cells)} |")
    refused = sum(each.refused for backend in both for each in backend.found)
    print(f"\nAnswered 503: {refused}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    where = programs()
    if where is None:
        raise SystemExit("PostgreSQL is not installed")
    begun = time.monotonic()
    versions = theirs.install()
    with running(where, "synchronous_commit=on") as server:
        both = backends(server, given.records)
        for _ in range(given.rounds):
            for backend in both:
                backend.measure()
        told = server.ask("SHOW server_version").strip()
    ours = f"uvicorn {version('uvicorn')} on {'uvloop' if find_spec('uvloop') else 'asyncio'}"
    both_have = f"PostgreSQL {told}; {PROCESSES} processes each, {CLIENTS} clients"
    print(f"{versions}; {ours}; {both_have}\n")
    printed(both)
    print(f"({time.monotonic() - begun:.0f} s)")


if __name__ == "__main__":
    main()
