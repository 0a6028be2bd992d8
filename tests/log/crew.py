"""Writer processes over one database, and what they were promised."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from consent.verify.report import Report
from tests.log.checked import KEY, keys, report_on, sequence
from tests.log.examples import everything, patient

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds for a process to get on, on however busy a machine."""


class Crew:
    """Whoever they are, they write to one log; each notes what was acknowledged to it."""

    def __init__(self, url: str, acks: Path) -> None:
        self.url = url
        self.acks = acks
        self.writers: list[subprocess.Popen[str]] = []

    def start(self, mode: str, *before: str) -> subprocess.Popen[str]:
        program = [*before, sys.executable, "-W", "error", "-m", "tests.log.writer"]
        arguments = [mode, self.url, str(self.acks)]
        return subprocess.Popen([*program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, mode: str, *before: str) -> str:
        process = self.start(mode, *before)
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        return output

    def keep(self, number: int, mode: str) -> None:
        """So many at work, whatever becomes of them."""
        while len(self.writers) < number:
            self.writers.append(self.start(mode))

    def kill(self, which: int = 0) -> None:
        writer = self.writers.pop(which)
        writer.kill()
        writer.communicate()

    def acknowledged(self) -> list[str]:
        return self.acks.read_text().split() if self.acks.exists() else []

    def wait_for(self, more: int) -> None:
        """Until so many more records are acknowledged."""
        aim, give_up = len(self.acknowledged()) + more, time.monotonic() + PATIENCE
        while len(self.acknowledged()) < aim:
            assert time.monotonic() < give_up
            time.sleep(0.01)

    def checked(self) -> Report:
        """Nothing that was acknowledged is lost or there twice, and all of it is in the tree."""
        before = report_on(self.url, KEY)
        assert before.holds, before.examples
        stored = asyncio.run(_sequenced(self.url))
        acknowledged = self.acknowledged()
        assert len(set(acknowledged)) == len(acknowledged)
        assert len(set(stored)) == len(stored)
        assert set(acknowledged) - set(stored) == set()
        after = report_on(self.url, KEY)
        assert after.holds, after.examples
        assert (after.size, after.counts["pending"]) == (len(stored), 0)
        return after


async def _sequenced(url: str) -> list[str]:
    log = patient(url, keys=keys)
    while await sequence(log):
        pass
    records = await everything(log)
    await log.close()
    return [record.id for record in records]
