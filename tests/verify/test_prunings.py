"""What the log says of its prunings: a record that is gone was let go by the log, or was taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from consent.verify.report import Code, Report
from tests.verify.built import START, Built, changing
from tests.verify.forging import STRANGER, Database
from tests.verify.found import report_on

LOG = Built(pruned=5)
OWN = LOG.signers[-1]
YEARS_LATER = START + timedelta(days=7 * 366)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return LOG.write(tmp_path / "consent.db")


def found(path: Path) -> Report:
    return report_on(path, pinned=[OWN], now=YEARS_LATER)


def test_prunings_that_follow_one_another_hold(path: Path) -> None:
    report = found(path)
    assert (report.holds, report.counts["prunings"], report.counts["pruned"]) == (True, 3, 5)


def text(number: int) -> str:
    _, note = list(LOG.prunings())[number]
    return note.rpartition("\n\n")[0] + "\n"


Change = Callable[[Database], object]


def sql(change: str, *values: object) -> Change:
    return lambda database: database.execute(change, values)


def signed_again(number: int, was: str, becomes: str) -> Change:
    """With the log's own key, so that what is said is looked at and not only by whom."""
    assert was in text(number)
    note = OWN.note(text(number).replace(was, becomes))
    return sql("UPDATE pruning SET note = ? WHERE first = ?", note, 2 * number)


def sign_as_a_stranger(database: Database) -> None:
    note = STRANGER.note(text(2))
    database.execute("UPDATE pruning SET note = ? WHERE first = 4", (note,))


def sign_as_a_stranger_who_made_himself_known(database: Database) -> None:
    sign_as_a_stranger(database)
    database.execute("INSERT INTO key VALUES (?, NULL)", (STRANGER.vkey,))


@pytest.mark.parametrize(
    "change",
    [
        sql("DELETE FROM pruning"),
        sql("DELETE FROM pruning WHERE first = 0"),
        sql("DELETE FROM pruning WHERE first = 2"),
        sql("DELETE FROM pruning WHERE first = 4"),
        sql("UPDATE pruning SET first = 1 WHERE first = 0"),
        sql("UPDATE pruning SET note = replace(note, 'kept 5', 'kept 4') WHERE first = 4"),
        sql("UPDATE pruning SET note = 'nonsense' WHERE first = 4"),
        sign_as_a_stranger,
        sign_as_a_stranger_who_made_himself_known,
        signed_again(2, "leaves 4 5", "leaves 4 4"),
        signed_again(2, "leaves 4 5", "leaves 4 6"),
        signed_again(1, "kept 5 6", "kept 5 5"),
        signed_again(2, "example", "another"),
        signed_again(2, "pruned/v1", "pruned/v2"),
    ],
)
def test_what_is_not_as_the_log_signed_it_is_found(path: Path, change: Change) -> None:
    with changing(path) as database:
        change(database)
    assert {code for code in found(path).found if not code.is_note} == {Code.PRUNING}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(signed_again(2, "kept 5 6", "kept 7 0"), id="sooner than it says itself"),
        pytest.param(
            signed_again(2, "before 2026-01-01T00:00:06Z", "before 2026-01-01T00:00:04Z"),
            id="younger than what was signed for",
        ),
    ],
)
def test_what_went_sooner_than_was_signed_is_found(path: Path, change: Change) -> None:
    """EU-11"""
    with changing(path) as database:
        change(database)
    assert {code for code in found(path).found if not code.is_note} == {Code.TOO_EARLY}


def test_somebody_who_takes_records_out_and_says_so_himself_is_found(tmp_path: Path) -> None:
    """Old enough, and below the minimum: nothing else would tell."""
    path = Built(erased=frozenset()).write(tmp_path / "consent.db")
    with changing(path) as database:
        for number in range(2):
            database.execute("DELETE FROM subject WHERE record_id = ?", (LOG.id(number),))
            database.execute("DELETE FROM record WHERE id = ?", (LOG.id(number),))
        database.execute("UPDATE head SET minimum = 2")
    report = found(path)
    assert {code for code in report.found if not code.is_note} == {Code.PRUNING}
