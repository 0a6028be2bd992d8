"""Several processes, killed processes, full disks: what was acknowledged is there, once."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.log.examples import NOTICE, a_record, patient
from tests.log.inspection import verified

ROOT = Path(__file__).parents[2]


class Crew:
    """Writer processes over one database, and what they were promised."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "consent.db"
        self.acks = folder / "acks"

    def start(self, mode: str, *before: str) -> subprocess.Popen[str]:
        program = [*before, sys.executable, "-W", "error", "-m", "tests.log.writer"]
        arguments = [mode, f"sqlite:///{self.database}", str(self.acks)]
        return subprocess.Popen([*program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, mode: str, *before: str) -> str:
        process = self.start(mode, *before)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        return output

    def acknowledged(self) -> list[str]:
        return self.acks.read_text().split() if self.acks.exists() else []

    def wait_for(self, acknowledged: int) -> None:
        give_up = time.monotonic() + 300
        while len(self.acknowledged()) < acknowledged:
            assert time.monotonic() < give_up
            time.sleep(0.01)

    def lost(self) -> set[str]:
        return set(self.acknowledged()) - {row.id for row in verified(self.database)}


@pytest.fixture
def crew(tmp_path: Path) -> Crew:
    return Crew(tmp_path)


def test_four_processes_that_start_at_once_lose_and_double_nothing(crew: Crew) -> None:
    """The tables are made by whoever comes first; 50 records at once from each."""
    processes = [crew.start("fifty") for _ in range(4)]
    assert [process.wait(timeout=300) for process in processes] == [0] * 4
    for process in processes:
        process.communicate()
    stored = [row.id for row in verified(crew.database)]
    assert len(stored) == 200
    assert sorted(crew.acknowledged()) == stored


def test_twenty_identical_requests_from_four_processes_make_one_record(crew: Crew) -> None:
    """E9"""
    processes = [crew.start("same") for _ in range(4)]
    answers = {process.communicate(timeout=300)[0].strip() for process in processes}
    assert answers == {row.id for row in verified(crew.database)}
    assert len(answers) == 1


def test_killed_writers_lose_nothing_that_was_acknowledged(crew: Crew) -> None:
    """Two writers at a time, killed in the middle of their work, six times."""
    for _ in range(6):
        writers = [crew.start("forever") for _ in range(2)]
        crew.wait_for(len(crew.acknowledged()) + 40)
        for writer in writers:
            writer.kill()
        for writer in writers:
            writer.communicate()
    assert crew.lost() == set()
    assert len(set(crew.acknowledged())) == len(crew.acknowledged()) >= 240


def test_every_answer_comes_after_the_disk_has_it(crew: Crew, tmp_path: Path) -> None:
    """What survives a power cut cannot be shown by killing a process; the order of calls can."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: durability against power loss is NOT tested")
    trace = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,write"
    crew.run("five", "strace", "-f", "-s", "64", "-e", calls, "-o", str(trace))
    events = [_event(line, crew) for line in trace.read_text().splitlines()]
    order = "".join(event for event in events if event)
    assert order.count("A") == 5
    assert re.fullmatch(r"(S+A){5}S*", order)


def _event(line: str, crew: Crew) -> str:
    """``S`` where a sync has ended well, ``A`` where a record is acknowledged."""
    if re.search(r"(fdatasync|fsync)(\(\d+\)| resumed>\)) += 0", line):
        return "S"
    acks = "|".join(crew.acknowledged())
    return "A" if re.search(rf'write\(\d+, "({acks})', line) else ""


def test_a_full_disk_is_unavailable_and_loses_nothing(crew: Crew) -> None:
    """E10"""
    assert crew.run("full").strip()
    assert len(crew.acknowledged()) > 10
    assert crew.lost() == set()


def test_a_database_that_may_only_be_read_is_unavailable(readable: Crew) -> None:
    """E10"""
    asyncio.run(_one_record(readable))
    readable.database.chmod(0o444)
    readable.database.parent.chmod(0o555)
    assert "readonly" in readable.run("nobody")
    assert readable.acknowledged() == []


@pytest.fixture
def readable() -> Iterator[Crew]:
    """In a folder that every user may enter, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    crew = Crew(folder)
    crew.database = folder / "sealed" / "consent.db"
    crew.database.parent.mkdir()
    yield crew
    crew.database.parent.chmod(0o755)
    shutil.rmtree(folder)


async def _one_record(crew: Crew) -> None:
    log = patient(f"sqlite:///{crew.database}")
    await log.append(a_record(), NOTICE)
    await log.close()


def test_a_forked_process_opens_the_log_anew(crew: Crew) -> None:
    """As servers do that load the site once and then fork their workers."""
    crew.run("forked")
    assert len(verified(crew.database)) == len(crew.acknowledged()) == 3
    assert crew.lost() == set()
