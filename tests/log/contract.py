"""What every ProofLog promises, said once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from consent.errors import IdempotencyConflict, SequenceTaken
from consent.log import ProofLog
from consent.log.held import MOST_HOSTS, OTHERS, Held, HeldCounts
from consent.log.screens import Screens
from consent.model import Screen
from tests.log.examples import NOTICE, SCREEN, a_notice, a_record, everything

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
CDN = Held(date(2026, 1, 31), "www.example.fr", "cdn.example.net", "")
COUNTER = CDN._replace(host="counter.example.net", service="counter")


class LogContract:
    """To be inherited together with a fixture ``log``."""

    async def test_what_was_appended_is_read(self, log: ProofLog) -> None:
        record = a_record(idempotency_key="one", body_hash="0" * 64)
        assert await log.append(record, NOTICE) == record
        assert await everything(log) == [record]

    async def test_records_are_read_oldest_first(self, log: ProofLog) -> None:
        records = [a_record() for _ in range(30)]
        await asyncio.gather(*(log.append(record, NOTICE) for record in reversed(records)))
        ids = [record.id for record in await everything(log)]
        assert ids == sorted(record.id for record in records)

    async def test_one_subject_is_read_alone_and_by_number(self, log: ProofLog) -> None:
        me = uuid4()
        for seq in (2, 1, 3):
            await log.append(a_record(subject=me, seq=seq), NOTICE)
            await log.append(a_record(), NOTICE)
        assert [record.seq async for record in log.read(subject=me)] == [1, 2, 3]

    async def test_a_signal_follows_its_choice_and_replaces_none(self, log: ProofLog) -> None:
        """Its number is that of its choice, negated."""
        me = uuid4()
        for seq in (1, 2, -1, 3, -3):
            await log.append(a_record(subject=me, seq=seq), NOTICE)
        assert [record.seq async for record in log.read(subject=me)] == [1, -1, 2, 3, -3]
        assert (await log.newer(""))[1][me] == 3
        with pytest.raises(SequenceTaken):
            await log.append(a_record(subject=me, seq=-1), NOTICE)

    async def test_an_unknown_subject_has_no_records(self, log: ProofLog) -> None:
        await log.append(a_record(), NOTICE)
        assert [record async for record in log.read(subject=uuid4())] == []

    async def test_the_notice_shown_is_kept(self, log: ProofLog) -> None:
        other = a_notice(b'{"texts":{"fr":"Au revoir"}}')
        await log.append(a_record(), NOTICE)
        await log.append(a_record(), NOTICE)
        await log.append(a_record(notice=other.hash), other)
        assert await log.notice(NOTICE.hash) == NOTICE
        assert await log.notice(other.hash) == other

    async def test_a_notice_never_shown_is_unknown(self, log: ProofLog) -> None:
        assert await log.notice(NOTICE.hash) is None

    async def test_a_record_of_another_notice_is_refused(self, log: ProofLog) -> None:
        with pytest.raises(ValueError, match="another notice"):
            await log.append(a_record(notice="0" * 64), NOTICE)
        assert await everything(log) == []

    async def test_a_notice_that_is_not_what_its_hash_says_is_refused(self, log: ProofLog) -> None:
        forged = a_notice()
        object.__setattr__(forged, "content", b"{}")
        with pytest.raises(ValueError, match="hash"):
            await log.append(a_record(), forged)
        assert await log.notice(NOTICE.hash) is None

    async def test_a_screen_is_kept_once(self, log: Screens) -> None:
        """EU-10"""
        assert await log.screen(SCREEN.hash) is None
        await asyncio.gather(*(log.keep_screen(SCREEN) for _ in range(10)))
        assert await log.screen(SCREEN.hash) == SCREEN

    async def test_a_screen_that_is_not_what_its_hash_says_is_refused(self, log: Screens) -> None:
        with pytest.raises(ValueError, match="hash"):
            await log.keep_screen(Screen(SCREEN.hash, b"{}"))
        assert await log.screen(SCREEN.hash) is None

    async def test_the_same_request_again_gets_the_record_stored_first(self, log: ProofLog) -> None:
        """E9; the second has another id and, without a cookie yet, another subject."""
        first = await log.append(a_record(idempotency_key="k", body_hash="a" * 64), NOTICE)
        again = await log.append(a_record(idempotency_key="k", body_hash="a" * 64), NOTICE)
        assert again == first
        assert await everything(log) == [first]

    async def test_a_key_with_another_body_is_refused(self, log: ProofLog) -> None:
        """E9"""
        first = await log.append(a_record(idempotency_key="k", body_hash="a" * 64), NOTICE)
        with pytest.raises(IdempotencyConflict):
            await log.append(a_record(idempotency_key="k", body_hash="b" * 64), NOTICE)
        assert await everything(log) == [first]

    async def test_twenty_identical_requests_at_once_make_one_record(self, log: ProofLog) -> None:
        """E9"""
        sent = [a_record(idempotency_key="k", body_hash="a" * 64) for _ in range(20)]
        answers = await asyncio.gather(*(log.append(record, NOTICE) for record in sent))
        assert [answers[0]] * 20 == answers
        assert await everything(log) == [answers[0]]

    @pytest.mark.parametrize("key", [None, "k"])
    async def test_a_sequence_number_is_given_once(self, log: ProofLog, key: str | None) -> None:
        first = await log.append(a_record(), NOTICE)
        with pytest.raises(SequenceTaken):
            await log.append(a_record(subject=first.subject, idempotency_key=key), NOTICE)
        assert await everything(log) == [first]

    async def test_a_request_sent_again_is_recognised_before_its_number(
        self, log: ProofLog
    ) -> None:
        me = uuid4()
        await log.append(a_record(subject=me), NOTICE)
        second = a_record(subject=me, seq=2, idempotency_key="k")
        await log.append(second, NOTICE)
        assert await log.append(a_record(subject=me, idempotency_key="k"), NOTICE) == second

    async def test_what_is_new_is_told_once_asked(self, log: ProofLog) -> None:
        """C12"""
        mine, yours = uuid4(), uuid4()
        await log.append(a_record(subject=mine, seq=1), NOTICE)
        await log.append(a_record(subject=mine, seq=2), NOTICE)
        cursor, newest = await log.newer("")
        assert newest == {mine: 2}
        await log.append(a_record(subject=yours, seq=7), NOTICE)
        _, newest = await log.newer(cursor)
        assert newest[yours] == 7
        assert newest.get(mine, 2) == 2

    async def test_a_closed_log_opens_again(self, log: ProofLog) -> None:
        await log.append(a_record(), NOTICE)
        await log.close()
        await log.append(a_record(), NOTICE)
        assert len(await everything(log)) == 2

    async def test_what_was_held_is_counted_by_day_site_host_and_service(
        self, log: HeldCounts
    ) -> None:
        await log.count_held({CDN: 2, COUNTER: 1})
        await log.count_held({CDN: 3, CDN._replace(day=CDN.day + DAY): 1})
        assert await log.held(since=CDN.day) == {
            CDN: 5,
            COUNTER: 1,
            CDN._replace(day=CDN.day + DAY): 1,
        }
        assert await log.held(since=CDN.day + DAY) == {CDN._replace(day=CDN.day + DAY): 1}

    async def test_a_flood_of_hosts_is_counted_together(self, log: HeldCounts) -> None:
        """P2: who may report must not be able to fill the database."""
        await log.count_held({CDN: 1})
        for batch in range(3):
            await log.count_held(
                {CDN._replace(host=f"h{batch}-{number}.example"): 1 for number in range(400)}
            )
        await log.count_held({CDN: 1})
        found = await log.held(since=CDN.day)
        assert len(found) == MOST_HOSTS + 1
        assert found[CDN] == 2
        assert sum(found.values()) == 1202
        assert OTHERS in {each.host for each in found}
