"""What may happen to a log without anything being wrong with it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consent.verify import tree
from consent.verify.database import SqliteDatabase
from consent.verify.report import Code
from consent.verify.whole import leaves, verify
from tests.verify.built import START, Built, changing
from tests.verify.found import found_in, report_on

YEARS_LATER = START + timedelta(days=6 * 366)


def test_an_erased_subject_leaves_a_log_that_holds(path: Path) -> None:
    """GDPR 17, EU-27."""
    with changing(path) as database:
        database.execute("DELETE FROM subject")
    report = report_on(path)
    assert (report.holds, report.counts["erased"]) == (True, 13)


def test_checkpoints_may_be_thinned_out(path: Path) -> None:
    with changing(path) as database:
        database.execute("DELETE FROM checkpoint WHERE size < 10")
    assert found_in(path) == set()


def test_what_is_old_enough_may_be_pruned(tmp_path: Path) -> None:
    """EU-11."""
    path = Built(pruned=3, erased=frozenset()).write(tmp_path / "consent.db")
    report = report_on(path, now=YEARS_LATER)
    assert (report.holds, report.counts["pruned"], report.counts["records"]) == (True, 3, 10)
    assert not report.found


def test_a_pruned_record_without_a_time_is_not_taken_for_an_old_one(tmp_path: Path) -> None:
    path = Built(pruned=3).write(tmp_path / "consent.db")
    with changing(path) as database:
        database.execute("UPDATE leaf SET record_id = 'long ago' WHERE idx = 0")
    assert report_on(path, now=YEARS_LATER).found[Code.TOO_EARLY] == 1


def test_a_log_may_be_pruned_empty(tmp_path: Path) -> None:
    path = Built(records=8, pending=0, pruned=8).write(tmp_path / "consent.db")
    report = report_on(path, now=YEARS_LATER)
    assert (report.holds, report.found) == (True, {Code.UNREFERENCED: 3})


def test_a_log_in_which_nothing_happened_holds(tmp_path: Path) -> None:
    path = Built(records=0, pending=0).write(tmp_path / "consent.db")
    with changing(path) as database:
        for table in ("head", "checkpoint", "witness", "key", "notice"):
            database.execute(f"DELETE FROM {table}")
    report = report_on(path)
    assert (report.holds, report.size, report.origin) == (True, 0, "")


def test_promises_hold_before_anything_is_in_the_tree(tmp_path: Path) -> None:
    path = Built(records=0, pending=3, erased=frozenset()).write(tmp_path / "consent.db")
    with changing(path) as database:
        for table in ("head", "checkpoint", "witness"):
            database.execute(f"DELETE FROM {table}")
    report = report_on(path)
    assert (report.holds, report.counts["pending"]) == (True, 3)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33])
def test_a_log_of_any_size_holds(tmp_path: Path, size: int) -> None:
    path = Built(records=size, pending=1, batch=1).write(tmp_path / "consent.db")
    assert report_on(path).holds


def test_whoever_waits_is_told_how_far_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "OFTEN", 4)
    told: list[int] = []
    with closing(SqliteDatabase(path)) as database:
        assert (verify(database, progress=told.append).size, leaves(database)) == (10, 10)
    assert told == [4, 4, 2]


def test_a_number_that_is_missing_is_worth_a_look_and_no_more(tmp_path: Path) -> None:
    path = Built(erased=frozenset({2})).write(tmp_path / "consent.db")
    report = report_on(path)
    assert (report.holds, report.found) == (True, {Code.GAP: 1})


def test_nobody_is_named_in_a_report(tmp_path: Path) -> None:
    """EU-30: a report is kept longer, and elsewhere, than what may be erased from the log."""
    built = Built(erased=frozenset({2, 4, 6}))
    path = built.write(tmp_path / "consent.db")
    with changing(path) as database:
        database.execute("UPDATE subject SET salt = zeroblob(32)")
        database.execute("DELETE FROM record")
    told = str(report_on(path).as_json())
    assert not any(built.person(number)[0] in told for number in range(13))


def test_a_record_from_tomorrow_or_from_long_before_its_neighbours_is_noted(path: Path) -> None:
    report = report_on(path, now=START - timedelta(days=1))
    assert (report.holds, report.found[Code.FUTURE]) == (True, 13)
    assert not report_on(path, now=datetime.now(UTC)).found[Code.FUTURE]


def test_a_table_that_is_not_known_is_told(path: Path) -> None:
    with changing(path) as database:
        database.execute("CREATE TABLE more (id INTEGER)")
        database.execute("ALTER TABLE record ADD COLUMN more TEXT")
        database.execute("CREATE VIEW seen AS SELECT id FROM record")
        database.execute(
            "CREATE TRIGGER quiet AFTER INSERT ON record BEGIN DELETE FROM subject; END"
        )
    report = report_on(path)
    found = {each.where for each in report.examples if each.code is not Code.GAP}
    assert found == {"more", "record.more", "view seen", "trigger quiet"}
    assert report.holds


def test_a_table_that_is_missing_is_found(path: Path) -> None:
    with changing(path) as database:
        database.execute("DROP TABLE leaf")
    assert found_in(path) == {Code.SCHEMA}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record SET body = CAST(body AS TEXT)",
        "UPDATE leaf SET hash = 7 WHERE idx = 3",
        "UPDATE subject SET seq = 'two' WHERE seq = 2",
        "UPDATE head SET frontier = 'none'",
        "UPDATE checkpoint SET note = x'00' WHERE size = 4",
        "UPDATE notice SET content = 'text'",
        "UPDATE pending SET promise = 'promise'",
        "UPDATE key SET vkey = x'00' WHERE endorsement IS NULL",
        "UPDATE witness SET size = 'four'",
    ],
)
def test_a_value_of_another_type_is_found_not_stumbled_over(path: Path, change: str) -> None:
    with changing(path) as database:
        database.execute(change)
    assert Code.SCHEMA in found_in(path)
