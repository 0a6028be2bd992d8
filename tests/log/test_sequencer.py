"""How records come into the tree: all of them, once, whoever puts them there."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from consent.errors import NoteRefused
from consent.log import promised, sequencer, thinning
from consent.log.sequencer import MOST
from consent.log.sql import SqlLog
from consent.record import Record, encode
from consent.tree.keys import Signer
from consent.tree.merkle import leaf_hash
from tests.log.checked import KEY, ORIGIN, holds, keys, report_on, sequence
from tests.log.examples import NOTICE, a_record, patient

pytestmark = pytest.mark.anyio

NEW = Signer(ORIGIN, bytes([1]) * 32)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "PAUSE", 0.01)


@pytest.fixture
async def log(either: str) -> AsyncIterator[SqlLog]:
    log = patient(either, keys=keys)
    yield log
    await log.close()


async def append(log: SqlLog, number: int) -> None:
    await asyncio.gather(*(log.append(a_record(), NOTICE) for _ in range(number)))


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    while not await reached():  # noqa: ASYNC110 - rows have no event
        await asyncio.sleep(0.01)


async def until_sequenced(log: SqlLog, size: int) -> None:
    async def sequenced() -> bool:
        newest = await log.proofs.checkpoint()
        return newest is not None and newest[0] == size

    await until(sequenced)


async def forge(url: str, signers: Sequence[Signer]) -> Record:
    """What somebody writes into the database who asks for nobody's leave."""

    async def unchecked(*_: object) -> tuple[None, dict[str, str | None]]:
        return None, {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequencer, "recognised", unchecked)
        other = patient(url, keys=lambda: signers)
        forged = await other.append(a_record(), NOTICE)
        await other.close()
    return forged


@pytest.mark.usefixtures("soon")
async def test_what_was_recorded_is_soon_in_the_tree(log: SqlLog, either: str) -> None:
    record = await log.append(a_record(), NOTICE)
    await until_sequenced(log, 1)
    proof = await log.proofs.proof(record.id)
    assert proof is not None
    assert proof.verified(leaf_hash(encode(record)), ORIGIN, [KEY.key]).size == 1
    await append(log, 20)
    await until_sequenced(log, 21)
    await holds(either, size=21)


@pytest.mark.usefixtures("never")
async def test_a_record_is_promised_before_it_is_in_the_tree(log: SqlLog, either: str) -> None:
    await append(log, 3)
    await holds(either, size=0, pending=3)
    assert await sequence(log) == 3
    await log.append(a_record(), NOTICE)
    await holds(either, size=3, pending=1)


@pytest.mark.usefixtures("soon")
async def test_four_sequencers_at_once_make_one_tree(either: str) -> None:
    logs = [patient(either, keys=keys) for _ in range(4)]
    for _ in range(5):
        await asyncio.gather(*(append(log, 10) for log in logs))
        await asyncio.gather(*(log.newer("") for log in logs))
    await until_sequenced(logs[0], 200)
    await asyncio.gather(*(log.close() for log in logs))
    await holds(either, size=200)


@pytest.mark.usefixtures("never")
async def test_a_head_that_was_moved_is_not_moved_again(
    log: SqlLog, either: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where two read it at once, and where it is moved between reading and moving."""
    await append(log, 2)
    move = sequencer._move
    monkeypatch.setattr(sequencer, "_move", lambda size, frontier: move(size + 1, frontier))
    with pytest.raises(sequencer.Overtaken):
        await sequence(log)
    monkeypatch.undo()
    await holds(either, size=0, pending=2)
    assert await sequence(log) == 2
    await holds(either, size=2)


@pytest.mark.usefixtures("never")
async def test_what_is_pending_is_read_and_checked_while_another_writes(
    url: str, tmp_path: Path
) -> None:
    log = patient(url, keys=keys)
    await append(log, 2)
    with closing(sqlite3.connect(tmp_path / "consent.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        found = await log._run(lambda store: store._look())
    assert found is not None
    assert len(found.leaves) == 2
    await log.close()


@pytest.mark.usefixtures("never")
async def test_what_another_put_into_the_tree_meanwhile_is_not_put_there_again(
    log: SqlLog, either: str
) -> None:
    await append(log, 2)
    found = await log._run(lambda store: store._look())
    assert found is not None
    assert await sequence(log) == 2
    with pytest.raises(sequencer.Overtaken):
        await log._run(
            lambda store: store.write(lambda at: store._sequencer.put(at, found)),
        )
    await holds(either, size=2)


async def test_whoever_was_overtaken_looks_again() -> None:
    looked, again = iter([True, False]), asyncio.Event()

    async def step() -> int:
        if next(looked):
            raise sequencer.Overtaken
        again.set()
        return 0

    sequencer.Sequencing(step).wake()
    await again.wait()


async def test_more_than_one_batch_is_taken_at_once(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thinning, "EVERY", 1)
    log = patient(url, keys=keys)
    with monkeypatch.context() as patched:
        patched.setattr(sequencer, "PAUSE", 600)
        await append(log, 1)
        await sequence(log)
        await append(log, MOST + 5)
        await log.close()
    monkeypatch.setattr(sequencer, "PAUSE", 0.01)
    log = patient(url, keys=keys)
    await log.newer("")
    await until_sequenced(log, MOST + 6)
    await log.close()
    assert (await holds(url, size=MOST + 6)).counts["checkpoints"] == 3


@pytest.mark.usefixtures("soon")
async def test_records_from_before_there_were_keys_come_into_the_tree(either: str) -> None:
    """All of them, in one batch; whoever has keys only has to look."""
    old = patient(either)
    await append(old, MOST + 1)
    assert await sequence(old) == 0
    await old.close()
    log = patient(either, keys=keys)
    await log.newer("")
    await until_sequenced(log, MOST + 1)
    await log.close()
    assert (await holds(either, size=MOST + 1)).counts["checkpoints"] == 1


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("forger", [(), [NEW]], ids=["nobody", "another key"])
async def test_what_this_log_has_not_promised_never_comes_into_its_tree(
    log: SqlLog, either: str, forger: Sequence[Signer], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reaches the database could have it signed else."""
    await append(log, 1)
    await sequence(log)
    forged = await forge(either, forger)
    async with asyncio.timeout(60):
        await append(log, 2)
    for _ in range(2):
        await sequence(log)
    report = await asyncio.to_thread(report_on, either, KEY)
    assert (report.holds, report.size, report.counts["pending"]) == (False, 3, 1)
    assert await log.proofs.proof(forged.id) is None
    assert caplog.text.count(forged.id) == 1


@pytest.mark.usefixtures("never")
async def test_what_was_forgotten_to_be_promised_is_verified(
    log: SqlLog, either: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promised, "MOST_OWN", 1)
    await append(log, 5)
    assert await sequence(log) == 5
    await holds(either, size=5)


@pytest.mark.usefixtures("never")
async def test_the_promise_of_a_key_that_was_endorsed_is_kept_by_who_does_not_have_it(
    log: SqlLog, either: str
) -> None:
    await append(log, 1)
    after = patient(either, keys=lambda: [KEY, NEW])
    await append(after, 2)
    await after.close()
    assert await sequence(log) == 3
    await holds(either, size=3)


@pytest.mark.usefixtures("never")
async def test_what_is_left_by_one_process_is_taken_up_by_the_next(either: str) -> None:
    for _ in range(3):
        log = patient(either, keys=keys)
        await append(log, 2)
        await log.close()
    await holds(either, size=0, pending=6)
    log = patient(either, keys=keys)
    assert await sequence(log) == 6
    await log.close()
    await holds(either, size=6)


@pytest.mark.usefixtures("never")
async def test_a_new_key_is_endorsed_by_the_one_before_it(log: SqlLog, either: str) -> None:
    await append(log, 1)
    await sequence(log)
    after = patient(either, keys=lambda: [KEY, NEW])
    await append(after, 1)
    await holds(either, size=1, pending=1)
    await sequence(after)
    await append(log, 1)
    await holds(either, size=2, pending=1)
    assert set(await log.proofs.keys()) == {str(KEY.key), str(NEW.key)}
    await after.close()


@pytest.mark.usefixtures("never")
async def test_a_key_that_nobody_endorsed_is_found(log: SqlLog, either: str) -> None:
    await append(log, 1)
    await forge(either, [NEW])
    report = await asyncio.to_thread(report_on, either, KEY)
    assert not report.holds


@pytest.mark.usefixtures("never")
async def test_a_tree_keeps_the_name_that_it_began_with(log: SqlLog, either: str) -> None:
    """Another site's process that shares the database signs under it too."""
    await append(log, 1)
    other = patient(either, keys=lambda: [KEY.under("www.example.net/consent")])
    await append(other, 1)
    assert await sequence(other) == 2
    await other.close()
    assert (await holds(either, size=2)).origin == ORIGIN


async def test_keys_that_cannot_be_used_stop_no_choice(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> Sequence[Signer]:
        raise NoteRefused("not the name of a key")

    log = patient(url, keys=failing)
    with caplog.at_level(logging.ERROR, logger="consent"):
        await append(log, 2)
    await log.close()
    assert caplog.text.count("keys of the proof log") == 1
    report = await asyncio.to_thread(report_on, url)
    assert report.counts["pending"] == 2


@pytest.mark.usefixtures("soon")
async def test_a_database_that_fails_meanwhile_is_tried_again(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told() -> bool:
        return "wait to be put into the tree" in caplog.text

    def refused(size: int, frontier: object) -> object:
        raise OSError("gone")

    log = patient(url, keys=keys)
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING, logger="consent"):
        patched.setattr(sequencer, "_move", refused)
        await append(log, 1)
        await until(told)
    await append(log, 1)
    await until_sequenced(log, 2)
    await log.close()
    await holds(url, size=2)
