"""Erasure and legal hold: who it was goes, what was recorded stays and is proven (EU-27)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from consent.errors import LogUnavailable, SubjectHeld
from consent.log import Delivery, Farewell
from consent.log.memory import MemoryLog
from consent.log.requests import Answered, Kind, Outcome
from consent.log.rights import Erasable, Hold
from consent.log.sql import SqlLog
from consent.record import NOBODY, Record
from tests.log.checked import KEY, holds, keys, report_on, sequence
from tests.log.examples import NOTICE, a_record, everything, patient
from tests.noon import NOON

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon", "never")]
TODAY = NOON.date()
LAST_YEAR = TODAY - timedelta(days=365)
LATER = TODAY + timedelta(days=30)
CLAIM = "a claim for damages, 26/0123"


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def log(request: pytest.FixtureRequest) -> AsyncIterator[MemoryLog | SqlLog]:
    if request.param == "memory":
        yield MemoryLog()
        return
    name = "url" if request.param == "sqlite" else "server"
    where = request.getfixturevalue(name)
    log = patient(where if name == "url" else where.database(), keys=keys)
    yield log
    await log.close()


@pytest.fixture
async def sql(either: str) -> AsyncIterator[SqlLog]:
    log = patient(either, keys=keys)
    yield log
    await log.close()


async def chosen(log: MemoryLog | SqlLog, times: int = 2) -> tuple[UUID, list[Record]]:
    me = uuid4()
    mine = [a_record(subject=me, seq=seq + 1, idempotency_key=str(uuid4())) for seq in range(times)]
    return me, [await log.append(record, NOTICE) for record in mine]


async def test_who_was_erased_has_no_records_and_theirs_are_nobodys(
    log: MemoryLog | SqlLog,
) -> None:
    """EU-27"""
    me, mine = await chosen(log)
    other, others = await chosen(log, 1)
    assert isinstance(log, Erasable)
    assert await log.erase(me) == 2
    assert [record async for record in log.read(subject=me)] == []
    assert [record async for record in log.read(subject=other)] == others
    found = {record.id: record for record in await everything(log)}
    assert {found[record.id].subject for record in mine} == {NOBODY}
    assert {found[record.id].commitment for record in mine} == {r.commitment for r in mine}
    assert me not in (await log.newer(""))[1]


async def test_erasing_again_erases_nothing(log: MemoryLog | SqlLog) -> None:
    me, _ = await chosen(log)
    assert [await log.erase(me), await log.erase(me), await log.erase(uuid4())] == [2, 0, 0]


async def test_a_request_that_is_sent_again_does_not_bring_anybody_back(
    log: MemoryLog | SqlLog,
) -> None:
    me, mine = await chosen(log, 1)
    await log.erase(me)
    again = a_record(subject=me, idempotency_key=mine[0].idempotency_key)
    assert (await log.append(again, NOTICE)).erased
    assert [record async for record in log.read(subject=me)] == []


async def test_what_hooks_were_still_to_be_told_goes_as_well(log: MemoryLog | SqlLog) -> None:
    told = await log.outbox.append(a_record(), NOTICE, ["crm", "ads"])
    claimed = await log.outbox.claim(["crm"], lease=60, most=1)
    await log.outbox.settle(claimed[0], error="OSError", again_in=0)
    [late] = await log.outbox.claim(["ads"], lease=60, most=1)
    assert await log.erase(told.subject) == 1
    await log.outbox.settle(late, error=None, again_in=None)
    found = await log.outbox.claim(["crm", "ads"], lease=60, most=100)
    assert not any(isinstance(one, Delivery) for one in found)
    assert await log.outbox.attempts(told.id) == []


async def test_who_was_told_of_somebody_is_told_of_the_erasure_and_nobody_else(
    log: MemoryLog | SqlLog,
) -> None:
    """GDPR 19, EU-33; a hook that has not been told of anything has nothing to forget."""
    me, hooks = uuid4(), ["crm", "ads"]
    for seq in (1, 2):
        await log.outbox.append(a_record(subject=me, seq=seq), NOTICE, hooks)
    for one in await log.outbox.claim(["crm"], lease=60, most=100):
        await log.outbox.settle(one, error=None, again_in=None)
    await log.erase(me)
    [told] = await log.outbox.claim(hooks, lease=60, most=100)
    assert isinstance(told, Farewell)
    assert (told.hook, told.number, told.subject, told.seq) == ("crm", 1, me, 3)
    assert told.last is not None
    assert (told.last.erased, told.last.purposes["analytics"]) == (True, True)
    assert 0 < (await log.outbox.wait(hooks) or 0) <= 60
    await log.outbox.settle(told, error="OSError", again_in=0)
    [again] = await log.outbox.claim(hooks, lease=60, most=100)
    assert again == replace(told, number=2)
    await log.outbox.settle(told, error=None, again_in=None)
    assert await log.outbox.wait(hooks) is not None
    await log.outbox.settle(again, error=None, again_in=None)
    assert await log.outbox.wait(hooks) is None


async def test_of_many_that_are_due_only_so_many_are_claimed(log: MemoryLog | SqlLog) -> None:
    for _ in range(3):
        told = await log.outbox.append(a_record(), NOTICE, ["crm"])
        [one] = await log.outbox.claim(["crm"], lease=60, most=1)
        await log.outbox.settle(one, error=None, again_in=None)
        await log.erase(told.subject)
    assert [len(await log.outbox.claim(["crm"], lease=60, most=2)) for _ in range(3)] == [2, 1, 0]


async def test_once_all_are_told_nobody_is_named_any_more(
    url: str, tmp_path: Path, never: None
) -> None:
    """P1"""
    log = patient(url)
    told = await log.outbox.append(a_record(), NOTICE, ["crm"])
    [one] = await log.outbox.claim(["crm"], lease=60, most=1)
    await log.outbox.settle(one, error=None, again_in=None)
    await log.erase(told.subject)
    assert str(told.subject).encode() in bytes_in(tmp_path)
    [one] = await log.outbox.claim(["crm"], lease=60, most=1)
    await log.outbox.settle(one, error=None, again_in=None)
    assert str(told.subject).encode() not in bytes_in(tmp_path)
    await log.close()


async def test_what_no_hook_takes_within_a_month_is_let_go(either: str, sql: SqlLog) -> None:
    """GDPR 12(3): the site may have no such hook any more."""
    told = await sql.outbox.append(a_record(), NOTICE, ["gone"])
    await sql.outbox.claim(["gone"], lease=60, most=1)
    await sql.erase(told.subject)
    later = patient(either, clock=lambda: datetime.now(UTC) + timedelta(days=31))
    assert await later.outbox.wait(["gone"]) is not None
    await later.erase(uuid4())
    assert await later.outbox.wait(["gone"]) is None
    await later.close()


async def test_a_record_that_was_pruned_meanwhile_says_nothing(sql: SqlLog) -> None:
    told = await sql.outbox.append(a_record(), NOTICE, ["crm"])
    await sql.outbox.claim(["crm"], lease=60, most=1)
    await sequence(sql)
    await sql.erase(told.subject)
    later = datetime.now(UTC) + timedelta(days=1)
    assert [done.number async for done in sql.pruner(before=later).prune()] == [1]
    [one] = await sql.outbox.claim(["crm"], lease=60, most=1)
    assert isinstance(one, Farewell)
    assert (one.subject, one.last) == (told.subject, None)


async def test_a_log_out_of_which_somebody_was_erased_holds(either: str, sql: SqlLog) -> None:
    """In the tree, and on the way into it."""
    me, mine = await chosen(sql)
    await sequence(sql)
    await sql.append(a_record(subject=me, seq=3), NOTICE)
    before = await sql.proofs.proof(mine[0].id)
    await sql.erase(me)
    report = await holds(either, size=2, pending=1)
    assert report.counts["erased"] == 3
    assert not report.found
    assert await sql.proofs.proof(mine[0].id) == before


async def test_requests_are_counted_by_the_days_and_name_nobody(either: str, sql: SqlLog) -> None:
    """EU-29"""
    for _ in range(2):
        await sql.erase((await chosen(sql))[0])
    await sql.erase(uuid4())
    await sql.rights.erase((await chosen(sql))[0], trial=True)
    me, _ = await chosen(sql)
    await sql.rights.hold(Hold(me, CLAIM, LATER))
    with pytest.raises(SubjectHeld):
        await sql.rights.erase(me, received=date(2026, 1, 31))
    await sql.given_access()
    await sql.rights.given_access(LAST_YEAR)
    done, held = Outcome.DONE, Outcome.HELD
    found = await sql.rights.requests()
    assert found == {
        Answered(TODAY, TODAY, Kind.ERASURE, done): 2,
        Answered(date(2026, 1, 31), TODAY, Kind.ERASURE, held): 1,
        Answered(TODAY, TODAY, Kind.ACCESS, done): 1,
        Answered(LAST_YEAR, TODAY, Kind.ACCESS, done): 1,
    }
    (refused,) = (each for each in found if each.outcome is held)
    assert refused.due == date(2026, 2, 28)
    assert {each.received for each in found if each.late} >= {LAST_YEAR}
    assert not any(each.late for each in found if each.received == TODAY)
    assert (await asyncio.to_thread(report_on, either, KEY)).holds


async def test_a_test_choice_is_marked_and_hidden_from_nothing(either: str, sql: SqlLog) -> None:
    """It is in the tree, in exports and in what is verified like all others; prunable too."""
    me, mine = await chosen(sql)
    await sequence(sql)
    await sql.rights.erase(me, trial=True)
    await holds(either, size=2)
    async with sql.snapshot() as snapshot:
        marked = {row["record_id"] async for row in snapshot.table("trial")}
    assert marked == {record.id for record in mine}
    assert {record.id for record in await everything(sql)} == marked
    later = datetime.now(UTC) + timedelta(days=1)
    assert [done.number async for done in sql.pruner(before=later).prune()] == [2]


async def test_a_legal_hold_keeps_somebody_until_it_ends(either: str, sql: SqlLog) -> None:
    """GDPR 17(3)(e), EU-27"""
    me, _ = await chosen(sql)
    await sql.rights.hold(Hold(me, "another", TODAY))
    await sql.rights.hold(Hold(me, CLAIM, LATER))
    with pytest.raises(SubjectHeld, match=str(LATER)) as held:
        await sql.erase(me)
    assert held.value.until == LATER
    assert await sql.rights.holds() == [Hold(me, CLAIM, LATER)]
    assert [record.seq async for record in sql.read(subject=me)] == [1, 2]
    afterwards = patient(either, clock=lambda: datetime.now(UTC) + timedelta(days=31))
    assert await afterwards.erase(me) == 2
    assert await sql.rights.holds() == []
    await afterwards.close()


async def test_a_hold_may_be_ended_before_its_day(sql: SqlLog) -> None:
    me, _ = await chosen(sql)
    await sql.rights.hold(Hold(me, CLAIM, date(9999, 12, 31)))
    assert [await sql.rights.release(me), await sql.rights.release(me)] == [True, False]
    assert await sql.erase(me) == 2


async def test_no_byte_of_whom_was_erased_is_left_in_the_file(url: str, tmp_path: Path) -> None:
    """P1: also not where a page was split, and not in the journal."""
    log = patient(url)
    people = await asyncio.gather(*(chosen(log, 1) for _ in range(600)))
    for me, _ in people[::20]:
        await log.erase(me)
    files = bytes_in(tmp_path)
    gone = [record for _, mine in people[::20] for record in mine]
    assert not any(str(record.subject).encode() in files for record in gone)
    assert not any(record.salt in files for record in gone)
    assert str(people[1][0]).encode() in files
    await log.close()


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_an_erasure_that_is_not_known_to_be_done_is_said() -> None:
    log = MemoryLog(fail_before=True)
    with pytest.raises(LogUnavailable):
        await log.erase(uuid4())
