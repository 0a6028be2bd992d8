"""The end of retention: the oldest records go, their leaves stay, and the log holds (EU-11)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogOfOtherKeys, LogUnavailable
from consent.log import pruning, schema
from consent.log.pruning import Pruned, Stop
from consent.log.rights import Hold
from consent.log.schema import record, subject
from consent.log.sql import SqlLog
from consent.model import Screen
from consent.record import Action, Interface, Kind, Record
from consent.tree.keys import Signer
from tests.log.checked import ORIGIN, holds, keys, sequence
from tests.log.examples import NOTICE, a_notice, a_record, everything, patient
from tests.noon import NOON

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon", "never")]
LONG_AGO = NOON - timedelta(days=6 * 365)
BEFORE = NOON - timedelta(days=5 * 366)
OLD = a_notice(b'{"retention_years":5}')


def a_screen(text: str) -> Screen:
    content = json.dumps({"html": text}, separators=(",", ":")).encode()
    return Screen(sha256(content).hexdigest(), content)


THEN, ALWAYS, EARLY = a_screen("then"), a_screen("always"), a_screen("early")


@pytest.fixture
async def log(either: str) -> AsyncIterator[SqlLog]:
    log = patient(either, keys=keys)
    yield log
    await log.close()


async def fill(log: SqlLog, *made: Mapping[str, Any], old: int = 3) -> list[Record]:
    """So many old ones, then these, then two of today, one of which still has no leaf."""
    for shown in (THEN, ALWAYS, EARLY):
        await log.keep_screen(shown)
    ages = [LONG_AGO + timedelta(hours=number) for number in range(old)]
    records = [a_record(made_at=at, notice=OLD.hash, screen=THEN.hash) for at in ages]
    for number, more in enumerate(made):
        at = LONG_AGO + timedelta(days=1, hours=number)
        records.append(a_record(**{"made_at": at, "notice": OLD.hash, **more}))
    records += [a_record(screen=ALWAYS.hash) for _ in range(2)]
    for made_now in records:
        if made_now is records[-1]:
            await sequence(log)
        await log.append(made_now, OLD if made_now.notice == OLD.hash else NOTICE)
    return records


async def prune(log: SqlLog, **options: Any) -> list[Pruned]:
    return [done async for done in log.pruner(before=BEFORE, **options).prune()]


async def test_the_oldest_go_and_the_log_holds(either: str, log: SqlLog) -> None:
    """Delivered ones too; what is waiting for the tree stays, however old it is."""
    *_, young, waiting = await fill(log)
    told = await log.outbox.append(a_record(made_at=LONG_AGO), NOTICE, ["crm"])
    proof = await log.proofs.proof(young.id)
    assert await prune(log) == [Pruned(3, Stop.END)]
    left = sorted([told, young, waiting], key=lambda record: record.id)
    assert await everything(log) == left
    report = await holds(either, size=4, pending=2)
    assert (report.counts["pruned"], report.counts["records"]) == (3, 3)
    assert await log.proofs.proof(young.id) == proof
    await sequence(log)
    assert await prune(log) == [Pruned(0, Stop.END)]


async def test_what_hooks_were_told_of_it_goes_first(either: str, log: SqlLog) -> None:
    await log.outbox.append(a_record(made_at=LONG_AGO), NOTICE, ["crm"])
    [told] = await log.outbox.claim(["crm"], lease=60, most=1)
    await log.outbox.settle(told, error=None, again_in=None)
    await sequence(log)
    assert await prune(log) == [Pruned(1, Stop.END)]
    assert await log.outbox.attempts(told.id) == []
    await holds(either, size=1)


async def test_it_goes_on_batch_by_batch_to_the_same_end(
    either: str, log: SqlLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST", 2)
    monkeypatch.setattr(pruning, "PAGE", 1)
    await fill(log, old=5)
    pruner = log.pruner(before=BEFORE)
    assert await pruner.due() == 5
    steps = [Pruned(2, None), Pruned(2, None), Pruned(1, Stop.END)]
    assert [done async for done in pruner.plan()] == steps
    assert len(await everything(log)) == 7
    assert [done async for done in pruner.prune()] == steps
    assert await pruner.due() == 0
    await holds(either, size=6, pending=1)


async def test_notices_and_screens_go_with_the_last_record_that_names_them(log: SqlLog) -> None:
    """EU-11; one that no record has named yet may be about to be."""
    await fill(log, {"screen": ALWAYS.hash, "scripts": THEN.hash})
    await prune(log)
    assert await log.notice(OLD.hash) is None
    assert await log.notice(NOTICE.hash) == NOTICE
    found = [await log.screen(each.hash) for each in (THEN, ALWAYS, EARLY)]
    assert found == [None, ALWAYS, EARLY]
    again = await log.append(a_record(notice=OLD.hash), OLD)
    assert await log.notice(again.notice) == OLD


async def test_a_record_that_waits_for_the_tree_keeps_what_it_names(log: SqlLog) -> None:
    await fill(log)
    await log.append(a_record(notice=OLD.hash, screen=THEN.hash), OLD)
    await prune(log)
    assert (await log.notice(OLD.hash), await log.screen(THEN.hash)) == (OLD, THEN)


async def test_a_legal_hold_stops_it_until_the_hold_is_over(either: str, log: SqlLog) -> None:
    me = uuid4()
    records = await fill(log, {"subject": me}, {})
    await log.rights.hold(Hold(me, "a claim", NOON.date()))
    assert await prune(log) == [Pruned(3, Stop.HOLD, records[3].id)]
    await log.rights.release(me)
    assert await prune(log) == [Pruned(2, Stop.END)]
    await holds(either, size=6, pending=1)


async def test_what_was_agreed_to_in_a_form_goes_when_that_is_asked_for(log: SqlLog) -> None:
    """It has no end of its own, as a choice has (docs/forms.md)."""
    form = {"kind": Kind.FORM, "action": Action.SUBMIT, "interface": Interface.FORM, "services": {}}
    refused, agreed = ({**form, "purposes": {"newsletter": said}} for said in (False, True))
    records = await fill(log, refused, agreed)
    assert await prune(log) == [Pruned(4, Stop.FORM, records[4].id)]
    await log.erase(records[4].subject)
    assert await prune(log) == [Pruned(1, Stop.END)]
    await fill(log, agreed)
    assert (await prune(log, forms=True))[-1].stop is Stop.END


async def test_each_run_signs_what_went_and_vouches_for_the_run_before(
    either: str, log: SqlLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the transaction of each batch, and one note for all of them."""
    monkeypatch.setattr(pruning, "MOST", 2)
    await fill(log, old=5)
    run = log.pruner(before=BEFORE, kept=(5, 0)).prune()
    await anext(run)
    assert (await holds(either, size=6, pending=1)).counts["prunings"] == 1
    assert [done.number async for done in run] == [2, 1]
    assert (await holds(either, size=6, pending=1)).counts["prunings"] == 1
    await sequence(log)
    later = patient(either, keys=keys, clock=lambda: datetime.now(UTC) + timedelta(days=2))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert [done.number async for done in later.pruner(before=tomorrow).prune()] == [2, 0]
    await later.close()
    report = await holds(either, size=7)
    assert (report.counts["prunings"], report.counts["pruned"]) == (2, 7)
    (one, two) = await log._fetch(select(schema.pruning).order_by(schema.pruning.c.first))
    assert "leaves 0 5\n" in one.note
    assert "kept 5 0\nafter -\n" in one.note
    assert "leaves 5 7\n" in two.note
    assert f"kept 0 0\nafter {sha256(one.note.encode()).hexdigest()}\n" in two.note


async def test_what_another_pruned_meanwhile_is_not_signed_for_again(
    either: str, log: SqlLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST", 2)
    await fill(log, old=8)
    run = log.pruner(before=BEFORE).prune()
    await anext(run)
    other = log.pruner(before=BEFORE).prune()
    await anext(other)
    assert sum([done.number async for done in run]) == 4
    assert (await holds(either, size=9, pending=1)).counts["prunings"] == 3


async def test_nothing_goes_unsigned(either: str, log: SqlLog) -> None:
    """A key that the log does not know is none: nobody would take its word."""
    await fill(log)
    for other in (patient(either), patient(either, keys=lambda: [Signer(ORIGIN, b"7" * 32)])):
        with pytest.raises(LogOfOtherKeys):
            await prune(other)
        await other.close()
    await holds(either, size=4, pending=1)
    assert len(await everything(log)) == 5


async def test_other_keys_are_told_so_where_nothing_is_old_too(either: str, log: SqlLog) -> None:
    await fill(log, old=0)
    other = patient(either, keys=lambda: [Signer(ORIGIN, b"7" * 32)])
    with pytest.raises(LogOfOtherKeys):
        await prune(other)
    await other.close()


async def test_leaves_that_no_key_is_known_for_stay(log: SqlLog) -> None:
    await fill(log)

    async def without(connection: AsyncConnection) -> None:
        await connection.execute(delete(schema.key))

    await log._run(lambda store: store.write(without))
    with pytest.raises(LogUnavailable, match="no key"):
        await prune(log)


async def test_two_that_prune_at_once_prune_once(either: str, log: SqlLog) -> None:
    await fill(log, old=8)
    other = patient(either, keys=keys)
    both = await asyncio.gather(prune(log), prune(other))
    await other.close()
    assert sum(done.number for each in both for done in each) == 8
    await holds(either, size=9, pending=1)


async def test_an_empty_log_has_nothing_to_prune(log: SqlLog) -> None:
    assert await prune(log) == [Pruned(0, Stop.END)]
    pruner = log.pruner(before=BEFORE)
    assert ([done async for done in pruner.plan()], await pruner.due()) == ([(0, "end", None)], 0)


async def test_a_record_that_was_taken_out_is_not_passed_over(either: str, log: SqlLog) -> None:
    records = await fill(log)

    async def taken(at: Any) -> None:
        await at.execute(delete(subject).where(subject.c.record_id == records[1].id))
        await at.execute(delete(record).where(record.c.id == records[1].id))

    await log._run(lambda store: store.write(taken))
    with pytest.raises(LogUnavailable, match="consent verify"):
        await prune(log)
    assert len(await everything(log)) == 4


async def test_nothing_goes_where_the_head_was_moved_meanwhile(url: str) -> None:
    """Compare and swap: were it not that writers take turns anyway."""
    log = patient(url, keys=keys)
    await fill(log)
    trap = "CREATE TRIGGER t BEFORE UPDATE ON head BEGIN SELECT RAISE(IGNORE); END"
    await log._run(lambda store: store.write(lambda at: at.exec_driver_sql(trap)))
    with pytest.raises(LogUnavailable, match="another process"):
        await prune(log)
    assert len(await everything(log)) == 5
    await log.close()
