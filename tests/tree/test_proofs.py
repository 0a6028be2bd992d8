"""Checkpoints and proof files say what they say of one log, and nothing else passes for one."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import NoteRefused
from consent.tree.checkpoint import Checkpoint, signed, verified
from consent.tree.keys import Signer, VerifierKey
from consent.tree.merkle import leaf_hash
from consent.tree.paths import hashes, inclusion
from consent.tree.promise import endorsed, endorsement, is_own, is_promised, promise
from consent.tree.tlog_proof import TlogProof
from tests.tree.grown import Grown, one_bit_off

ORIGIN = "www.example.fr/consent"
LOG = Signer(ORIGIN, bytes(32))
NEXT = Signer(ORIGIN, bytes([1]) * 32)
LEAVES = [b"%d" % number for number in range(11)]
TREE = Grown(LEAVES)
CHECKPOINT = Checkpoint(ORIGIN, TREE.frontier.size, TREE.frontier.root)
NOTE = signed(CHECKPOINT, LOG)
LEAF = leaf_hash(LEAVES[4])
PROOF = TlogProof(4, tuple(hashes(inclusion(4, 11), TREE.read)), NOTE, b"\x00beside")


def test_the_text_of_a_checkpoint_is_that_of_the_specification() -> None:
    """The example of c2sp.org/tlog-checkpoint."""
    root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    text = f"example.com/behind-the-sofa\n20852163\n{root}\n"
    checkpoint = Checkpoint("example.com/behind-the-sofa", 20_852_163, base64.b64decode(root))
    assert Checkpoint.parse(text) == checkpoint
    assert str(checkpoint) == text


@given(size=st.integers(0, 2**62), root=st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back_from_its_note(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert verified(signed(checkpoint, LOG), ORIGIN, [LOG.key]) == checkpoint


def test_what_a_checkpoint_says_beyond_three_lines_is_passed_over() -> None:
    assert Checkpoint.parse(f"{CHECKPOINT}more\n") == CHECKPOINT


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n11\n",
        str(CHECKPOINT).replace("\n11\n", "\n011\n"),
        str(CHECKPOINT).replace("\n11\n", "\n-1\n"),
        str(CHECKPOINT).replace("\n11\n", "\n+1\n"),
        str(CHECKPOINT).replace("\n11\n", "\n١\n"),
        str(CHECKPOINT).replace("\n11\n", "\n" + "9" * 20 + "\n"),
        str(CHECKPOINT).replace(ORIGIN, ""),
        f"{CHECKPOINT}\n",
        f"{CHECKPOINT}\nmore\n",
        f"{ORIGIN}\n11\nAAAA\n",
        f"{ORIGIN}\n11\n?\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.parse(text)


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_is_one_line(origin: str) -> None:
    with pytest.raises(NoteRefused):
        signed(replace(CHECKPOINT, origin=origin), LOG)


def test_the_checkpoint_of_another_log_does_not_pass() -> None:
    with pytest.raises(NoteRefused):
        verified(NOTE, "shop.example.fr/consent", [LOG.key])
    with pytest.raises(NoteRefused):
        verified(NOTE, ORIGIN, [NEXT.key])


def test_a_proof_file_has_the_lines_of_the_specification() -> None:
    """c2sp.org/tlog-proof: with extra data, and without."""
    *head, empty, origin, size, _root, _, _signature, end = str(PROOF).split("\n")
    assert head[:3] == ["c2sp.org/tlog-proof@v1", "extra AGJlc2lkZQ==", "index 4"]
    assert [base64.b64decode(line) for line in head[3:]] == list(PROOF.hashes)
    assert (empty, origin, size, end) == ("", ORIGIN, "11", "")
    assert str(replace(PROOF, extra=b"")).split("\n")[1] == "index 4"


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_a_proof_file_shows_its_leaf_and_no_other(index: int) -> None:
    found = tuple(hashes(inclusion(index, 11), TREE.read))
    proof = TlogProof.parse(str(TlogProof(index, found, NOTE)))
    assert proof.verified(leaf_hash(LEAVES[index]), ORIGIN, [LOG.key]) == CHECKPOINT
    with pytest.raises(NoteRefused):
        proof.verified(leaf_hash(b"another"), ORIGIN, [LOG.key])
    with pytest.raises(NoteRefused):
        replace(proof, index=(index + 1) % 11).verified(leaf_hash(LEAVES[index]), ORIGIN, [LOG.key])


def test_a_proof_of_the_only_leaf_has_no_hashes() -> None:
    tree = Grown([b"only"])
    proof = TlogProof(0, (), signed(Checkpoint(ORIGIN, 1, tree.frontier.root), LOG))
    assert TlogProof.parse(str(proof)) == proof
    assert proof.verified(leaf_hash(b"only"), ORIGIN, [LOG.key]).size == 1


def test_a_proof_file_comes_back_whole() -> None:
    assert TlogProof.parse(str(PROOF)) == PROOF


def test_a_changed_bit_is_noticed_everywhere_but_in_the_extra_data() -> None:
    passed = []
    for changed in one_bit_off(str(PROOF)):
        with suppress(NoteRefused):
            proof = TlogProof.parse(changed)
            proof.verified(LEAF, ORIGIN, [LOG.key])
            passed.append(proof)
    assert passed
    assert PROOF not in passed
    assert {replace(proof, extra=PROOF.extra) for proof in passed} == {PROOF}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("proof@v1", "proof@v2"),
        ("extra AGJlc2lkZQ==", "extra ?"),
        ("extra AGJlc2lkZQ==\n", "extra \n"),
        ("index 4", "index 04"),
        ("index 4", "index -4"),
        ("index 4\n", ""),
        ("index 4\n", "index 4\nAAAA\n"),
        ("index 4\n", "index 4\n?\n"),
        ("index 4", "Index 4"),
        (f"\n\n{ORIGIN}", f"\n{ORIGIN}"),
        (NOTE, ""),
    ],
)
def test_what_is_no_proof_file_is_refused(old: str, new: str) -> None:
    assert old in str(PROOF)
    with pytest.raises(NoteRefused):
        TlogProof.parse(str(PROOF).replace(old, new)).verified(LEAF, ORIGIN, [LOG.key])


def test_a_promise_holds_for_one_leaf_of_one_log() -> None:
    word = promise(LOG, ORIGIN, LEAF)
    assert len(word) == 68
    assert is_promised(word, ORIGIN, LEAF, [NEXT.key, LOG.key])
    assert not is_promised(word, ORIGIN, LEAF, [NEXT.key])
    assert not is_promised(word, "shop.example.fr/consent", LEAF, [LOG.key])
    assert not is_promised(word, ORIGIN, bytes(32), [LOG.key])
    assert not is_promised(LOG.key.id + bytes(64), ORIGIN, LEAF, [LOG.key])
    assert not is_promised(NEXT.key.id + word[4:], ORIGIN, LEAF, [NEXT.key, LOG.key])
    assert not is_promised(b"", ORIGIN, LEAF, [LOG.key])


def test_a_signer_knows_its_own_promise_and_no_other() -> None:
    word = promise(LOG, ORIGIN, LEAF)
    assert is_own(word, LOG, ORIGIN, LEAF)
    assert not is_own(word, NEXT, ORIGIN, LEAF)
    assert not is_own(word, LOG, "shop.example.fr/consent", LEAF)
    assert not is_own(word, LOG, ORIGIN, bytes(32))
    assert not is_own(LOG.key.id + bytes(64), LOG, ORIGIN, LEAF)
    assert not is_own(b"", LOG, ORIGIN, LEAF)


def test_a_key_passes_trust_to_the_next_one() -> None:
    assert endorsed(endorsement(NEXT.key, LOG), [LOG.key]) == NEXT.key
    with pytest.raises(NoteRefused):
        endorsed(endorsement(NEXT.key, NEXT), [LOG.key])


def test_a_checkpoint_is_no_endorsement_and_an_endorsement_no_checkpoint() -> None:
    with pytest.raises(NoteRefused):
        endorsed(NOTE, [LOG.key])
    with pytest.raises(NoteRefused):
        verified(endorsement(NEXT.key, LOG), ORIGIN, [LOG.key])


def test_the_key_of_a_witness_can_be_endorsed_by_nobody_as_the_key_of_a_log() -> None:
    witness = VerifierKey(ORIGIN, NEXT.key.public, kind=4)
    with pytest.raises(NoteRefused):
        endorsed(endorsement(witness, LOG), [LOG.key])
