"""Whoever holds the key can write another history; a copy that is kept elsewhere contradicts it."""

from __future__ import annotations

from pathlib import Path

from consent.verify.report import Code
from tests.verify.built import Built, changing
from tests.verify.forging import STRANGER, cut, edit, resign
from tests.verify.found import found_in, report_on
from tests.verify.signing import Signer, leaf_of, signer

LOG = Built()
OWN = LOG.signers[-1]


def kept(size: int) -> str:
    """What the log had signed at this size."""
    return OWN.checkpoint(LOG.leaves(size))


def rewrite(path: Path, by: Signer = OWN) -> None:
    """One grant more, and all of it signed again."""
    with changing(path) as database:
        edit(database, 5, lambda fields: fields.update(purposes={"analytics": True}))
        resign(database, by)


def take_over(path: Path) -> None:
    """Another key instead of the log's, under which everything is signed again."""
    rewrite(path, STRANGER)
    with changing(path) as database:
        database.execute("DELETE FROM key")
        database.execute("INSERT INTO key VALUES (?, NULL)", (STRANGER.vkey,))
        for number in range(LOG.records, LOG.records + LOG.pending):
            row = (STRANGER.promise(leaf_of(LOG.body(number))), LOG.id(number))
            database.execute("UPDATE pending SET promise = ? WHERE record_id = ?", row)


def test_a_copy_of_any_size_confirms_the_log_that_it_was_taken_from(path: Path) -> None:
    report = report_on(path, kept=[kept(size) for size in range(LOG.records + 1)])
    assert (report.holds, report.counts["copies"]) == (True, LOG.records + 1)


def test_what_is_rewritten_with_the_key_is_found_by_a_copy_and_by_nothing_else(path: Path) -> None:
    rewrite(path)
    assert found_in(path, pinned=LOG.signers) == set()
    assert found_in(path, kept=[kept(5)]) == set()
    assert found_in(path, kept=[kept(6)]) == {Code.OUTSIDE}


def test_a_tail_that_is_cut_off_is_found_by_a_copy_and_by_nothing_else(path: Path) -> None:
    with changing(path) as database:
        cut(database, 8)
    assert found_in(path, pinned=LOG.signers) == set()
    assert found_in(path, kept=[kept(8)]) == set()
    assert found_in(path, kept=[kept(9)]) == {Code.ROLLED_BACK}


def test_a_fork_is_found_by_whoever_was_shown_the_other_branch(path: Path) -> None:
    other = OWN.checkpoint([*LOG.leaves(9), leaf_of(b"told to somebody else")])
    assert found_in(path, kept=[other]) == {Code.OUTSIDE}
    assert found_in(path, kept=[kept(10), other]) == {Code.OUTSIDE}


def test_a_log_that_was_taken_over_whole_is_found_by_its_key_or_by_a_copy(path: Path) -> None:
    take_over(path)
    assert found_in(path) == set()
    assert found_in(path, pinned=LOG.signers) == {Code.SIGNATURE, Code.PROMISE}
    assert found_in(path, kept=[kept(4)]) == {Code.OUTSIDE}


def test_a_copy_that_nobody_signed_confirms_nothing(path: Path) -> None:
    assert found_in(path, kept=[STRANGER.checkpoint(LOG.leaves(4))]) == {Code.OUTSIDE}
    text, _, _ = kept(4).rpartition("\n\n")
    assert found_in(path, kept=[f"{text}\n\n{OWN.line('else')}"]) == {Code.OUTSIDE}


def test_copies_of_other_logs_are_left_aside_but_do_not_stand_for_ours(path: Path) -> None:
    other = signer("www.example.org/consent").checkpoint([])
    assert found_in(path, kept=[other, kept(4)]) == set()
    assert report_on(path, kept=[other, kept(4)]).counts["copies"] == 1
    assert found_in(path, kept=[other]) == {Code.OUTSIDE}


def test_the_first_key_vouches_for_those_that_it_endorsed(path: Path) -> None:
    assert report_on(path, pinned=LOG.signers[:1]).holds
    assert not report_on(path, pinned=LOG.signers[:1]).found[Code.UNPINNED]


def test_the_newest_key_is_enough_since_it_signed_for_all_there_is(path: Path) -> None:
    report = report_on(path, pinned=[OWN])
    assert (report.holds, report.found[Code.UNPINNED]) == (True, 1)


def test_a_key_of_nobody_here_is_not_enough(path: Path) -> None:
    found = found_in(path, pinned=[STRANGER])
    assert found == {Code.SIGNATURE, Code.PROMISE}


def test_keys_of_other_logs_say_nothing_of_this_one(path: Path) -> None:
    other = signer("www.example.org/consent")
    assert found_in(path, pinned=[other, *LOG.signers]) == set()
    assert found_in(path, pinned=[other]) == {Code.SIGNATURE, Code.PROMISE}


def test_several_keys_without_an_endorsement_hold_once_they_are_named(tmp_path: Path) -> None:
    path = LOG.write(tmp_path / "consent.db")
    with changing(path) as database:
        database.execute("UPDATE key SET endorsement = NULL")
    assert found_in(path) == {Code.UNENDORSED}
    assert found_in(path, pinned=LOG.signers) == set()
