"""The log in memory, and the faults that it can be told to have."""

from __future__ import annotations

import pytest

from consent.errors import LogUnavailable
from consent.log.memory import MemoryLog
from tests.log.contract import LogContract
from tests.log.examples import NOTICE, a_record, everything

pytestmark = pytest.mark.anyio


class TestMemoryLog(LogContract):
    @pytest.fixture
    def log(self) -> MemoryLog:
        return MemoryLog()


async def test_failing_before_it_stored_it_holds_nothing() -> None:
    log = MemoryLog(fail_before=True)
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    assert await everything(log) == []


async def test_failing_after_it_stored_it_settles_on_the_next_try() -> None:
    log = MemoryLog(fail_after=True)
    record = a_record(idempotency_key="k")
    with pytest.raises(LogUnavailable):
        await log.append(record, NOTICE)
    log.fail_after = False
    assert await log.append(a_record(idempotency_key="k"), NOTICE) == record
    assert await everything(log) == [record]


async def test_reading_can_fail_as_well() -> None:
    log = MemoryLog(fail_reading=True)
    with pytest.raises(LogUnavailable):
        await log.newer("")
    with pytest.raises(LogUnavailable):
        await log.notice(NOTICE.hash)
    with pytest.raises(LogUnavailable):
        await everything(log)
