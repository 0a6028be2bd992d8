"""A log is gone on with by the keys that it was begun with, and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import Code, LogOfOtherKeys, LogUnavailable
from consent.log.place import stranger
from consent.log.schema import head
from consent.log.sql import SqlLog
from consent.log.strangers import known_signer
from consent.tree.keys import Signer
from consent.tree.promise import endorsement
from consent.verify.report import Code as Found
from consent.verify.report import Report
from tests.log.checked import KEY, ORIGIN, holds, keys, report_on, sequence
from tests.log.examples import NOTICE, a_record, everything, patient
from tests.log.test_sequencer import forge
from tests.log.test_unwritable import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("never")]

NEW = Signer(ORIGIN, bytes([1]) * 32)
STRANGERS = [(), (NEW,)]


def codes(report: Report) -> set[Found]:
    return {each.code for each in report.examples}


@pytest.fixture
async def log(either: str) -> AsyncIterator[SqlLog]:
    """One with a record in its tree."""
    log = patient(either, keys=keys)
    await log.append(a_record(), NOTICE)
    await sequence(log)
    yield log
    await log.close()


@pytest.mark.parametrize("signers", STRANGERS, ids=["no key", "another key"])
async def test_a_stranger_records_nothing_and_leaves_the_log_as_it_is(
    log: SqlLog, either: str, signers: Sequence[Signer]
) -> None:
    """What it recorded could never come into the tree; its key would be a second first one."""
    other = patient(either, keys=lambda: signers)
    with pytest.raises(LogOfOtherKeys):
        await other.append(a_record(), NOTICE)
    with pytest.raises(LogOfOtherKeys) as refused:
        await other.append(a_record(), NOTICE)
    assert refused.value.problem.code == Code.LOG_OTHER_KEYS
    assert all(each.key.short in str(refused.value) for each in (KEY, *signers))
    await log.append(a_record(), NOTICE)
    assert len(await everything(other)) == 2
    if signers:
        with pytest.raises(LogOfOtherKeys):
            await sequence(other)
    await other.close()
    assert await sequence(log) == 1
    await holds(either, size=2)
    assert set(await log.proofs.keys()) == {str(KEY.key)}


@pytest.mark.parametrize("signers", STRANGERS, ids=["no key", "another key"])
async def test_it_says_so_when_the_site_starts(
    log: SqlLog, url: str, either: str, signers: Sequence[Signer], caplog: pytest.LogCaptureFixture
) -> None:
    other = patient(either, keys=lambda: signers)
    await other.newer("")
    await until(lambda: "E035 cookie.secrets" in caplog.text)
    await other.close()
    with pytest.raises(LogOfOtherKeys):
        await other.try_out()
    await other.close()
    await log.try_out()


async def test_of_two_that_begin_a_log_at_once_one_does(either: str) -> None:
    both = [patient(either, keys=lambda each=each: [each]) for each in (KEY, NEW)]
    done = await asyncio.gather(
        *(log.append(a_record(), NOTICE) for log in both for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(each, LogOfOtherKeys) for each in done) == 3
    assert len(await both[0].proofs.keys()) == 1
    for log in both:
        await log.close()


async def test_whoever_has_the_first_key_too_goes_on(log: SqlLog, either: str) -> None:
    other = patient(either, keys=lambda: [KEY, NEW])
    await other.append(a_record(), NOTICE)
    assert await sequence(other) == 1
    await other.close()
    alone = patient(either, keys=lambda: [NEW])
    await alone.append(a_record(), NOTICE)
    await alone.close()
    await holds(either, size=2, pending=1)


async def test_of_a_log_with_two_first_keys_the_one_that_signed_it_goes_on(
    log: SqlLog, either: str
) -> None:
    """As releases before this made it: the other can only add what never comes into the tree."""
    await forge(either, [NEW])
    other = patient(either, keys=lambda: [NEW])
    with pytest.raises(LogOfOtherKeys):
        await other.append(a_record(), NOTICE)
    await other.close()
    after = patient(either, keys=keys)
    await after.append(a_record(), NOTICE)
    assert await sequence(after) == 1
    await after.close()
    report = await asyncio.to_thread(report_on, either, KEY)
    assert (report.size, report.counts["pending"]) == (2, 1)


async def test_a_log_with_two_first_keys_is_brought_into_order_by_naming_both(
    log: SqlLog, either: str
) -> None:
    """As docs/verifying.md says; without the other one, what it promised waits for ever."""
    await forge(either, [NEW])
    report = await asyncio.to_thread(report_on, either, KEY)
    assert codes(report) == {Found.PROMISE, Found.UNPINNED}
    both = patient(either, keys=lambda: [NEW, KEY])
    assert await sequence(both) == 1
    await both.close()
    report = await asyncio.to_thread(report_on, either, KEY)
    assert (report.holds, codes(report)) == (True, {Found.UNPINNED})
    report = await asyncio.to_thread(report_on, either)
    assert (report.holds, codes(report)) == (False, {Found.UNENDORSED})


async def test_nothing_is_signed_on_top_of_what_none_of_its_keys_has_signed(
    log: SqlLog, either: str
) -> None:
    """Whoever has only the newer key takes nobody's word for what was before it."""
    after = patient(either, keys=lambda: [KEY, NEW])
    await after.append(a_record(), NOTICE)
    await after.close()
    alone = patient(either, keys=lambda: [NEW])
    with pytest.raises(LogUnavailable, match="consent verify"):
        await sequence(alone)
    await alone.close()


async def test_nothing_is_signed_on_top_of_a_head_that_was_changed(
    log: SqlLog, either: str
) -> None:
    async def changed(connection: AsyncConnection) -> None:
        await connection.execute(update(head).values(frontier=bytes(32)))

    await log.append(a_record(), NOTICE)
    await log._run(lambda store: store.write(changed))
    with pytest.raises(LogUnavailable, match="consent verify"):
        await sequence(log)


def test_of_two_first_keys_and_no_tree_both_go_on() -> None:
    known = {str(KEY.key): None, str(NEW.key): None}
    assert known_signer([KEY, NEW], known, None) is NEW
    assert known_signer([KEY], known, None) is KEY


def test_a_key_that_only_claims_to_be_endorsed_is_a_strangers() -> None:
    forged = {str(KEY.key): None, str(NEW.key): endorsement(NEW.key, NEW)}
    with pytest.raises(LogOfOtherKeys):
        known_signer([NEW], forged, None)


def test_a_log_whose_keys_cannot_be_read_is_a_strangers() -> None:
    with pytest.raises(LogOfOtherKeys, match="one that cannot be read"):
        known_signer([KEY], {"nonsense": None}, None)


async def test_records_of_runs_without_a_secret_wait_for_one_that_has_it(either: str) -> None:
    """While developing, a secret that is made at each start signs nothing."""
    for _ in range(2):
        run = patient(either, keys=tuple)
        await run.try_out()
        await run.append(a_record(), NOTICE)
        await run.close()
    log = patient(either, keys=keys)
    assert await sequence(log) == 2
    await log.close()
    await holds(either, size=2)


class TestLookedAt:
    """Before a site starts, and without changing anything."""

    async def test_a_file_that_was_begun_with_another_key_is_named(self, url: str) -> None:
        log = patient(url, keys=keys)
        await log.append(a_record(), NOTICE)
        await log.close()
        assert await stranger(url, [KEY]) is None
        assert await stranger(url, [NEW, KEY]) is None
        found = await stranger(url, [NEW])
        assert found is not None
        assert found.code == Code.LOG_OTHER_KEYS

    async def test_what_is_no_log_yet_or_not_here_says_nothing(
        self, url: str, tmp_path: Path
    ) -> None:
        assert await stranger(url, [KEY]) is None
        assert not (tmp_path / "consent.db").exists()
        assert await stranger("postgresql://nobody@db.example/consent", [KEY]) is None
        assert await stranger("nonsense", [KEY]) is None
        (tmp_path / "consent.db").write_bytes(b"no database" * 100)
        assert await stranger(url, [KEY]) is None
