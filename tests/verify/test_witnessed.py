"""What witnesses answered is compared with the log that they answered about."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from consent.verify.report import Code
from tests.verify.built import Built, changing
from tests.verify.forging import STRANGER
from tests.verify.found import found_in, report_on
from tests.verify.signing import leaf_of, signer

LOG = Built()
OWN = LOG.signers[-1]
NOTE = OWN.checkpoint(LOG.leaves(4))


def answer(path: Path, kind: str, content: bytes) -> None:
    with changing(path) as database:
        row = (4, kind, "https://witness.example", content)
        database.execute("INSERT INTO witness VALUES (?, ?, ?, ?)", row)


def stamp(note: str) -> bytes:
    """What a time-stamping authority puts into DER: a hash, among much else."""
    return b"\x30\x82" + b"\x04\x20" + sha256(note.encode()).digest() + b"\x02\x01\x01"


def test_what_a_witness_signed_besides_says_nothing_against_the_log(path: Path) -> None:
    witness = signer("witness.example")
    answer(path, "cosignature", (NOTE + witness.line("whatever")).encode())
    assert found_in(path) == set()


def test_a_witness_that_signed_another_root_contradicts_the_log(path: Path) -> None:
    other = OWN.checkpoint([*LOG.leaves(3), leaf_of(b"another")])
    answer(path, "cosignature", other.encode())
    assert found_in(path) == {Code.OUTSIDE}


def test_a_witness_that_signed_nothing_of_this_log_is_none(path: Path) -> None:
    answer(path, "directory", STRANGER.checkpoint(LOG.leaves(4)).encode())
    assert found_in(path) == {Code.OUTSIDE}
    answer(path, "cosignature", b"\xff no note")
    assert report_on(path).found[Code.OUTSIDE] == 2


def test_a_time_stamp_of_the_checkpoint_says_nothing_against_the_log(path: Path) -> None:
    answer(path, "timestamp", stamp(NOTE))
    assert not report_on(path).found.keys() - {Code.GAP}


def test_a_time_stamp_of_something_else_is_found(path: Path) -> None:
    answer(path, "timestamp", stamp(OWN.checkpoint(LOG.leaves(5))))
    assert found_in(path) == {Code.OUTSIDE}


def test_what_cannot_be_compared_is_noted(path: Path) -> None:
    answer(path, "timestamp", stamp(NOTE))
    answer(path, "pigeon", b"")
    with changing(path) as database:
        database.execute("DELETE FROM checkpoint WHERE size = 4")
    report = report_on(path)
    assert (report.holds, report.found[Code.UNREAD]) == (True, 2)


def test_an_answer_about_leaves_that_are_not_there_is_found(path: Path) -> None:
    with changing(path) as database:
        database.execute("UPDATE witness SET size = 99")
    assert found_in(path) == {Code.ROLLED_BACK}
