"""``consent witness``: copies are made now, and it shows where one was not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.log.sql import SqlLog
from tests.log.examples import NOTICE, a_record
from tests.log.sequenced import sequence
from tests.written import SECRET


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with two folders as witnesses, of which the second is not there."""
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    (tmp_path / "copies").mkdir()
    text = CliRunner().invoke(main, ["init"]).stdout
    places = f'witnesses = ["dir:{tmp_path}/copies", "dir:{tmp_path}/gone"]'
    text = text.replace("sqlite:///consent.db", f"sqlite:///{tmp_path}/consent.db")
    file = tmp_path / "consent.toml"
    file.write_text(text.replace("[log]", f"[log]\n{places}"), "utf-8")
    return file


@pytest.fixture
def log(file: Path) -> Path:
    """The log, with one record, signed."""

    async def fill() -> None:
        log = SqlLog(f"sqlite:///{file.parent}/consent.db", deadline=60)
        await log.append(a_record(), NOTICE)
        await sequence(log)
        await log.close()

    asyncio.run(fill())
    return file.parent / "consent.db"


def witness(file: Path) -> Result:
    return CliRunner().invoke(main, ["witness", "--config", str(file)])


def test_it_says_who_has_a_copy_and_who_has_not(file: Path, log: Path) -> None:
    result = witness(file)
    assert result.exit_code == 1
    rows = [line.split()[:4] for line in result.stdout.splitlines()]
    assert rows[1] == ["directory", f"{file.parent}/copies", "1", "has"]
    assert rows[2][:3] == ["directory", f"{file.parent}/gone", "1"]
    assert rows[2][3] != "has"
    assert (file.parent / "copies/checkpoint-1.note").exists()


def test_it_is_well_once_all_have_one(file: Path, log: Path) -> None:
    witness(file)
    (file.parent / "gone").mkdir()
    for _ in range(2):
        result = witness(file)
        assert result.exit_code == 0
        assert result.stdout.count("has it") == 2


def test_before_the_first_choice_there_is_nothing_to_copy(file: Path) -> None:
    result = witness(file)
    assert (result.exit_code, result.stdout) == (0, "nothing is signed yet\n")
    assert not (file.parent / "consent.db").exists()


def test_without_a_witness_it_says_so(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("witnesses", "# witnesses"), "utf-8")
    result = witness(file)
    assert result.exit_code == 1
    assert "log.witnesses names none" in result.stderr


def test_a_configuration_that_cannot_be_used_exits_with_1(file: Path) -> None:
    file.write_text("nonsense", "utf-8")
    assert witness(file).exit_code == 1


def test_a_log_that_cannot_be_read_exits_with_1(file: Path) -> None:
    (file.parent / "consent.db").write_text("no database" * 1000)
    result = witness(file)
    assert result.exit_code == 1
    assert "the log cannot be used" in result.stderr
