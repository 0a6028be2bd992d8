"""What a dossier is made from, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from consent.log.period import Head, Period
from consent.log.snapshot import Part
from tests.dossier.world import START, world
from tests.log.examples import patient

pytestmark = pytest.mark.anyio
FIRST = START.replace(hour=0) + timedelta(days=2)
PART = Part(FIRST, FIRST + timedelta(days=3))
"""Leaves 10 to 24, of 50."""


async def test_a_period_has_its_records_and_what_was_signed_about_them(either: str) -> None:
    await asyncio.to_thread(world, either)
    log = patient(either)
    async with log.snapshot() as snapshot:
        period = Period(snapshot, PART)
        head = await period.head()
        bodies = [index async for index, _ in period.bodies(50)]
        young = [index async for index, _ in period.bodies(20)]
        some = [index async for index, _ in period.at([49, 0, 7])]
        signed = [(each.size, each.day) async for each in period.checkpoints(10, 25)]
        given = [(row.size, row.kind) async for row in period.witnessed(20)]
        held = [tuple(row) async for row in period.held(date(2026, 1, 3), date(2026, 1, 5))]
    await log.close()
    assert isinstance(head, Head) and (head.size, head.minimum) == (50, 0)
    assert (bodies, young, some) == ([*range(10, 25)], [*range(10, 20)], [0, 7, 49])
    # Before it, of each day, after it, after it and shown to a witness, and the newest.
    assert [size for size, _ in signed] == [10, 15, 20, 25, 35, 50]
    assert signed[1] == (15, date(2026, 1, 3))
    assert given == [(20, "directory")]
    assert held == [("www.example.fr", "cdn.example.net", "", "held", 9, "2026-01-05")]


async def test_a_log_of_nothing_has_no_head(either: str) -> None:
    log = patient(either)
    async with log.snapshot() as snapshot:
        period = Period(snapshot, Part(datetime(2026, 1, 1, tzinfo=UTC)))
        assert await period.head() is None
        assert [each async for each in period.checkpoints(0, 1)] == []
    await log.close()
