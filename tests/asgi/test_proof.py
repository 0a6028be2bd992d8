"""From a decision to its proof, through failures and races."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from consent.asgi import proof as module
from consent.asgi.archive import Archive
from consent.asgi.proof import Proof
from consent.asgi.sequence import Sequence
from consent.asgi.submission import Offered
from consent.banner import Pages
from consent.errors import LogUnavailable, RequestRefused
from consent.log.memory import MemoryLog
from consent.record import Action, Record, commit, new_id, new_salt
from tests.asgi.records import NOTICE, NOW, record
from tests.sites import site

SUBJECT = UUID(int=1)
OFFERED = Offered(site(), ["en"])
PAGES = Pages(site())


def proof(log: MemoryLog) -> tuple[Proof, Sequence]:
    sequence = Sequence(log)
    return Proof(log, NOTICE, sequence, OFFERED, Archive(log, PAGES)), sequence


def stored(log: MemoryLog) -> list[tuple[int, bool]]:
    """Sequence number and answer of each record."""
    return [(one.seq, any(one.purposes.values())) for one in log.records]


async def appended(log: MemoryLog, *records: Record) -> Proof:
    made, _ = proof(log)
    for one in records:
        await made.append(one)
    return made


def test_what_was_appended_is_the_newest_at_once() -> None:
    log = MemoryLog()
    made, sequence = proof(log)
    asyncio.run(made.append(record(SUBJECT, 1)))
    assert (stored(log), sequence.newest(SUBJECT)) == ([(1, False)], 1)


@pytest.mark.parametrize("failing", ["fail_before", "fail_after"])
def test_a_failure_is_told_whether_or_not_the_record_was_stored(failing: str) -> None:
    """E10; what was not confirmed is not known as the newest either."""
    log = MemoryLog(**{failing: True})
    made, sequence = proof(log)
    with pytest.raises(LogUnavailable):
        asyncio.run(made.append(record(SUBJECT, 1, granted=True)))
    assert sequence.newest(SUBJECT) == 0


def test_that_nothing_can_be_recorded_is_said_once_until_it_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        log = MemoryLog()
        made, _ = proof(log)
        for number, log.fail_before in enumerate((True, True, False, True), start=1):
            with suppress(LogUnavailable):
                await made.append(record(SUBJECT, number))

    asyncio.run(scenario())
    assert caplog.text.count("no consent is recorded") == 2


class TestOwed:
    """Refusals that were honoured while the log was down (edges.md E10, EU-09)."""

    @pytest.mark.parametrize("failing", ["fail_before", "fail_after"])
    def test_it_is_recorded_once_when_the_log_is_back(self, failing: str) -> None:
        async def scenario() -> tuple[list[tuple[int, bool]], int]:
            log = MemoryLog(**{failing: True})
            made, _ = proof(log)
            refusal = record(SUBJECT, 1, key="a key of one refusal")
            with pytest.raises(LogUnavailable):
                await made.append(refusal)
            made.owe(refusal)
            setattr(log, failing, False)
            await made.append(record(UUID(int=2), 1, granted=True))
            await asyncio.sleep(0.01)
            return sorted(stored(log)), made.owed

        assert asyncio.run(scenario()) == ([(1, False), (1, True)], 0)

    def test_a_log_that_cannot_be_asked_has_forgotten_nobody(self) -> None:
        log = MemoryLog()
        made, _ = proof(log)
        assert asyncio.run(made.has_forgotten(SUBJECT))
        log.fail_reading = True
        assert not asyncio.run(made.has_forgotten(SUBJECT))

    def test_it_stays_owed_while_the_log_is_down(self) -> None:
        log = MemoryLog(fail_before=True)
        made, _ = proof(log)
        made.owe(record(SUBJECT, 1))
        asyncio.run(made.settle())
        assert made.owed == 1

    def test_it_counts_as_the_newest_choice_already(self) -> None:
        made, sequence = proof(MemoryLog(fail_before=True))
        made.owe(record(SUBJECT, 4))
        assert sequence.newest(SUBJECT) == 4

    def test_only_so_many_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_OWED", 2)
        made, _ = proof(MemoryLog())
        for number in range(5):
            made.owe(record(UUID(int=number), 1))
        assert made.owed == 2

    def test_one_given_up_while_it_was_sent_takes_no_other_with_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_OWED", 1)

        class BusyLog(MemoryLog):
            async def append(self, record: Record, notice: object) -> Record:
                if not self.records:
                    made.owe(second)
                return await super().append(record, NOTICE)

        log = BusyLog()
        made, _ = proof(log)
        second = record(UUID(int=2), 1)
        made.owe(record(SUBJECT, 1))
        asyncio.run(made.settle())
        assert [one.subject for one in log.records] == [SUBJECT, second.subject]

    def test_one_that_can_never_be_recorded_does_not_block_the_others(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def scenario() -> tuple[list[tuple[int, bool]], int]:
            log = MemoryLog()
            made = await appended(log, record(SUBJECT, 1, key="the same key twice"))
            conflicting = record(SUBJECT, 2, key="the same key twice")
            object.__setattr__(conflicting, "body_hash", "of another body")
            made.owe(conflicting)
            made.owe(record(SUBJECT, 3))
            await made.settle()
            return stored(log), made.owed

        assert asyncio.run(scenario()) == ([(1, False), (3, False)], 0)
        assert "cannot be recorded" in caplog.text

    def test_it_does_not_bring_back_who_was_erased_meanwhile(self) -> None:
        """GDPR 17: elsewhere, while the log was down for this process."""
        log = MemoryLog()
        made, _ = proof(log)
        for seq in (1, 2, 3):
            made.owe(record(SUBJECT, seq))
        other = UUID(int=2)
        made.owe(record(other, 2))
        asyncio.run(made.settle())
        assert {one.subject for one in log.records} == {SUBJECT}
        assert (stored(log), made.owed) == ([(1, False), (2, False), (3, False)], 0)

    def test_it_is_settled_once_at_a_time(self) -> None:
        """A second request does not start what the first has started."""

        class SlowLog(MemoryLog):
            sent = 0

            async def append(self, record: Record, notice: object) -> Record:
                self.sent += 1
                await asyncio.sleep(0)
                return await super().append(record, NOTICE)

        async def scenario() -> int:
            log = SlowLog()
            made, _ = proof(log)
            made.owe(record(SUBJECT, 1, key="a key of one refusal"))
            await asyncio.gather(*(made.append(record(UUID(int=n), 1)) for n in range(2, 6)))
            await asyncio.sleep(0.01)
            return log.sent

        assert asyncio.run(scenario()) == 4 + 1

    def test_a_loop_that_was_closed_meanwhile_does_not_block_settling(self) -> None:
        log = MemoryLog()
        made, _ = proof(log)
        made.owe(record(SUBJECT, 1, key="a key of one refusal"))
        loop = asyncio.new_event_loop()
        loop.run_until_complete(made.append(record(UUID(int=2), 1)))
        left_behind = made._settling
        loop.close()

        async def again() -> None:
            await made.append(record(UUID(int=3), 1))
            await asyncio.sleep(0.01)

        asyncio.run(again())
        assert made.owed == 0
        assert left_behind is not None
        left_behind._log_destroy_pending = False  # type: ignore[attr-defined]
        left_behind.get_coro().close()


class TestRaces:
    """Two tabs of one visitor, used at once."""

    def test_a_refusal_that_came_second_gets_the_next_number(self) -> None:
        log = MemoryLog()
        asyncio.run(appended(log, record(SUBJECT, 1, granted=True), record(SUBJECT, 1)))
        assert stored(log) == [(1, True), (2, False)]

    def test_a_grant_that_came_second_after_a_refusal_is_sent_back(self) -> None:
        log = MemoryLog()
        with pytest.raises(RequestRefused) as refused:
            asyncio.run(appended(log, record(SUBJECT, 1), record(SUBJECT, 1, granted=True)))
        assert (refused.value.status, refused.value.code) == (409, "changed_elsewhere")
        assert stored(log) == [(1, False)]

    @pytest.mark.parametrize(
        "more", [{"purposes": {"analytics": True}}, {"services": {"counter": True}}]
    )
    def test_a_grant_of_what_was_refused_meanwhile_is_sent_back(self, more: dict[str, Any]) -> None:
        """Though the other tab granted something too."""
        log = MemoryLog()
        some = replace(record(SUBJECT, 1), purposes={"analytics": False, "marketing": True})
        with pytest.raises(RequestRefused) as refused:
            asyncio.run(
                appended(
                    log, some, replace(some, id=new_id(NOW), salt=new_salt(), commitment="", **more)
                )
            )
        assert refused.value.code == "changed_elsewhere"
        assert len(log.records) == 1

    def test_a_service_refused_meanwhile_is_not_granted_by_silence(self) -> None:
        log = MemoryLog()
        some = replace(record(SUBJECT, 1, granted=True), services={"heatmap": False})
        with pytest.raises(RequestRefused) as refused:
            asyncio.run(appended(log, some, record(SUBJECT, 1, granted=True)))
        assert refused.value.code == "changed_elsewhere"

    def test_a_record_of_the_first_format_is_compared_by_what_it_says(self) -> None:
        """There, a service that is not named follows its purpose."""
        log = MemoryLog()
        old = replace(record(SUBJECT, 1, granted=True), format=1)
        every = {"counter": True, "heatmap": True, "pixel": True}
        new = replace(record(SUBJECT, 1, granted=True), services=every)
        asyncio.run(appended(log, old, new))
        assert [one.seq for one in log.records] == [1, 2]

    def test_a_signal_meanwhile_is_no_choice(self) -> None:
        log = MemoryLog()
        first = record(SUBJECT, 1, granted=True)
        signal = replace(record(SUBJECT, 1), seq=-1, action=Action.SIGNAL)
        asyncio.run(appended(log, first, signal, record(SUBJECT, 1)))
        assert [one.seq for one in log.records] == [1, -1, 2]

    def test_a_renumbered_record_commits_to_its_new_number(self) -> None:
        log = MemoryLog()
        asyncio.run(appended(log, record(SUBJECT, 1), record(SUBJECT, 1)))
        first, second = log.records
        assert second.commitment == commit(SUBJECT, 2, second.salt)
        assert second.salt != first.salt

    def test_a_number_that_is_taken_again_and_again_ends_as_a_failure(self) -> None:
        class UnluckyLog(MemoryLog):
            async def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
                yield record(SUBJECT, 0)

        log = UnluckyLog()
        with pytest.raises(LogUnavailable):
            asyncio.run(appended(log, record(SUBJECT, 1), record(SUBJECT, 1)))

    def test_a_log_that_contradicts_itself_ends_as_a_failure(self) -> None:
        class ForgetfulLog(MemoryLog):
            async def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
                for nothing in tuple[Record, ...]():
                    yield nothing

        log = ForgetfulLog()
        with pytest.raises(LogUnavailable):
            asyncio.run(appended(log, record(SUBJECT, 1), record(SUBJECT, 1)))
