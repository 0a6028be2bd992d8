"""SQLite's one lock: who has it, for how long, and who waits in which thread."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from consent.log import file
from consent.log.file import QUICKLY, SLOWLY, File, open_file
from consent.log.patience import LONGEST

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "consent.db")


@pytest.fixture
async def one(path: str) -> AsyncIterator[File]:
    connection = await open_file(path)
    yield connection
    await connection.close()


@pytest.fixture
async def other(path: str) -> AsyncIterator[File]:
    connection = await open_file(path)
    yield connection
    await connection.close()


async def where(connection: File) -> int:
    """The thread that its statements are executed in."""
    await connection.create_function("thread", 0, threading.get_ident)
    async with connection.execute("SELECT thread()") as cursor:
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("end", ["commit", "rollback"])
async def test_a_quick_writer_executes_in_place_until_it_ends(one: File, end: str) -> None:
    here = threading.get_ident()
    await one.execute(QUICKLY)
    assert await where(one) == here
    await getattr(one, end)()
    assert await where(one) != here


async def test_what_may_take_long_holds_up_nobody_here(one: File) -> None:
    await one.execute(SLOWLY)
    assert await where(one) != threading.get_ident()
    await one.rollback()


async def test_a_quick_writer_waits_until_the_file_is_free(one: File, other: File) -> None:
    await one.execute(QUICKLY)
    waiting = asyncio.ensure_future(other.execute(QUICKLY).__aenter__())
    await asyncio.sleep(2 * LONGEST)
    assert not waiting.done()
    await one.commit()
    await waiting
    assert other.in_transaction


async def test_who_waits_longer_asks_more_often(
    one: File, other: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    enough = asyncio.Event()

    def pause(_: float, longest: float) -> float:
        asked.append(longest)
        if len(asked) == 4:
            enough.set()
        return 0

    monkeypatch.setattr(file, "monotonic", itertools.count(step=0.01).__next__)
    monkeypatch.setattr("random.uniform", pause)
    await one.execute(QUICKLY)
    waiting = asyncio.ensure_future(other.execute(QUICKLY).__aenter__())
    await enough.wait()
    waiting.cancel()
    assert asked == sorted(asked, reverse=True)
    assert asked[-1] < asked[0] < LONGEST


async def test_what_no_waiting_mends_is_said_at_once(one: File) -> None:
    await one.execute(QUICKLY)
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        await one.execute(QUICKLY)
