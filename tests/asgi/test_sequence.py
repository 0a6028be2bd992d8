"""The newest choice of each subject (edges.md C12)."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from consent.asgi.sequence import INTERVAL, Sequence
from consent.errors import LogUnavailable
from consent.log.memory import MemoryLog
from tests.asgi.records import record
from tests.sites import site

SUBJECT = UUID(int=1)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def turn() -> None:
    """Let what was started in the background come to its end."""
    for _ in range(10):
        await asyncio.sleep(0)


async def written_elsewhere(log: MemoryLog, seq: int) -> None:
    await log.append(record(SUBJECT, seq), site().notice)


def test_nothing_is_known_of_a_stranger() -> None:
    assert Sequence(MemoryLog()).newest(SUBJECT) == 0


def test_what_this_process_wrote_is_known_at_once() -> None:
    sequence = Sequence(MemoryLog())
    sequence.note(SUBJECT, 2)
    assert sequence.newest(SUBJECT) == 2


def test_a_number_never_falls() -> None:
    sequence = Sequence(MemoryLog())
    sequence.note(SUBJECT, 2)
    sequence.note(SUBJECT, 1)
    assert sequence.newest(SUBJECT) == 2


def test_it_is_bounded_and_forgets_those_longest_unchanged() -> None:
    sequence = Sequence(MemoryLog(), subjects=2)
    first, second, third = uuid4(), uuid4(), uuid4()
    for subject in (first, second, first, third):
        sequence.note(subject, 1)
    assert [sequence.newest(subject) for subject in (first, second, third)] == [1, 0, 1]


async def elapsed(*moments: float, log: MemoryLog) -> list[int]:
    """What is known of the subject after a request at each moment; each finds one record more."""
    watch = Watch()
    sequence = Sequence(log, clock=watch)
    known = []
    for seq, watch.now in enumerate(moments, 1):
        await written_elsewhere(log, seq)
        sequence.keep_fresh()
        await turn()
        known.append(sequence.newest(SUBJECT))
    return known


def test_what_others_wrote_is_known_from_the_first_request_on() -> None:
    assert asyncio.run(elapsed(0.0, log=MemoryLog())) == [1]


def test_the_log_is_asked_every_five_seconds_at_most() -> None:
    moments = (0.0, INTERVAL - 0.1, INTERVAL)
    assert asyncio.run(elapsed(*moments, log=MemoryLog())) == [1, 1, 3]


def test_one_question_is_asked_at_a_time() -> None:
    class SlowLog(MemoryLog):
        asked = 0

        async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
            self.asked += 1
            await asyncio.sleep(3600)
            raise NotImplementedError

    async def scenario() -> int:
        log, watch = SlowLog(), Watch()
        sequence = Sequence(log, clock=watch)
        for watch.now in (0.0, 10.0, 20.0):
            sequence.keep_fresh()
            await turn()
        return log.asked

    assert asyncio.run(scenario()) == 1


@pytest.mark.parametrize("failure", [LogUnavailable("down"), TimeoutError()])
def test_an_unreachable_log_refuses_nothing_and_costs_nothing_known(failure: Exception) -> None:
    class DownLog(MemoryLog):
        async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
            raise failure

    sequence = Sequence(DownLog())
    sequence.note(SUBJECT, 3)
    asyncio.run(sequence.refresh())
    assert sequence.newest(SUBJECT) == 3


def test_a_log_that_comes_back_is_read_from_where_it_was_left() -> None:
    async def scenario() -> list[int]:
        log = MemoryLog()
        sequence = Sequence(log)
        known = []
        for seq, log.fail_reading in enumerate((False, True, False), 1):
            await written_elsewhere(log, seq)
            await sequence.refresh()
            known.append(sequence.newest(SUBJECT))
        return known

    assert asyncio.run(scenario()) == [1, 1, 3]


def test_a_question_left_behind_by_a_closed_loop_does_not_block_the_next() -> None:
    """As under test clients and servers that make a loop per request."""
    log, watch = MemoryLog(), Watch()
    sequence = Sequence(log, clock=watch)

    async def ask() -> None:
        sequence.keep_fresh()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(ask())
    left_behind = sequence._task
    loop.close()
    watch.now = INTERVAL

    async def ask_again() -> int:
        await written_elsewhere(log, 1)
        sequence.keep_fresh()
        await turn()
        return sequence.newest(SUBJECT)

    assert asyncio.run(ask_again()) == 1
    assert left_behind is not None
    left_behind._log_destroy_pending = False  # type: ignore[attr-defined]
    left_behind.get_coro().close()


def test_a_log_that_is_down_is_announced_once_each_time(caplog: pytest.LogCaptureFixture) -> None:
    """Before anybody clicks: the question comes with the first page."""

    async def scenario() -> None:
        log = MemoryLog()
        sequence = Sequence(log)
        for log.fail_reading in (True, True, False, True):
            await sequence.refresh()

    asyncio.run(scenario())
    told = [one for one in caplog.messages if "accepting is answered 503" in one]
    assert len(told) == 2
