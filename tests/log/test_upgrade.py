"""From every earlier form of the tables, with rows in them, to the newest, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, func, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from consent.log import migrate
from consent.log.engine import parse
from consent.log.schema import metadata
from consent.record import Record, encode
from tests.log.examples import NOTICE, a_record, everything, patient

pytestmark = pytest.mark.anyio

EARLIER = ["0001", "0002", "0003", "0004", "0005", "0006", "0007"]
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
    return {
        "record": whole,
        "subject": {"record_id": record.id, **personal},
        "delivery": {"record_id": record.id, **delivery},
        "attempt": {"record_id": record.id, **attempt},
        "held": {**held, "times": 7},
        "pending": {"record_id": record.id},
        "hold": {"subject": record.id, "reason": "claim", "until": "2027-06-30"},
        "erasure": {"day": f"2026-01-0{record.seq}", "times": 1},
    }


def make(connection: Connection, revision: str) -> None:
    """The tables of an earlier release, each with rows."""
    config = Config(attributes={"connection": connection})
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    command.upgrade(config, revision)
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
    kept = {"0001": 3, "0002": 5, "0003": 6, "0004": 6, "0005": 6, "0006": 8, "0007": 8}[revision]
    full = ["notice", "record", "subject", "delivery", "attempt", "held", "hold", "request"][:kept]
    assert {name for name, count in found.items() if count} == {*full, "pending"}
    assert (found["record"], found["subject"], found["pending"]) == (3, 3, 3)
    assert await logs[0].append(a_record(idempotency_key="2"), NOTICE) == RECORDS[1]
    added = await logs[1].append(a_record(subject=MINE, seq=4), NOTICE)
    assert [record.seq async for record in logs[2].read(subject=MINE)] == [1, 2, 3, 4]
    assert (await logs[3].newer(""))[1] == {MINE: added.seq}
    for log in logs:
        await log.close()


def test_the_forms_of_every_release_are_tried() -> None:
    assert str(int(EARLIER[-1]) + 1).zfill(4) == migrate.NEWEST
