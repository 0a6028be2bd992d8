"""A log as it is at one moment, on both databases."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from consent.errors import LogUnavailable
from consent.export.lines import lines
from consent.log.snapshot import Part, opened
from consent.verify.opening import open_file
from consent.verify.report import Report
from consent.verify.whole import verify
from tests.export.full import fill
from tests.log.examples import NOTICE, a_record, patient

pytestmark = pytest.mark.anyio


async def test_what_is_written_meanwhile_is_not_in_it(either: str) -> None:
    await fill(either)
    log = patient(either)
    async with log.snapshot() as snapshot:
        before = await snapshot.count(Part())
        await log.append(a_record(), NOTICE)
        found = [row["id"] async for row in snapshot.rows(Part())]
    await log.close()
    assert (before, len(found)) == (3, 3)


def verified(path: Path) -> Report:
    with closing(open_file(path)) as database:
        return verify(database)


async def test_an_export_from_either_database_verifies(either: str, tmp_path: Path) -> None:
    await fill(either)
    log = patient(either)
    async with log.snapshot() as snapshot:
        text = "".join([line async for line in lines(snapshot, Part())])
    await log.close()
    (tmp_path / "export.jsonl").write_text(text)
    report = await asyncio.to_thread(verified, tmp_path / "export.jsonl")
    assert report.holds, report.examples
    assert report.counts["records"] == 3


async def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    nowhere = make_url(f"sqlite+aiosqlite:///{tmp_path}/none/consent.db")
    with pytest.raises(LogUnavailable):
        async with opened(nowhere, deadline=1):
            """Never comes here."""


async def test_one_without_its_tables_breaks_off(tmp_path: Path) -> None:
    empty = make_url(f"sqlite+aiosqlite:///{tmp_path}/consent.db")
    async with opened(empty, deadline=1) as snapshot:
        with pytest.raises(LogUnavailable):
            await snapshot.count(Part())
        with pytest.raises(LogUnavailable):
            [row async for row in snapshot.table("notice")]
