"""Every witness comes to know every leaf, and what one of them does stops nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from consent.errors import ConsentError, LogUnavailable, WitnessConflict, WitnessUnavailable
from consent.log import rounds
from consent.log.proofs import SqlProofs
from consent.log.rounds import once
from consent.log.sql import SqlLog
from consent.record import encode
from consent.tree import note as notes
from consent.tree.merkle import leaf_hash
from consent.witness import COSIGNATURE, History, Signed
from consent.witness.directory import Directory
from tests.log.examples import NOTICE, a_record, patient
from tests.log.sequenced import KEY, ORIGIN, sequence

pytestmark = pytest.mark.anyio


class Notes:
    """A witness that keeps what it is shown, unless it is told to fail."""

    kind = COSIGNATURE
    name = "https://witness.example"

    def __init__(self, *errors: ConsentError) -> None:
        self.errors = list(errors)
        self.shown: list[tuple[int, int]] = []
        self.gave: SimpleQueue[int] = SimpleQueue()

    async def attest(self, new: Signed, last: int, history: History) -> bytes:
        self.shown.append((last, new.checkpoint.size))
        await history.consistency(last, new.checkpoint.size)
        if self.errors:
            raise self.errors.pop(0)
        self.gave.put(new.checkpoint.size)
        return f"{new.note}{OTHER_LINE}".encode()


OTHER_LINE = notes.Signature("witness.example/w1", bytes(4), bytes(72))


@pytest.fixture
async def log(either: str) -> AsyncIterator[SqlLog]:
    log = patient(either)
    yield log
    await log.close()


async def grow(log: SqlLog, records: int = 1) -> str:
    """The id of the last."""
    ids = [(await log.append(a_record(), NOTICE)).id for _ in range(records)]
    await sequence(log)
    return ids[-1]


async def test_a_log_without_a_checkpoint_has_nothing_to_show(log: SqlLog) -> None:
    assert await once(log.proofs, [Notes()]) == []


async def test_a_witness_is_shown_what_is_new_since_it_was_last_asked(log: SqlLog) -> None:
    witness = Notes()
    for size in (2, 5):
        await grow(log, 2 if size == 2 else 3)
        for _ in range(2):
            (outcome,) = await once(log.proofs, [witness])
            assert (outcome.size, outcome.error) == (size, None)
    assert witness.shown == [(0, 2), (2, 5)]


async def test_one_that_fails_keeps_no_other_from_being_asked(log: SqlLog) -> None:
    await grow(log)
    gone, other = Notes(WitnessUnavailable("gone")), Notes()
    other.name = "https://other.example"
    outcomes = await once(log.proofs, [gone, other])
    assert [str(each.error) for each in outcomes] == ["gone", "None"]
    assert await log.proofs.witnessed() == {(COSIGNATURE, other.name): 1}
    assert [each.error for each in await once(log.proofs, [gone, other])] == [None, None]
    assert (gone.shown, other.shown) == ([(0, 1), (0, 1)], [(0, 1)])


async def test_one_that_another_process_has_asked_meanwhile_is_left_out(log: SqlLog) -> None:
    await grow(log, 2)
    await once(log.proofs, [Notes()])
    await grow(log, 2)
    again = Notes()
    await once(log.proofs, [again], least=2)
    assert again.shown == []
    await once(log.proofs, [again], least=3)
    assert again.shown == [(2, 4)]


async def test_what_came_first_is_kept_where_two_were_asking(log: SqlLog) -> None:
    for content in (b"first", b"second"):
        await log.proofs.add_attestation((1, "note"), COSIGNATURE, "witness", content)
    await log.proofs.add_attestation((2, "note"), COSIGNATURE, "witness", b"third")
    assert await log.proofs.witnessed() == {(COSIGNATURE, "witness"): 2}


async def test_a_proof_is_given_under_the_newest_checkpoint_that_somebody_else_signed_too(
    log: SqlLog,
) -> None:
    first = await grow(log, 2)
    await once(log.proofs, [Notes()])
    last = await grow(log, 2)
    proofs = [await log.proofs.proof(each) for each in (first, last)]
    assert [str(OTHER_LINE) in str(proof) for proof in proofs] == [True, False]
    records = {record.id: record async for record in log.read()}
    for proof, each, size in zip(proofs, (first, last), (2, 4), strict=True):
        assert proof
        leaf = leaf_hash(encode(records[each]))
        assert proof.verified(leaf, ORIGIN, [KEY.key]).size == size


async def test_a_tree_with_a_hole_is_unavailable(log: SqlLog) -> None:
    await grow(log, 2)
    with pytest.raises(LogUnavailable, match="consent verify"):
        await log.proofs.consistency(1, 5)


async def test_a_folder_gets_what_a_log_in_a_database_has(log: SqlLog, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for records in (1, 3):
        await grow(log, records)
        (outcome,) = await once(log.proofs, [Directory(str(folder))])
        assert outcome.error is None
    assert (await log.proofs.checkpoint()) == (4, (folder / "checkpoint-4.note").read_text())


class TestByItself:
    """A site's own log sets out on its rounds without anybody asking."""

    @pytest.fixture(autouse=True)
    def in_no_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rounds, "FIRST", 0.0)
        monkeypatch.setattr(rounds, "HOUR", 0.01)

    @staticmethod
    def signing(url: str, witness: Notes) -> SqlLog:
        return patient(url, keys=lambda: [KEY], witnesses=[witness])

    @staticmethod
    async def given(witness: Notes) -> int:
        return await asyncio.to_thread(witness.gave.get, timeout=60)

    async def test_what_is_recorded_comes_to_the_witness(self, url: str) -> None:
        witness = Notes()
        log = self.signing(url, witness)
        for size in (1, 2):
            await log.append(a_record(), NOTICE)
            assert await self.given(witness) == size
        await log.close()
        assert witness.shown == [(0, 1), (1, 2)]

    async def test_it_is_asked_again_until_it_has_it(
        self, url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        witness = Notes(WitnessUnavailable("gone"), WitnessConflict("other leaves"))
        log = self.signing(url, witness)
        with caplog.at_level(logging.WARNING, "consent"):
            await log.append(a_record(), NOTICE)
            assert await self.given(witness) == 1
        await log.close()
        assert witness.shown == [(0, 1)] * 3
        levels = [(each.levelname, "ALARM" in each.message) for each in caplog.records]
        assert levels == [("WARNING", False), ("ERROR", True)]

    async def test_a_log_that_cannot_be_read_is_looked_at_again(
        self, url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = SqlProofs.checkpoint
        failures = [LogUnavailable("locked")] * 2

        async def sometimes(proofs: SqlProofs, *, after: int = 0) -> tuple[int, str] | None:
            if failures:
                raise failures.pop()
            return await read(proofs, after=after)

        monkeypatch.setattr(SqlProofs, "checkpoint", sometimes)
        witness = Notes()
        log = self.signing(url, witness)
        await log.append(a_record(), NOTICE)
        assert await self.given(witness) == 1
        await log.close()
        (warning,) = caplog.records
        assert warning.message.endswith("no witness was asked: locked")

    async def test_whoever_ends_does_not_wait_for_the_next_round(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rounds, "HOUR", 1e6)
        log, witness = patient(url), Notes()
        mine = rounds.Rounds(log.proofs, [witness])
        await grow(log)
        mine.wake()
        assert await self.given(witness) == 1
        await grow(log)
        mine.wake()
        mine.wake()
        await log.proofs.checkpoint()  # asked after its own question, so it is on its way
        await mine.end()
        async with asyncio.timeout(60):
            assert mine._task
            await mine._task
        await log.close()
        assert witness.shown == [(0, 1)]
