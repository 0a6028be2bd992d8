"""What every outbox promises, said once; and what several processes make of one in a database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from consent.errors import LogUnavailable
from consent.log import Delivery, Outbox
from consent.log.memory import MemoryLog
from consent.log.memory_outbox import MemoryOutbox
from consent.log.sql import SqlLog
from consent.model import Notice
from tests.log.examples import NOTICE, a_record, everything, patient
from tests.log.postgresql import Server

pytestmark = pytest.mark.anyio
HOOKS = ["crm", "ads"]


class Clock:
    """A time that is told by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def told(outbox: Outbox) -> list[Delivery]:
    """What is due, of records."""
    found = await outbox.claim(HOOKS, lease=60, most=100)
    return [one for one in found if isinstance(one, Delivery)]


class OutboxContract:
    """To be inherited together with a fixture ``outbox``."""

    async def claimed(self, outbox: Outbox, *hooks: str) -> list[tuple[str, int]]:
        found = await outbox.claim(hooks or HOOKS, lease=60, most=100)
        return sorted((one.hook, one.number) for one in found)

    async def test_each_hook_is_to_be_told_of_what_was_recorded(self, outbox: Outbox) -> None:
        record = await outbox.append(a_record(), NOTICE, HOOKS)
        found = await told(outbox)
        assert sorted((one.hook, one.number, one.record) for one in found) == [
            ("ads", 1, record),
            ("crm", 1, record),
        ]

    async def test_the_same_request_again_is_told_once(self, outbox: Outbox) -> None:
        """E9"""
        for _ in range(2):
            await outbox.append(a_record(idempotency_key="k", body_hash="a" * 64), NOTICE, ["crm"])
        assert await self.claimed(outbox) == [("crm", 1)]

    async def test_a_notice_that_is_not_what_its_hash_says_is_refused(self, outbox: Outbox) -> None:
        with pytest.raises(ValueError, match="hash"):
            await outbox.append(a_record(), Notice(NOTICE.hash, b"{}"), HOOKS)
        assert await outbox.wait(HOOKS) is None

    async def test_what_was_chosen_before_comes_along(self, outbox: Outbox) -> None:
        me = UUID(int=7)
        first = await outbox.append(a_record(subject=me), NOTICE, [])
        await outbox.append(a_record(), NOTICE, [])
        await outbox.append(a_record(subject=me, seq=2), NOTICE, HOOKS[:1])
        (one,) = await told(outbox)
        assert one.previous == first

    async def test_a_first_choice_has_none_before_it(self, outbox: Outbox) -> None:
        await outbox.append(a_record(), NOTICE, ["crm"])
        (one,) = await told(outbox)
        assert one.previous is None

    async def test_a_signal_is_nothing_that_was_chosen_before(self, outbox: Outbox) -> None:
        first = await outbox.append(a_record(), NOTICE, ["crm"])
        await outbox.append(a_record(subject=first.subject, seq=-1), NOTICE, [])
        (one,) = await told(outbox)
        assert one.previous is None

    async def test_what_is_claimed_is_nobody_elses_for_a_time(
        self, outbox: Outbox, clock: Clock
    ) -> None:
        await outbox.append(a_record(), NOTICE, ["crm"])
        assert await self.claimed(outbox) == [("crm", 1)]
        clock.later(59)
        assert await self.claimed(outbox) == []
        clock.later(2)
        assert await self.claimed(outbox) == [("crm", 2)]

    async def test_what_is_for_a_hook_that_is_gone_waits_for_its_return(
        self, outbox: Outbox
    ) -> None:
        await outbox.append(a_record(), NOTICE, HOOKS)
        assert await self.claimed(outbox, "crm") == [("crm", 1)]
        assert await self.claimed(outbox, "ads") == [("ads", 1)]

    async def test_only_so_many_are_claimed_at_once(self, outbox: Outbox) -> None:
        for _ in range(3):
            await outbox.append(a_record(), NOTICE, ["crm"])
        assert len(await outbox.claim(HOOKS, lease=60, most=2)) == 2
        assert len(await outbox.claim(HOOKS, lease=60, most=2)) == 1

    async def test_a_delivery_that_was_taken_is_over(self, outbox: Outbox, clock: Clock) -> None:
        record = await outbox.append(a_record(), NOTICE, ["crm"])
        (one,) = await told(outbox)
        await outbox.settle(one, error=None, again_in=None)
        clock.later(1e6)
        assert (await self.claimed(outbox), await outbox.wait(HOOKS)) == ([], None)
        (kept,) = await outbox.attempts(record.id)
        assert (kept.hook, kept.number, kept.error) == ("crm", 1, None)

    async def test_one_that_failed_is_due_again(self, outbox: Outbox, clock: Clock) -> None:
        record = await outbox.append(a_record(), NOTICE, ["crm"])
        (one,) = await told(outbox)
        await outbox.settle(one, error="OSError", again_in=10)
        assert await outbox.wait(HOOKS) == 10
        assert await self.claimed(outbox) == []
        clock.later(10)
        assert await outbox.wait(HOOKS) == 0
        (again,) = await outbox.claim(HOOKS, lease=60, most=100)
        await outbox.settle(again, error=None, again_in=None)
        kept = [(one.number, one.error) for one in await outbox.attempts(record.id)]
        assert kept == [(1, "OSError"), (2, None)]

    async def test_one_that_is_given_up_is_never_due(self, outbox: Outbox, clock: Clock) -> None:
        await outbox.append(a_record(), NOTICE, ["crm"])
        (one,) = await told(outbox)
        await outbox.settle(one, error="x" * 500, again_in=None)
        clock.later(1e6)
        assert await self.claimed(outbox) == []

    async def test_an_attempt_that_ends_late_is_kept_and_takes_nothing_away(
        self, outbox: Outbox, clock: Clock
    ) -> None:
        record = await outbox.append(a_record(), NOTICE, ["crm"])
        (slow,) = await outbox.claim(HOOKS, lease=60, most=100)
        clock.later(61)
        (second,) = await outbox.claim(HOOKS, lease=60, most=100)
        await outbox.settle(slow, error=None, again_in=None)
        assert await outbox.wait(HOOKS) == 60
        await outbox.settle(second, error=None, again_in=None)
        assert [one.number for one in await outbox.attempts(record.id)] == [1, 2]

    async def test_settling_twice_is_settling_once(self, outbox: Outbox) -> None:
        record = await outbox.append(a_record(), NOTICE, ["crm"])
        (one,) = await told(outbox)
        await outbox.settle(one, error=None, again_in=None)
        await outbox.settle(one, error="OSError", again_in=5)
        assert await outbox.wait(HOOKS) is None
        assert len(await outbox.attempts(record.id)) == 1


class TestMemoryOutbox(OutboxContract):
    @pytest.fixture
    def outbox(self, clock: Clock) -> Outbox:
        return MemoryOutbox(MemoryLog(), clock=clock)

    def test_a_log_in_memory_has_one(self) -> None:
        assert isinstance(MemoryLog().outbox, MemoryOutbox)


class SharedOutboxContract(OutboxContract):
    """One in a database, ``place``, that several processes have open."""

    @pytest.fixture
    async def log(self, place: str, clock: Clock) -> AsyncIterator[SqlLog]:
        log = patient(place, clock=clock)
        yield log
        await log.close()

    @pytest.fixture
    async def outbox(self, log: SqlLog) -> Outbox:
        return log.outbox

    async def test_it_outlives_the_process(self, log: SqlLog, place: str, clock: Clock) -> None:
        await log.outbox.append(a_record(), NOTICE, ["crm"])
        await log.close()
        again = patient(place, clock=clock)
        assert await self.claimed(again.outbox) == [("crm", 1)]
        await again.close()

    async def test_several_that_claim_at_once_share_the_work(
        self, log: SqlLog, place: str, clock: Clock
    ) -> None:
        records = [a_record() for _ in range(12)]
        for record in records:
            await log.outbox.append(record, NOTICE, ["crm"])
        workers = [patient(place, clock=clock) for _ in range(4)]
        for one in workers:
            await one.outbox.wait(HOOKS)
        claims = (told(one.outbox) for one in workers)
        found = await asyncio.gather(*claims)
        counted = Counter(one.record.id for claimed in found for one in claimed)
        assert counted == {record.id: 1 for record in records}
        for one in workers:
            await one.close()


class TestPostgresqlOutbox(SharedOutboxContract):
    @pytest.fixture
    def place(self, server: Server) -> str:
        return server.database()


class TestSqliteOutbox(SharedOutboxContract):
    @pytest.fixture
    def place(self, url: str) -> str:
        return url

    async def test_a_record_that_is_not_stored_is_not_to_be_told(self, log: SqlLog) -> None:
        first = await log.append(a_record(), NOTICE)
        with pytest.raises(Exception, match="taken"):
            await log.outbox.append(a_record(subject=first.subject), NOTICE, HOOKS)
        assert await log.outbox.wait(HOOKS) is None

    async def test_a_record_without_its_delivery_is_not_stored_either(
        self, log: SqlLog, tmp_path: Path
    ) -> None:
        """One transaction: what is recorded can never be forgotten."""
        await log.append(a_record(), NOTICE)
        with closing(sqlite3.connect(tmp_path / "consent.db")) as database, database:
            database.execute("DROP TABLE delivery")
        with pytest.raises(LogUnavailable):
            await log.outbox.append(a_record(), NOTICE, HOOKS)
        assert len(await everything(log)) == 1

    async def test_nothing_is_said_before_of_a_subject_that_was_erased(
        self, log: SqlLog, tmp_path: Path
    ) -> None:
        """EU-27: nothing leads from the record to its subject any more."""
        await log.outbox.append(a_record(), NOTICE, ["crm"])
        with closing(sqlite3.connect(tmp_path / "consent.db")) as database, database:
            database.execute("DELETE FROM subject")
        (one,) = await told(log.outbox)
        assert (one.record.erased, one.previous) == (True, None)
