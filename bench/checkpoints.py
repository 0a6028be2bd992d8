"""How many checkpoints there come to be, by the choices a second that four processes record.

    python -m bench.checkpoints [PER_SECOND ...]

Each rate for twenty seconds, at random moments, into an SQLite log of its own.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from bench.load import PATIENCE
from consent.log.sql import SqlLog
from tests.log.checked import keys
from tests.log.examples import NOTICE, a_record

RATES = (1, 4, 40, 200)
WORKERS, SECONDS = 4, 20.0
LEFT = 1.5
"""Seconds in which what came last goes into the tree."""


async def recorded(url: str, rate: float) -> None:
    log = SqlLog(url, keys=keys, deadline=PATIENCE)
    end, tasks = time.monotonic() + SECONDS, []
    while time.monotonic() < end:
        tasks.append(asyncio.create_task(log.append(a_record(), NOTICE)))
        await asyncio.sleep(random.expovariate(rate))
    await asyncio.gather(*tasks)
    await asyncio.sleep(LEFT)
    await log.close()


def worker(url: str, rate: float) -> None:
    asyncio.run(recorded(url, rate))


def measured(rate: float) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "consent.db"
        given = (f"sqlite:///{path}", rate / WORKERS)
        processes = [
            get_context("spawn").Process(target=worker, args=given) for _ in range(WORKERS)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        with closing(sqlite3.connect(path)) as database:
            (records,) = database.execute("SELECT COUNT(*) FROM record").fetchone()
            (made,) = database.execute("SELECT COUNT(*) FROM checkpoint").fetchone()
    return f"{records / SECONDS:>7.1f} {made / SECONDS:>13.2f} {records / made:>12.1f}"


if __name__ == "__main__":
    print("records/s checkpoints/s records each")
    for rate in map(float, sys.argv[1:] or RATES):
        print(measured(rate), flush=True)
