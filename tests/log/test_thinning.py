"""Of what is signed in one hour one checkpoint is kept, however many processes take turns at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log import thinning
from consent.log.rounds import once
from consent.log.schema import checkpoint, pending, record, subject, witness
from consent.log.sql import SqlLog
from consent.log.store import Store
from consent.witness import COSIGNATURE, History, Signed
from tests.log.checked import holds, keys, sequence
from tests.log.examples import NOTICE, a_record, patient
from tests.log.postgresql import Server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("never")]

NINE = datetime(2026, 3, 29, 9, tzinfo=UTC)


@pytest.fixture
async def logs(either: str) -> AsyncIterator[list[SqlLog]]:
    """Of four processes."""
    logs = [patient(either, keys=keys) for _ in range(4)]
    yield logs
    await asyncio.gather(*(log.close() for log in logs))


async def grow(log: SqlLog, minute: float = 0, *, records: int = 1) -> None:
    made_at = NINE + timedelta(minutes=minute)
    for _ in range(records):
        await log.append(a_record(made_at=made_at), NOTICE)
    assert await sequence(log) == records


async def sizes(log: SqlLog) -> list[int]:
    query = select(checkpoint.c.size).order_by(checkpoint.c.size)
    return [row.size for row in await log._fetch(query)]


async def test_sequencers_in_turn_leave_one_for_256_leaves(logs: list[SqlLog], either: str) -> None:
    await asyncio.gather(*(logs[0].append(a_record(made_at=NINE), NOTICE) for _ in range(250)))
    await sequence(logs[0])
    for number in range(12):
        await grow(logs[number % 4], number)
    assert await sizes(logs[0]) == [256, 262]
    assert (await holds(either, size=262)).counts["checkpoints"] == 2


async def test_sequencers_in_turn_leave_one_for_each_hour(logs: list[SqlLog], either: str) -> None:
    """So a dossier still has one of each day."""
    for log, minute in zip(logs * 2, (0, 30, 59.99, 60, 90, 119, 180, 24 * 60), strict=True):
        await grow(log, minute)
    assert await sizes(logs[0]) == [3, 6, 7, 8]
    await holds(either, size=8)


class Slow:
    """A witness; while it thinks, the log grows."""

    kind = COSIGNATURE
    name = "https://witness.example"

    def __init__(self, log: SqlLog, records: int) -> None:
        self.log = log
        self.records = records

    async def attest(self, new: Signed, last: int, history: History) -> bytes:
        for _ in range(self.records):
            await grow(self.log)
        return new.note.encode()


@pytest.mark.parametrize("meanwhile", [0, 2])
async def test_what_a_witness_has_attested_stays(
    logs: list[SqlLog], either: str, meanwhile: int
) -> None:
    await grow(logs[0])
    await once(logs[1].proofs, [Slow(logs[2], meanwhile)])
    for log in logs:
        await grow(log)
    assert await sizes(logs[0]) == [1, 5 + meanwhile]
    report = await holds(either, size=5 + meanwhile)
    assert (report.counts["checkpoints"], report.counts["witnessed"]) == (2, 1)


WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def test_nothing_is_deleted_while_a_witness_is_written_down(server: Server) -> None:
    """Where several transactions write at a time, and none sees what the others are about to."""
    url = server.database()
    one, other = patient(url, keys=keys), patient(url, keys=keys)
    await grow(one)
    await other.append(a_record(made_at=NINE), NOTICE)

    async def attested(connection: AsyncConnection) -> asyncio.Task[int]:
        note = await connection.scalar(select(checkpoint.c.note)) or ""
        await thinning.keep(connection, 1, note)
        growing = asyncio.create_task(sequence(other))
        while not growing.done() and not await connection.scalar(WAITING):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        given = {"kind": COSIGNATURE, "name": "witness", "content": note.encode()}
        await connection.execute(insert(witness).values(size=1, **given))
        return growing

    async def both(store: Store) -> int:
        return await (await store.write(attested))

    assert await one._run(both) == 1
    assert await sizes(one) == [1, 2]
    await asyncio.gather(one.close(), other.close())


async def test_an_id_that_tells_no_time_is_of_no_hour(url: str) -> None:
    """Who reaches the database changes ids too; the tree grows all the same."""
    log = patient(url, keys=keys)
    await grow(log)
    await log.append(a_record(made_at=NINE), NOTICE)

    async def changed(connection: AsyncConnection) -> None:
        await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        last = await connection.scalar(select(pending.c.record_id))
        for column in (pending.c.record_id, subject.c.record_id, record.c.id):
            changing = update(column.table).where(column == last)
            await connection.execute(changing.values({column: "0"}))

    await log._run(lambda store: store.write(changed))
    assert await sequence(log) == 1
    assert await sizes(log) == [1, 2]
    await log.close()
