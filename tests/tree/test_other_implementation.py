"""What we sign and prove is taken by an implementation that shares nothing with ours.

``metamorphic-log`` (PyPI, compiled Rust) verifies signed notes, checkpoints and both proofs. None
was found that reads ``.tlog-proof`` files, so the parts of such a file are given to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.keys import Signer
from consent.tree.merkle import Frontier, leaf_hash
from consent.tree.paths import consistency, hashes, inclusion
from consent.tree.promise import endorsement
from consent.tree.tlog_proof import TlogProof
from tests.tree.grown import Grown

theirs: Any = pytest.importorskip("metamorphic_log", reason="has no wheel for this platform")

ORIGIN = "www.example.fr/consent"
LOG = Signer(ORIGIN, bytes(32))
VKEYS = [str(LOG.key)]
SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 1000]


def leaves(size: int) -> Sequence[bytes]:
    return [b"%d" % number for number in range(size)]


def checkpoint(frontier: Frontier) -> str:
    return signed(Checkpoint(ORIGIN, frontier.size, frontier.root), LOG)


@pytest.mark.parametrize("size", SIZES)
def test_it_reads_our_checkpoints(size: int) -> None:
    frontier = Grown(leaves(size)).frontier
    head = theirs.checkpoint_verify(checkpoint(frontier), VKEYS)
    assert (head.origin, head.size, head.root) == (ORIGIN, size, frontier.root)


@pytest.mark.parametrize("size", SIZES)
def test_it_takes_our_proof_files_for_their_leaf_alone(size: int) -> None:
    tree = Grown(leaves(size))
    for index in {0, size // 2, size - 1}:
        path = tuple(hashes(inclusion(index, size), tree.read))
        file = TlogProof.parse(str(TlogProof(index, path, checkpoint(tree.frontier))))
        parts = (file.checkpoint, VKEYS, file.index)
        theirs.checkpoint_verify_inclusion(*parts, leaf_hash(b"%d" % index), [*file.hashes])
        with pytest.raises(theirs.VerifyError):
            theirs.checkpoint_verify_inclusion(*parts, leaf_hash(b"other"), [*file.hashes])


@pytest.mark.parametrize("size", SIZES)
def test_it_takes_our_consistency_proofs(size: int) -> None:
    tree = Grown(leaves(size))
    for old in {1, size // 2, size - 1, size} - {0}:
        before = checkpoint(Grown(leaves(old)).frontier)
        path = hashes(consistency(old, size), tree.read)
        theirs.checkpoint_verify_consistency(before, checkpoint(tree.frontier), VKEYS, path)
        other = checkpoint(Grown([b"other", *leaves(old)[1:]]).frontier)
        with pytest.raises(theirs.VerifyError):
            theirs.checkpoint_verify_consistency(other, checkpoint(tree.frontier), VKEYS, path)


def test_it_takes_our_endorsements() -> None:
    new = Signer(ORIGIN, bytes([1]) * 32)
    assert theirs.verify_signed_note(endorsement(new.key, LOG), VKEYS) == 1
    with pytest.raises(theirs.VerifyError):
        theirs.verify_signed_note(endorsement(new.key, new), VKEYS)
