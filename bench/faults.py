"""Kills writers, servers and a primary for minutes; then nothing acknowledged may be missing.

    python -m bench.faults sqlite --kills 50
    python -m bench.faults postgresql --kills 50 --servers 3
    python -m bench.faults standby --failovers 3

Four writer processes append all the time and note each answer in a file before they go on. After
the last blow the whole log is read and verified, by the code that shares nothing with the writer.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.log.crew import Crew
from tests.log.postgresql import pair, programs, running

WRITERS = 4
DURABLE = ("synchronous_commit=on",)


def kill_writers(crew: Crew, kills: int, mode: str) -> None:
    """One after the other, each in the middle of its work."""
    for _ in range(kills):
        crew.keep(WRITERS, mode)
        crew.wait_for(40)
        crew.kill(random.randrange(WRITERS))


def sqlite(folder: Path, kills: int) -> str:
    crew = Crew(f"sqlite:///{folder}/consent.db", folder / "acks")
    kill_writers(crew, kills, "forever")
    return ended(crew)


def postgresql(folder: Path, kills: int, servers: int) -> str:
    with ExitStack() as stack:
        server = stack.enter_context(running(found(), *DURABLE))
        crew = Crew(server.database(), folder / "acks")
        for blow in range(servers + 1):
            kill_writers(crew, kills // (servers + 1), "stubborn")
            crew.keep(WRITERS, "stubborn")
            crew.wait_for(40)
            if blow < servers:
                server.kill()
                server.start()
        return ended(crew)


def standby(folder: Path, failovers: int) -> str:
    """The standby hears nothing for a second; then the primary dies, and the standby takes over."""
    answers = []
    for number in range(failovers):
        with pair(found(), *DURABLE) as servers:
            crew = Crew(servers.url, folder / f"acks{number}")
            crew.keep(WRITERS, "stubborn")
            crew.wait_for(200)
            servers.deafen()
            time.sleep(1.5)
            begun = time.monotonic()
            servers.fail_over()
            crew.wait_for(1)
            gap = time.monotonic() - begun
            crew.wait_for(100)
            answers.append(f"{ended(crew)}; answers again after {gap:.1f} s")
    return "\n".join(answers)


def ended(crew: Crew) -> str:
    while crew.writers:
        crew.kill()
    report = crew.checked()
    acknowledged = len(crew.acknowledged())
    return (
        f"{acknowledged} acknowledged, 0 lost, 0 twice, {report.size - acknowledged} stored"
        f" unacknowledged, {report.counts['checkpoints']} checkpoints, the tree verifies"
    )


def found() -> Path:
    where = programs()
    if where is None:
        raise SystemExit("PostgreSQL is not installed")
    return where


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["sqlite", "postgresql", "standby"])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--failovers", type=int, default=3)
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.what == "sqlite":
            outcome = sqlite(folder, given.kills)
        elif given.what == "postgresql":
            outcome = postgresql(folder, given.kills, given.servers)
        else:
            outcome = standby(folder, given.failovers)
    print(f"{outcome}\n({time.monotonic() - begun:.0f} s)")


if __name__ == "__main__":
    main()
