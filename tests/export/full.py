"""A log with a bit of everything, made by the code that sites run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from consent.log.schema import subject as persons
from consent.record import Record
from tests.log.checked import keys, sequence
from tests.log.examples import NOTICE, SCREEN, a_record, patient

START = datetime(2026, 1, 1, 23, 59, 59, 999000, UTC)
DAY = timedelta(days=1)
SOMEBODY = UUID("00112233-4455-4677-8899-aabbccddeeff")


async def fill(url: str) -> list[Record]:
    """Three records of three days, all in the tree, the last one erased."""
    log = patient(url, keys=keys)
    await log.keep_screen(SCREEN)
    records = [
        a_record(subject=SOMEBODY, screen=SCREEN.hash, made_at=START),
        a_record(subject=SOMEBODY, seq=2, services={"é": False}, made_at=START + DAY),
        a_record(made_at=START + 2 * DAY),
    ]
    for record in records:
        await log.append(record, NOTICE)
    while await sequence(log):
        pass
    erased = delete(persons).where(persons.c.record_id == records[2].id)
    await log._run(lambda store: store.write(lambda at: at.execute(erased)))
    await log.close()
    return records
