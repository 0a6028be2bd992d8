"""Several processes, killed processes, full disks: what was acknowledged is there, once."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.log.crew import Crew
from tests.log.examples import NOTICE, a_record, patient
from tests.log.inspection import verified
from tests.log.postgresql import Server


class FileCrew(Crew):
    """Over a file, which is read without the code that wrote it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"sqlite:///{folder}/consent.db", folder / "acks")

    @property
    def database(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def lost(self) -> set[str]:
        return set(self.acknowledged()) - {row.id for row in verified(self.database)}


@pytest.fixture
def crew(tmp_path: Path) -> FileCrew:
    return FileCrew(tmp_path)


def test_four_processes_that_start_at_once_lose_and_double_nothing(crew: FileCrew) -> None:
    """The tables are made by whoever comes first; 50 records at once from each."""
    processes = [crew.start("fifty") for _ in range(4)]
    assert [process.wait(timeout=300) for process in processes] == [0] * 4
    for process in processes:
        process.communicate()
    stored = [row.id for row in verified(crew.database)]
    assert len(stored) == 200
    assert sorted(crew.acknowledged()) == stored


def test_what_is_begun_ends_before_the_process_does(crew: FileCrew) -> None:
    crew.run("hasty")
    assert (len(verified(crew.database)), crew.acknowledged()) == (1, [])


def test_twenty_identical_requests_from_four_processes_make_one_record(crew: FileCrew) -> None:
    """E9"""
    processes = [crew.start("same") for _ in range(4)]
    answers = {process.communicate(timeout=300)[0].strip() for process in processes}
    assert answers == {row.id for row in verified(crew.database)}
    assert len(answers) == 1


def test_killed_writers_lose_nothing_that_was_acknowledged(either: str, tmp_path: Path) -> None:
    """Killed in the middle of their work, six times; bench/faults.py does it for longer."""
    crew = Crew(either, tmp_path / "acks")
    for _ in range(3):
        crew.keep(2, "forever")
        crew.wait_for(40)
        crew.kill()
        crew.kill()
    assert crew.checked().size >= 120


def test_a_killed_server_loses_nothing_that_was_acknowledged(
    server: Server, tmp_path: Path
) -> None:
    """Whose writers live on and ask again."""
    crew = Crew(server.database(), tmp_path / "acks")
    crew.keep(2, "stubborn")
    crew.wait_for(40)
    server.kill()
    server.start()
    crew.wait_for(40)
    crew.kill()
    crew.kill()
    assert crew.checked().size >= 80


def test_every_answer_comes_after_the_disk_has_it(crew: FileCrew, tmp_path: Path) -> None:
    """What survives a power cut cannot be shown by killing a process; the order of calls can."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: durability against power loss is NOT tested")
    trace = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,write"
    crew.run("five", "strace", "-f", "-s", "64", "-e", calls, "-o", str(trace))
    events = [_event(line, crew) for line in trace.read_text().splitlines()]
    order = "".join(event for event in events if event)
    assert order.count("A") == 5
    # The first makes the tables and the file; then each answer costs one sync.
    assert re.fullmatch(r"S+A(SA){4}S*", order)


def _event(line: str, crew: FileCrew) -> str:
    """``S`` where a sync has ended well, ``A`` where a record is acknowledged."""
    if re.search(r"(fdatasync|fsync)(\(\d+\)| resumed>\)) += 0", line):
        return "S"
    acks = "|".join(crew.acknowledged())
    return "A" if re.search(rf'write\(\d+, "({acks})', line) else ""


def test_a_full_disk_is_unavailable_and_loses_nothing(crew: FileCrew) -> None:
    """E10"""
    assert crew.run("full").strip()
    assert len(crew.acknowledged()) > 10
    assert crew.lost() == set()


def test_a_database_that_may_only_be_read_is_unavailable(readable: FileCrew) -> None:
    """E10"""
    asyncio.run(_one_record(readable))
    readable.database.chmod(0o444)
    readable.database.parent.chmod(0o555)
    assert readable.run("nobody").startswith("E034 log.url: ")
    assert readable.acknowledged() == []


@pytest.fixture
def readable() -> Iterator[FileCrew]:
    """In a folder that every user may enter, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    crew = FileCrew(folder)
    crew.url = f"sqlite:///{folder}/sealed/consent.db"
    crew.database.parent.mkdir()
    yield crew
    crew.database.parent.chmod(0o755)
    shutil.rmtree(folder)


async def _one_record(crew: FileCrew) -> None:
    log = patient(f"sqlite:///{crew.database}")
    await log.append(a_record(), NOTICE)
    await log.close()


def test_a_forked_process_opens_the_log_anew(crew: FileCrew) -> None:
    """As servers do that load the site once and then fork their workers."""
    crew.run("forked")
    assert len(verified(crew.database)) == len(crew.acknowledged()) == 3
    assert crew.lost() == set()
