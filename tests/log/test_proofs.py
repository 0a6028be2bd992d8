"""What a log in a database shows of its tree is what its records make of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from consent.errors import NoteRefused
from consent.log.sql import SqlLog
from consent.record import encode
from consent.tree.checkpoint import Checkpoint, verified
from consent.tree.keys import Signer
from consent.tree.merkle import leaf_hash
from consent.tree.paths import is_consistent
from consent.tree.tlog_proof import TlogProof
from tests.log.examples import NOTICE, a_record, everything, patient
from tests.log.sequenced import KEY, ORIGIN, sequence

pytestmark = pytest.mark.anyio


@pytest.fixture
async def log(either: str) -> AsyncIterator[SqlLog]:
    log = patient(either)
    yield log
    await log.close()


async def newest(log: SqlLog) -> Checkpoint:
    found = await log.proofs.checkpoint()
    assert found is not None
    return verified(found[1], ORIGIN, [KEY.key])


async def test_a_log_without_a_tree_has_nothing_to_show(log: SqlLog) -> None:
    record = await log.append(a_record(), NOTICE)
    assert await log.proofs.checkpoint() is None
    assert await log.proofs.proof(record.id) is None
    assert await log.proofs.origin() is None
    await sequence(log)
    assert await log.proofs.origin() == ORIGIN


async def test_every_record_in_the_tree_is_shown_to_be_there(log: SqlLog) -> None:
    for number in range(5):
        await log.append(a_record(), NOTICE)
        if number != 3:
            await sequence(log)
    late = await log.append(a_record(), NOTICE)
    for record in await everything(log):
        proof = await log.proofs.proof(record.id)
        if record == late:
            assert proof is None
            continue
        assert proof is not None
        file = TlogProof.parse(str(proof))
        assert file.verified(leaf_hash(encode(record)), ORIGIN, [KEY.key]).size == 5
        with pytest.raises(NoteRefused):
            file.verified(leaf_hash(encode(late)), ORIGIN, [KEY.key])
    assert await log.proofs.proof(str(uuid4())) is None


async def test_more_leaves_than_a_tile_has_are_shown_and_continue_those_before(log: SqlLog) -> None:
    seen = []
    for more in (1, 2, 4, 300):
        await asyncio.gather(*(log.append(a_record(), NOTICE) for _ in range(more)))
        await sequence(log)
        seen.append(await newest(log))
    for old in seen:
        path = await log.proofs.consistency(old.size, seen[-1].size)
        assert is_consistent(old.size, old.root, seen[-1].size, seen[-1].root, path)
    assert await log.proofs.checkpoint(after=307) is None
    last = (await everything(log))[-1]
    proof = await log.proofs.proof(last.id)
    assert proof and proof.verified(leaf_hash(encode(last)), ORIGIN, [KEY.key]).size == 307


async def test_a_key_is_known_once_with_who_endorsed_it_first(log: SqlLog) -> None:
    other = Signer(ORIGIN, bytes([1]) * 32)
    await log.proofs.add_key(str(KEY.key), None)
    await log.proofs.add_key(str(other.key), "a note")
    await log.proofs.add_key(str(other.key), "another")
    assert await log.proofs.keys() == {str(KEY.key): None, str(other.key): "a note"}
