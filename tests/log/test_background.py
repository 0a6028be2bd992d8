"""The thread that the log's connections live in."""

from __future__ import annotations

import asyncio
import gc
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
    assert await asyncio.to_thread(work.ended.wait, 60)
    background.stop(_nothing, _nothing, deadline=60)


async def test_a_failure_that_nobody_waits_for_is_no_noise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    background, go = Background(), threading.Event()

    async def fails() -> None:
        await asyncio.to_thread(go.wait)
        raise OSError

    with pytest.raises(TimeoutError):
        await background.run(fails, deadline=0.01)
    # A round trip: by then its thread, too, knows that the caller has gone.
    await background.run(_nothing, deadline=60)
    go.set()
    background.stop(_nothing, _nothing, deadline=60)
    gc.collect()
    assert caplog.records == []


async def test_stopping_waits_for_work_but_not_for_ever() -> None:
    background, work = Background(), Work()
    with pytest.raises(TimeoutError):
        await background.run(work, deadline=0.01)
    background.stop(_nothing, _nothing, deadline=0.05)
    assert await asyncio.to_thread(work.cut.wait, 60)
    work.go.set()
    assert not work.ended.is_set()


async def test_it_can_be_stopped_from_within() -> None:
    background = Background()

    async def stops() -> threading.Thread:
        background.stop(_nothing, _nothing, deadline=0.05)
        return threading.current_thread()

    thread = await background.run(stops, deadline=60)
    await asyncio.to_thread(thread.join, 60)
    assert not thread.is_alive()


async def test_what_never_ran_need_not_be_stopped() -> None:
    Background().stop(_nothing, _nothing, deadline=0)


async def _nothing() -> None:
    pass
