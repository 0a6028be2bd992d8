"""The thread that the log's connections live in."""

from __future__ import annotations

import asyncio
import threading

import pytest

from consent.log.background import Background

pytestmark = pytest.mark.anyio


class Work:
    """Waits until it is told to end; says whether it has."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.ended = threading.Event()
        self.cut = threading.Event()

    async def __call__(self) -> None:
        try:
            await asyncio.to_thread(self.go.wait)
            self.ended.set()
        except asyncio.CancelledError:
            self.cut.set()
            raise


async def test_work_goes_on_after_the_deadline() -> None:
    background, work = Background(), Work()
    with pytest.raises(TimeoutError):
        await background.run(work, deadline=0.01)
    work.go.set()
    assert await asyncio.to_thread(work.ended.wait, 5)
    background.stop(_nothing, deadline=5)


async def test_a_failure_that_nobody_waits_for_is_no_noise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    background = Background()

    async def fails() -> None:
        await asyncio.sleep(0.02)
        raise OSError

    with pytest.raises(TimeoutError):
        await background.run(fails, deadline=0.01)
    await asyncio.sleep(0.05)
    background.stop(_nothing, deadline=5)
    assert caplog.records == []


async def test_stopping_waits_for_work_but_not_for_ever() -> None:
    background, work = Background(), Work()
    with pytest.raises(TimeoutError):
        await background.run(work, deadline=0.01)
    background.stop(_nothing, deadline=0.05)
    assert await asyncio.to_thread(work.cut.wait, 5)
    work.go.set()
    assert not work.ended.is_set()


async def test_it_can_be_stopped_from_within() -> None:
    background = Background()

    async def stops() -> threading.Thread:
        background.stop(_nothing, deadline=0.05)
        return threading.current_thread()

    thread = await background.run(stops, deadline=5)
    await asyncio.to_thread(thread.join, 5)
    assert not thread.is_alive()


async def test_what_never_ran_need_not_be_stopped() -> None:
    Background().stop(_nothing, deadline=0)


async def _nothing() -> None:
    pass
