"""From every earlier form of the tables, with rows in them, to the newest, on both databases."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, MetaData, func, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from consent.log import migrate
from consent.log.engine import parse
from consent.log.held import Held, Outcome
from consent.log.schema import metadata
from consent.record import Record, encode
from tests.log.examples import NOTICE, a_record, everything, patient

pytestmark = pytest.mark.anyio

EARLIER = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"]
MINE = uuid4()
DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
RECORDS = [
    a_record(subject=MINE, seq=seq, idempotency_key=str(seq), made_at=day)
    for seq, day in enumerate(DAYS, 1)
]


def rows_of(record: Record) -> dict[str, dict[str, Any]]:
    """As they were, with the columns of every release."""
    whole = {
        "id": record.id,
        "idempotency_key": record.idempotency_key,
        "body_hash": record.body_hash,
        "notice": record.notice,
        "body": encode(record),
    }
    personal = {"subject": str(MINE), "seq": record.seq, "salt": record.salt, "stored_ms": 1}
    delivery = {"hook": "crm", "attempts": 1, "due_ms": 1}
    attempt = {"hook": "crm", "number": 1, "at_ms": 1, "error": "OSError"}
    held = {"day": "2026-01-31", "site": f"{record.seq}.example", "host": "h", "service": ""}
    request = {"kind": "access", "outcome": "done", "times": 1}
    return {
        "record": whole,
        "subject": {"record_id": record.id, **personal},
        "delivery": {"record_id": record.id, **delivery},
        "attempt": {"record_id": record.id, **attempt},
        "held": {**held, "times": 7},
        "pending": {"record_id": record.id},
        "hold": {"subject": record.id, "reason": "claim", "until": "2027-06-30"},
        "erasure": {"day": f"2026-01-0{record.seq}", "times": 1},
        "request": {"received": "2026-01-01", "answered": f"2026-01-0{record.seq}", **request},
    }


def make(connection: Connection, revision: str) -> None:
    """The tables of an earlier release, each with rows."""
    migrate.upgrade(connection, revision)
    tables = MetaData()
    tables.reflect(connection)
    shown = {"hash": NOTICE.hash, "content": NOTICE.content}
    connection.execute(insert(tables.tables["notice"]).values(shown))
    for record in RECORDS:
        for name, row in rows_of(record).items():
            if (table := tables.tables.get(name)) is not None:
                had = {column: row[column] for column in row.keys() & table.columns.keys()}
                connection.execute(insert(table).values(had))


async def in_database(url: str, work: Any, *arguments: Any) -> Any:
    engine = create_async_engine(parse(url))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work, *arguments)
    finally:
        await engine.dispose()


def counted(connection: Connection) -> dict[str, int]:
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in metadata.tables.items()
    }


@pytest.mark.parametrize("revision", EARLIER)
async def test_every_earlier_log_keeps_its_rows_and_is_to_be_put_into_the_tree(
    either: str, revision: str
) -> None:
    """By whichever of four processes comes first."""
    await in_database(either, make, revision)
    logs = [patient(either) for _ in range(4)]
    assert await asyncio.gather(*map(everything, logs)) == [RECORDS] * 4
    found = await in_database(either, counted)
    kept = {"0001": 3, "0002": 5, "0003": 6, "0004": 6, "0005": 6}.get(revision, 8)
    full = ["notice", "record", "subject", "delivery", "attempt", "held", "hold", "request"][:kept]
    assert {name for name, count in found.items() if count} == {*full, "pending"}
    assert (found["record"], found["subject"], found["pending"]) == (3, 3, 3)
    assert await logs[0].append(a_record(idempotency_key="2"), NOTICE) == RECORDS[1]
    added = await logs[1].append(a_record(subject=MINE, seq=4), NOTICE)
    assert [record.seq async for record in logs[2].read(subject=MINE)] == [1, 2, 3, 4]
    assert (await logs[3].newer(""))[1] == {MINE: added.seq}
    for log in logs:
        await log.close()


async def test_of_undeclared_hosts_it_is_not_known_which_were_held(either: str) -> None:
    """FR-23: what may have passed is not shown as held."""
    await in_database(either, make, "0008")
    log = patient(either)
    declared = Held(date(2026, 1, 30), "s", "h", "youtube")
    await in_database(either, count_before, declared)
    found = await log.held(since=date.min)
    assert {each.outcome for each in found if not each.service} == {Outcome.UNKNOWN}
    assert found[declared] == 9
    assert sum(found.values()) == 9 + 3 * 7
    await log.count_held({declared._replace(service=""): 2})
    assert sum((await log.held(since=date.min)).values()) == 9 + 3 * 7 + 2
    await log.close()


def count_before(connection: Connection, held: Held) -> None:
    row = {"day": str(held.day), "site": held.site, "host": held.host, "service": held.service}
    tables = MetaData()
    tables.reflect(connection)
    connection.execute(insert(tables.tables["held"]).values({**row, "times": 9}))


def test_the_forms_of_every_release_are_tried() -> None:
    assert str(int(EARLIER[-1]) + 1).zfill(4) == migrate.NEWEST


async def test_a_thread_goes_on_while_another_makes_its_tables() -> None:
    """What is begun there has its time limits there."""
    goes_on = threading.Event()

    async def waits() -> None:
        async with migrate.turn():
            pass

    async def lives() -> None:
        goes_on.set()

    async def both() -> None:
        await asyncio.gather(waits(), lives())

    other = threading.Thread(target=asyncio.run, args=(both(),), daemon=True)
    async with migrate.turn():
        other.start()
        assert await asyncio.to_thread(goes_on.wait, 60)
    await asyncio.to_thread(other.join, 60)
    assert not other.is_alive()
