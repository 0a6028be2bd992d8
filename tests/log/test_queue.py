"""Many callers, one writer: who is answered what, and when."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.event import listen

from consent.errors import IdempotencyConflict, LogUnavailable, SequenceTaken
from consent.log import batch, migrate, queue, rows, store
from consent.log.batch import Entry
from consent.log.engine import open_engine
from consent.log.queue import BOUND, MOST, Queue
from consent.log.rows import padded
from consent.log.sequencer import oldest
from consent.log.sql import SqlLog
from tests.log.examples import NOTICE, a_notice, a_record, everything, patient

PATIENCE = 60.0
"""Seconds that a writer is held up at most."""

pytestmark = pytest.mark.anyio


@pytest.fixture
async def log(either: str) -> AsyncIterator[SqlLog]:
    log = patient(either)
    yield log
    await log.close()


class Writer:
    """A store that writes when it is told to."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.go = asyncio.Event()
        self.batches: list[int] = []
        self.error = error
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    async def __call__(self, entries: Sequence[Entry]) -> None:
        await self.go.wait()
        self.batches.append(len(entries))
        if self.error is not None:
            raise self.error
        for entry in entries:
            entry.outcome = entry.record


async def test_what_comes_while_one_transaction_is_under_way_is_the_next() -> None:
    writer = Writer()
    queue = Queue(writer.start, writer, 60)
    sent = [asyncio.ensure_future(queue.append(a_record(), NOTICE)) for _ in range(MOST + 10)]
    await asyncio.sleep(0)
    writer.go.set()
    await asyncio.gather(*sent)
    assert writer.batches == [MOST, 10]
    await queue.append(a_record(), NOTICE)
    assert writer.batches == [MOST, 10, 1]


async def test_more_than_can_wait_are_refused_at_once() -> None:
    writer = Writer()
    queue = Queue(writer.start, writer, 60)
    record = a_record()
    sent = [asyncio.ensure_future(queue.append(record, NOTICE)) for _ in range(BOUND + MOST + 1)]
    await asyncio.sleep(0)
    writer.go.set()
    answers = await asyncio.gather(*sent, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, LogUnavailable)]
    assert len(refused) == MOST + 1
    assert sum(writer.batches) == BOUND


async def test_nobody_waits_longer_than_the_deadline() -> None:
    writer = Writer()
    queue = Queue(writer.start, writer, 0.01)
    with pytest.raises(LogUnavailable):
        await queue.append(a_record(), NOTICE)
    writer.go.set()


async def test_all_of_a_batch_that_fails_are_told() -> None:
    writer = Writer(LogUnavailable("gone"))
    writer.go.set()
    queue = Queue(writer.start, writer, 60)
    sent = (queue.append(a_record(), NOTICE) for _ in range(3))
    answers = await asyncio.gather(*sent, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["gone"] * 3


async def test_a_writer_that_breaks_is_replaced_by_the_next_caller() -> None:
    writer = Writer(ZeroDivisionError())
    writer.go.set()
    queue = Queue(writer.start, writer, 60)
    with pytest.raises(LogUnavailable):
        await queue.append(a_record(), NOTICE)
    with pytest.raises(ZeroDivisionError):
        await writer._tasks[0]
    writer.error = None
    record = a_record()
    assert await queue.append(record, NOTICE) == record


async def test_a_caller_whose_loop_has_ended_is_no_obstacle() -> None:
    writer = Writer()
    queue = Queue(writer.start, writer, 60)
    loop = asyncio.get_running_loop()
    left = threading.Event()

    async def leave() -> None:
        sending = asyncio.ensure_future(queue.append(a_record(), NOTICE))
        await asyncio.sleep(0)
        sending.cancel()

    def elsewhere() -> None:
        asyncio.run(leave())
        left.set()

    queue._start = lambda work: loop.call_soon_threadsafe(writer.start, work)
    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(left.wait)
    thread.join()
    writer.go.set()
    record = a_record()
    assert await queue.append(record, NOTICE) == record


async def test_each_of_a_batch_is_answered_as_if_it_had_come_alone(log: SqlLog) -> None:
    """E9"""
    me = uuid4()
    first = a_record(subject=me, idempotency_key="k", body_hash="a" * 64)
    sent = [
        first,
        a_record(idempotency_key="k", body_hash="a" * 64),
        a_record(idempotency_key="k", body_hash="b" * 64),
        a_record(subject=me),
        a_record(subject=me, seq=2),
    ]
    for _ in range(2):
        answers = await asyncio.gather(
            *(log.append(record, NOTICE) for record in sent), return_exceptions=True
        )
        assert answers[:2] == [first, first]
        assert isinstance(answers[2], IdempotencyConflict)
        assert isinstance(answers[3], SequenceTaken)
    assert {record.id for record in await everything(log)} == {first.id, sent[4].id}


async def test_one_that_the_database_refuses_costs_the_others_nothing(log: SqlLog) -> None:
    """A text with a NUL, on PostgreSQL; a number that is none, on SQLite."""
    other = a_notice(b"{}")
    broken = a_record(notice=other.hash, idempotency_key="a\0b", seq=2**70)
    sent = [a_record(), a_record(), broken, a_record()]
    shown = [NOTICE, NOTICE, other, NOTICE]
    answers = await asyncio.gather(
        *map(log.append, sent, shown), log.append(a_record(), NOTICE), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(LogUnavailable) == 1
    assert isinstance(answers[2], LogUnavailable)
    assert len(await everything(log)) == 4


async def test_a_record_whose_id_is_taken_is_refused_in_the_end(log: SqlLog) -> None:
    """It cannot be the same: its subject and number are others."""
    first = await log.append(a_record(), NOTICE)
    answers = await asyncio.gather(
        log.append(a_record(id=first.id), NOTICE),
        log.append(a_record(), NOTICE),
        return_exceptions=True,
    )
    assert isinstance(answers[0], LogUnavailable)
    assert len(await everything(log)) == 2


async def test_whoever_gave_up_is_not_recorded_afterwards(
    either: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = patient(either)
    monkeypatch.setattr(batch, "monotonic", lambda: float("inf"))
    hasty = SqlLog(either, deadline=1)
    with pytest.raises(LogUnavailable):
        await hasty.append(a_record(), NOTICE)
    assert await everything(log) == []
    await hasty.close()
    await log.close()


async def test_a_batch_takes_as_many_statements_as_a_single_record(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    all_wait = threading.Event()
    all_wait.set()

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)
        assert all_wait.wait(PATIENCE)

    def opened(*args: Any, **options: Any) -> Any:
        engine = open_engine(*args, **options)
        listen(engine.sync_engine, "before_cursor_execute", heard)
        return engine

    monkeypatch.setattr(store, "open_engine", opened)
    log = patient(url)
    await log.append(a_record(idempotency_key="k"), NOTICE)
    said.clear()
    await log.append(a_record(idempotency_key="l"), NOTICE)
    alone = len(said)
    said.clear()
    # The first goes by itself, and is held up until the others are there.
    all_wait.clear()
    sent = [log.append(a_record(idempotency_key=str(each)), NOTICE) for each in range(MOST)]
    tasks = [asyncio.ensure_future(each) for each in sent]
    await asyncio.sleep(0)
    all_wait.set()
    await asyncio.gather(*tasks)
    assert len(said) <= 2 * alone
    await log.close()


async def test_a_replay_waits_for_the_standby_as_the_first_answer_did(
    either: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL a COMMIT that was given up may be visible before it is replicated."""
    log = patient(either)
    await log.append(a_record(idempotency_key="k"), NOTICE)
    touched: list[str] = []
    statement = migrate.TOUCH

    class Touch:
        def __get__(self, *_: object) -> Any:
            touched.append("touched")
            return statement

    monkeypatch.setattr(store, "migrate", type("migrate", (), {"TOUCH": Touch()}))
    await log.append(a_record(idempotency_key="k"), NOTICE)
    assert bool(touched) == either.startswith("postgresql")
    await log.close()


@pytest.mark.parametrize(("given", "length"), [(0, 0), (1, 1), (2, 2), (3, 4), (5, 8), (256, 256)])
def test_few_lengths_of_lists_are_asked_for(given: int, length: int) -> None:
    assert padded(list(range(given))) == [*range(given), *[given - 1] * (length - given)]


def test_the_bound_is_a_number_of_whole_batches() -> None:
    assert queue.BOUND % queue.MOST == 0


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(rows.with_keys(["a", "b"]), id="the keys of a batch"),
        pytest.param(rows.holders([("a", 1), ("b", 2)]), id="the numbers of a batch"),
        pytest.param(rows.known_notices(["a", "b"]), id="its notices"),
        pytest.param(rows.not_sequenced(), id="what is new and pending"),
        pytest.param(rows.sequenced(7), id="what is new in the tree"),
        pytest.param(oldest("a"), id="what comes into the tree next"),
    ],
)
async def test_nothing_that_is_asked_often_reads_a_large_table_whole(
    url: str, tmp_path: Path, query: Select[Any]
) -> None:
    log = patient(url)
    await log.append(a_record(), NOTICE)
    await log.close()
    statement = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database:
        plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert plan
    assert not [line for line in plan if line.startswith("SCAN") and "pending" not in line]


async def test_a_new_visitor_is_not_looked_for_and_whoever_has_the_number_is_found_all_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has a random id that was made just now; the database would tell (edges.md E9)."""
    said: list[str] = []

    def opened(*args: Any, **options: Any) -> Any:
        engine = open_engine(*args, **options)
        listen(engine.sync_engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        return engine

    monkeypatch.setattr(store, "open_engine", opened)
    log = patient(url)
    first = await log.append(a_record(), NOTICE)
    said.clear()
    await log.append(a_record(), NOTICE)
    assert not any("FROM subject" in statement for statement in said)
    later = a_record(subject=first.subject, seq=2)
    await asyncio.gather(log.append(later, NOTICE), log.append(a_record(), NOTICE))
    assert any("FROM subject" in statement for statement in said)
    with pytest.raises(SequenceTaken):
        await log.append(a_record(subject=first.subject), NOTICE)
    await log.close()
