"""The proof of one record, without its log."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from click.testing import CliRunner

from consent.cli import main
from consent.tree.tlog_proof import TlogProof
from consent.verify.checkpoints import read_copy
from consent.verify.notes import read_key
from consent.verify.proof_file import verify_proof
from consent.verify.report import Code, Report
from tests.verify.built import Built
from tests.verify.forging import STRANGER
from tests.verify.signing import inclusion, leaf_of, signer

LOG = Built()
OWN = LOG.signers[-1]
INDEX = 5
NOTE = OWN.checkpoint(LOG.leaves(10))


def proof(extra: dict[str, Any] | None = None, *, note: str = NOTE, index: int = INDEX) -> str:
    if extra is None:
        subject, seq, salt = LOG.person(INDEX)
        record = json.loads(LOG.body(INDEX))
        extra = {"record": record, "subject": subject, "seq": seq, "salt": salt.hex()}
    path = tuple(inclusion(INDEX, LOG.leaves(10)))
    return str(TlogProof(index, path, note, rfc8785.dumps(extra) if extra else b""))


def verified(text: str, *copies: str) -> Report:
    kept = [read_copy("kept", note) for note in copies]
    return verify_proof(text, keys=[read_key(OWN.vkey)], copies=kept)


def test_it_holds_and_says_what_was_recorded() -> None:
    report = verified(proof(), NOTE)
    assert (report.holds, report.counts) == (True, {"records": 1, "copies": 1})
    assert json.loads(report.record) == json.loads(LOG.body(INDEX))


def test_it_holds_without_what_was_erased() -> None:
    report = verified(proof({"record": json.loads(LOG.body(INDEX))}))
    assert (report.holds, report.counts["erased"]) == (True, 1)


def test_a_tree_of_one_needs_no_hashes() -> None:
    extra = rfc8785.dumps({"record": json.loads(LOG.body(0))})
    assert verified(str(TlogProof(0, (), OWN.checkpoint(LOG.leaves(1)), extra))).holds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (proof({"record": json.loads(LOG.body(INDEX + 1))}), Code.LEAF),
        (proof(index=INDEX - 1), Code.LEAF),
        (proof(index=99), Code.LEAF),
        (proof(note=STRANGER.checkpoint(LOG.leaves(10))), Code.SIGNATURE),
        (proof(note=NOTE.replace("\n10\n", "\n11\n")), Code.SIGNATURE),
        (proof(note=signer("www.example.org/consent").checkpoint(LOG.leaves(10))), Code.SIGNATURE),
        (proof({"record": {}}), Code.PROOF),
        (proof({"record": "text"}), Code.PROOF),
        (proof({}), Code.PROOF),
        (proof().replace("@v1", "@v2"), Code.PROOF),
        (proof().replace("index 5", "index 05"), Code.PROOF),
        (proof().replace("index 5", "index five"), Code.PROOF),
        (proof().replace("index 5\n", ""), Code.PROOF),
        (proof().replace("index 5\n", "index 5\nAAAA\n"), Code.PROOF),
        (proof().replace("index 5\n", "index 5\n?\n"), Code.PROOF),
        (proof().replace("extra ", "extra ?"), Code.PROOF),
        (proof().partition("\n\n")[0], Code.PROOF),
        ("c2sp.org/tlog-proof@v1\n", Code.PROOF),
        (
            proof().replace("extra ", "extra " + b64encode(b"  1").decode() + "\nextra "),
            Code.PROOF,
        ),
    ],
)
def test_any_other_does_not(text: str, found: Code) -> None:
    assert verified(text).found == {found: 1} or found in verified(text).found
    assert not verified(text).holds


def test_another_visitor_is_not_the_one_that_was_committed_to() -> None:
    subject, seq, salt = LOG.person(INDEX + 2)
    extra = {"record": json.loads(LOG.body(INDEX)), "subject": subject}
    report = verified(proof({**extra, "seq": seq, "salt": salt.hex()}))
    assert report.found == {Code.COMMITMENT: 1}


def test_a_checkpoint_of_the_same_size_and_another_root_shows_two_histories() -> None:
    other = OWN.checkpoint([*LOG.leaves(9), leaf_of(b"another")])
    assert verified(proof(), other).found == {Code.OUTSIDE: 1}
    assert verified(proof(), OWN.checkpoint(LOG.leaves(9))).holds


def test_the_command_takes_such_a_file_and_a_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.tlog-proof"
    path.write_text(proof())
    result = CliRunner().invoke(main, ["verify", str(path), "--key", OWN.vkey])
    assert result.exit_code == 0
    assert '"site": "www.example.fr"' in result.stdout
    assert result.stdout.endswith("The proof holds.\n")
    assert CliRunner().invoke(main, ["verify", str(path)]).exit_code == 2
    path.write_text(proof().replace("index 5", "index 4"))
    assert CliRunner().invoke(main, ["verify", str(path), "--key", OWN.vkey]).exit_code == 1
    path.write_bytes(proof().encode() + b"\xff")
    assert CliRunner().invoke(main, ["verify", str(path), "--key", OWN.vkey]).exit_code == 1
