"""The log in a database: where it is, who may call it, and what it never does."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from consent.errors import ConfigError, LogUnavailable
from consent.log import engine, migrate
from consent.log.rows import PAGE, SIZE
from consent.log.sql import SqlLog, _leave_all
from consent.log.store import Store
from tests.log.contract import LogContract
from tests.log.examples import NOTICE, a_record, everything, patient
from tests.log.inspection import verified

pytestmark = pytest.mark.anyio


class TestSqlLog(LogContract):
    @pytest.fixture
    async def log(self, url: str, tmp_path: Path) -> AsyncIterator[SqlLog]:
        log = patient(url)
        yield log
        await log.close()
        verified(tmp_path / "consent.db")


async def test_more_than_a_page_is_read_to_the_end(url: str) -> None:
    log = patient(url)
    me = uuid4()
    for seq in range(1, PAGE + 3):
        await log.append(a_record(subject=me, seq=seq), NOTICE)
    assert [record.seq async for record in log.read(subject=me)] == list(range(1, PAGE + 3))
    # A signal at the start of the second page, then one at the end of the first.
    known = [*range(1, PAGE + 3)]
    for seq in (-PAGE, 1 - PAGE):
        known.append((await log.append(a_record(subject=me, seq=seq), NOTICE)).seq)
        ordered = sorted(known, key=lambda seq: (abs(seq), -seq))
        assert [record.seq async for record in log.read(subject=me)] == ordered
    assert len(await everything(log)) == PAGE + 4
    await log.close()


async def test_a_reader_that_stops_early_holds_up_nobody(url: str) -> None:
    log = patient(url)
    await log.append(a_record(), NOTICE)
    async for _ in log.read():
        await log.append(a_record(), NOTICE)
        break
    await log.close()


async def test_a_notice_is_archived_once_per_hash(url: str, tmp_path: Path) -> None:
    for _ in range(2):
        log = patient(url)
        await log.append(a_record(), NOTICE)
        await log.append(a_record(), NOTICE)
        await log.close()
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database:
        assert database.execute("SELECT count(*) FROM notice").fetchone() == (1,)


async def test_an_erased_subject_leaves_a_record_of_nobody(url: str, tmp_path: Path) -> None:
    """EU-27: the proof stays, the person does not."""
    log = patient(url)
    kept = await log.append(a_record(), NOTICE)
    await log.close()
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database, database:
        database.execute("DELETE FROM subject")
    [erased] = await everything(log)
    assert erased.erased
    assert (erased.id, erased.commitment) == (kept.id, kept.commitment)
    await log.close()


async def test_a_refusal_that_waited_for_the_log_is_new_when_it_arrives(url: str) -> None:
    log = patient(url)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    owed = await log.append(a_record(made_at=an_hour_ago), NOTICE)
    assert (await log.newer(""))[1] == {owed.subject: 1}
    await log.close()


async def test_a_database_locked_by_another_is_unavailable_until_it_is_free(
    url: str, tmp_path: Path
) -> None:
    """E10"""
    log, hasty = patient(url), SqlLog(url, deadline=0.5)
    first = await log.append(a_record(), NOTICE)
    with closing(sqlite3.connect(tmp_path / "consent.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailable):
            await hasty.append(a_record(), NOTICE)
        assert await everything(log) == [first]
        other.rollback()
    await log.append(a_record(), NOTICE)
    assert len(await everything(log)) == 2
    await hasty.close()
    await log.close()


async def test_a_writer_in_line_waits_no_longer_than_the_deadline(url: str, tmp_path: Path) -> None:
    log, hasty = patient(url), SqlLog(url, deadline=0.5)
    await log.append(a_record(), NOTICE)
    with closing(sqlite3.connect(tmp_path / "consent.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        sent = (hasty.append(a_record(), NOTICE) for _ in range(30))
        answers = await asyncio.gather(*sent, return_exceptions=True)
    assert {type(answer) for answer in answers} == {LogUnavailable}
    assert len(await everything(log)) == 1
    await hasty.close()
    await log.close()


async def test_what_does_not_end_within_the_deadline_is_unavailable(url: str) -> None:
    async def does_not_end(_: Store) -> None:
        await asyncio.Event().wait()

    hasty = SqlLog(url, deadline=0.05)
    with pytest.raises(LogUnavailable):
        await hasty._run(does_not_end)
    await hasty.close()


async def test_of_two_that_come_first_one_waits_for_the_tables_of_the_other(url: str) -> None:
    async def at_once(store: Store) -> None:
        assert not any(await asyncio.gather(store.fetch(SIZE), store.fetch(SIZE)))

    log = patient(url)
    await log._run(at_once)
    await log.close()


async def test_a_deleted_file_takes_no_more_records(url: str, tmp_path: Path) -> None:
    """Written to a file that has no name any more, they would be acknowledged and lost."""
    log = patient(url)
    await log.append(a_record(), NOTICE)
    for name in os.listdir(tmp_path):
        os.unlink(tmp_path / name)
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    after = await log.append(a_record(), NOTICE)
    assert [record.id for record in verified(tmp_path / "consent.db")] == [after.id]
    await log.close()


async def test_a_restored_database_is_given_the_notice_again(url: str, tmp_path: Path) -> None:
    backup = patient(f"sqlite:///{tmp_path}/backup.db")
    await backup.newer("")
    await backup.close()
    log = patient(url)
    await log.append(a_record(), NOTICE)
    for name in os.listdir(tmp_path):
        if name.startswith("consent"):
            os.unlink(tmp_path / name)
    os.rename(tmp_path / "backup.db", tmp_path / "consent.db")
    after = await log.append(a_record(), NOTICE)
    assert [record.id for record in verified(tmp_path / "consent.db")] == [after.id]
    await log.close()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/proc/consent.db", id="where nothing can be written"),
        pytest.param("/nowhere/at/all/consent.db", id="a folder that is not there"),
        pytest.param("/", id="a folder"),
    ],
)
async def test_a_place_that_takes_no_file_is_unavailable(path: str) -> None:
    """E10"""
    log = patient(f"sqlite:///{path}")
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    with pytest.raises(LogUnavailable):
        await log.newer("")
    await log.close()


async def test_a_file_that_is_no_database_is_unavailable(url: str, tmp_path: Path) -> None:
    (tmp_path / "consent.db").write_bytes(b"not a database " * 100)
    log = patient(url)
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    await log.close()


async def test_a_server_that_does_not_answer_is_unavailable() -> None:
    log = SqlLog("postgresql://user@127.0.0.1:1/none")
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    await log.close()


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "consent.db", "nonsense:///x"],
)
def test_what_keeps_no_proof_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        patient(url)
    [problem] = caught.value.problems
    assert (problem.code, problem.path) == ("E030", "log.url")


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("sqlite://consent.db", "sqlite:///consent.db"),
        ("sqlite://var/consent.db", "sqlite:///var/consent.db"),
    ],
)
def test_a_slash_that_is_missing_is_named(url: str, meant: str) -> None:
    """What is behind two is a host: the first is a log in memory, the second another file."""
    with pytest.raises(ConfigError) as caught:
        patient(url)
    [problem] = caught.value.problems
    assert problem.fix.startswith(f"Write {meant}, ")


def test_postgresql_without_its_driver_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(ConfigError) as caught:
        SqlLog("postgresql://user@host/database")
    [problem] = caught.value.problems
    assert problem.fix == "Install asgi-consent[postgresql]."


async def test_a_relative_path_is_that_of_the_moment_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = patient("sqlite:///here.db")
    monkeypatch.chdir("/")
    await log.append(a_record(), NOTICE)
    await log.close()
    assert (tmp_path / "here.db").exists()


def test_one_log_serves_many_event_loops(url: str, tmp_path: Path) -> None:
    log = patient(url)
    for _ in range(5):
        asyncio.run(_append_to(log))
    asyncio.run(log.close())
    assert len(verified(tmp_path / "consent.db")) == 5


def test_one_log_serves_loops_in_several_threads_at_once(url: str, tmp_path: Path) -> None:
    log = patient(url)
    threads = [threading.Thread(target=asyncio.run, args=(_append_to(log),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(log.close())
    assert len(verified(tmp_path / "consent.db")) == 8


async def test_a_request_cut_short_leaves_its_record_whole(url: str, tmp_path: Path) -> None:
    """E11: complete or absent, and answered when it is sent again."""
    log = patient(url)
    for cut in range(20):
        record = a_record(idempotency_key=str(cut))
        sending = asyncio.ensure_future(log.append(record, NOTICE))
        await asyncio.sleep(0.0005 * cut)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        stored = await log.append(a_record(idempotency_key=str(cut)), NOTICE)
        assert stored.idempotency_key == str(cut)
    await log.close()
    assert len(verified(tmp_path / "consent.db")) == 20


async def test_closing_waits_for_what_is_being_written(url: str, tmp_path: Path) -> None:
    log = patient(url)
    sending = [asyncio.ensure_future(log.append(a_record(), NOTICE)) for _ in range(20)]
    await asyncio.sleep(0)
    await log.close()
    await asyncio.gather(*sending)
    await log.close()
    assert len(verified(tmp_path / "consent.db")) == 20


async def test_a_forgotten_log_leaves_no_thread_behind(url: str) -> None:
    before, log = _threads(), patient(url)
    await log.append(a_record(), NOTICE)
    (thread,) = _threads() - before
    del log
    gc.collect()
    await asyncio.to_thread(thread.join, 60)
    assert not thread.is_alive()


async def test_who_collects_a_log_does_not_wait_for_it(url: str) -> None:
    """It may be a thread that holds what the log needs to end: here, the turn to make tables."""
    before, logs = _threads(), [SqlLog(url, deadline=3600)]
    log = weakref.ref(logs[0])
    async with migrate.turn():
        sending = asyncio.ensure_future(logs[0].append(a_record(), NOTICE))
        await asyncio.sleep(0.05)
        sending.cancel()
        await asyncio.wait({sending})
        del sending
        (thread,) = _threads() - before
        collecting = threading.Thread(target=logs.clear, daemon=True)
        collecting.start()
        await asyncio.to_thread(collecting.join, 60)
        assert not collecting.is_alive()
        assert log() is None
        assert thread.is_alive()
    await asyncio.to_thread(thread.join, 60)
    assert not thread.is_alive()


async def test_what_is_begun_ends_before_the_process_does(url: str, tmp_path: Path) -> None:
    """In that of the tests, as at its end."""
    log = patient(url)
    sending = asyncio.ensure_future(log.append(a_record(), NOTICE))
    await asyncio.sleep(0)
    await asyncio.to_thread(_leave_all)
    assert len(verified(tmp_path / "consent.db")) == 1
    await sending


async def test_a_log_never_used_opens_nothing(url: str, tmp_path: Path) -> None:
    log = patient(url)
    await log.close()
    assert os.listdir(tmp_path) == []


async def _append_to(log: SqlLog) -> None:
    await log.append(a_record(), NOTICE)


def _threads() -> set[threading.Thread]:
    """Of all logs that are open in this process."""
    return {thread for thread in threading.enumerate() if thread.name == "consent-log"}
