"""A file is read whatever state it is in, and never written."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from consent.errors import LogUnreadable
from consent.verify.database import SqliteDatabase
from consent.verify.opening import open_file, open_url
from tests.verify.found import report_on


def in_wal(path: Path) -> sqlite3.Connection:
    """As a log is while it is being written."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("DELETE FROM subject")
    return database


def test_what_is_not_in_the_file_yet_is_read_with_it(path: Path) -> None:
    with closing(in_wal(path)):
        assert report_on(path).counts["erased"] == 13


def test_all_is_read_as_it_was_at_one_moment(path: Path) -> None:
    with closing(in_wal(path)) as writer, closing(SqliteDatabase(path)) as reader:
        writer.execute("DELETE FROM leaf")
        assert list(reader.rows("SELECT COUNT(*) FROM leaf")) == [(10,)]


def test_reading_leaves_nothing_behind(path: Path) -> None:
    before = path.read_bytes()
    report_on(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["consent.db"]


def test_it_cannot_be_written_through(path: Path) -> None:
    with closing(SqliteDatabase(path)) as database, pytest.raises(LogUnreadable, match="readonly"):
        list(database.rows("DELETE FROM record"))


@pytest.mark.parametrize("mark", ["?", "#", "%41", " ", "é"])
def test_a_file_may_be_called_anything(path: Path, tmp_path: Path, mark: str) -> None:
    other = tmp_path / f"a{mark}b.db"
    path.rename(other)
    assert report_on(other).holds


def test_a_damaged_file_is_told_as_such(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LogUnreadable):
        report_on(path)


class Unwritable:
    """SQLite on a medium that nobody can write to; root can write anywhere else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", self)

    def __call__(self, url: str, **options: object) -> sqlite3.Connection:
        if "immutable" not in url:
            raise sqlite3.OperationalError("unable to open database file")
        return self._connect(url, **options)  # type: ignore[call-overload, no-any-return]


def test_a_copy_where_nobody_may_write_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Unwritable(monkeypatch)
    assert report_on(path).holds


def test_half_of_a_log_is_not_taken_for_the_whole(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(in_wal(path)):
        for name in ("consent.db", "consent.db-wal"):
            shutil.copy(path.with_name(name), tmp_path / f"copy-{name}")
    Unwritable(monkeypatch)
    with pytest.raises(LogUnreadable, match="together"):
        report_on(tmp_path / "copy-consent.db")


def test_a_url_names_what_the_log_names_by_it(path: Path) -> None:
    with closing(open_url(f"sqlite:///{path}")) as database:
        assert "leaf" in database.columns()
    with pytest.raises(LogUnreadable):
        open_url("sqlite:///nowhere.db")
    with pytest.raises(LogUnreadable):
        open_file(Path("nowhere.db"))
    with pytest.raises(ValueError, match="write sqlite"):
        open_url("consent.db")


def test_a_server_that_does_not_answer_is_told_as_such() -> None:
    for url in ("postgresql://site@127.0.0.1:9/consent", "postgresql+asyncpg://site@127.0.0.1:9/c"):
        with pytest.raises(LogUnreadable):
            open_url(url)
