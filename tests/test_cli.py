"""``consent check`` and ``consent init``, with their exit statuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from consent import ConsentConfig
from consent.cli import main
from consent.log import engine
from tests.written import SECRET


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What ``consent init`` prints, as a file, with its secret set."""
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    file = tmp_path / "consent.toml"
    file.write_text(CliRunner().invoke(main, ["init"]).stdout, "utf-8")
    return file


def test_the_starter_is_a_configuration_without_a_warning(starter: Path) -> None:
    assert ConsentConfig.from_toml(starter).warnings == ()


def test_check_says_what_is_asked_and_exits_with_0(starter: Path) -> None:
    result = CliRunner().invoke(main, ["check", str(starter)])
    assert result.exit_code == 0
    assert "asked   analytics: Google Analytics" in result.stdout
    assert "exempt  necessary: Session, Consent" in result.stdout
    assert ConsentConfig.from_toml(starter).notice.hash in result.stdout


def test_warnings_are_printed_and_do_not_fail(starter: Path) -> None:
    starter.write_text(starter.read_text("utf-8").replace("months = 6", "months = 12"), "utf-8")
    result = CliRunner().invoke(main, ["check", str(starter)])
    assert result.exit_code == 0
    assert result.stderr.count("W003 cookie.lifetime_months") == 1


def test_errors_are_printed_all_and_exit_with_1(starter: Path) -> None:
    text = starter.read_text("utf-8").replace("months = 6", "months = 14")
    starter.write_text(text.replace("years = 5", "years = 0"), "utf-8")
    result = CliRunner().invoke(main, ["check", str(starter)])
    assert result.exit_code == 1
    assert "E023 cookie.lifetime_months" in result.stderr
    assert "E031 log.retention_years" in result.stderr


def test_misuse_exits_with_2() -> None:
    assert CliRunner().invoke(main, ["check"]).exit_code == 2


def test_a_log_that_is_named_by_a_path_is_answered_with_how_it_is_written() -> None:
    result = CliRunner().invoke(main, ["stats", "--log", "consent.db"])
    assert (result.exit_code, "Write sqlite:///" in result.stderr) == (2, True)


def test_it_runs_as_a_module_and_says_a_warning_once(starter: Path) -> None:
    starter.write_text(starter.read_text("utf-8").replace("months = 6", "months = 12"), "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "consent", "check", str(starter)],
        capture_output=True,
        text=True,
        env={**os.environ, "CONSENT_SECRET": SECRET},
        check=True,
    )
    assert result.stderr.count("W003") == 1


class TestPlaceOfTheLog:
    """A log that cannot be written would be found out with the first choice."""

    @staticmethod
    def check(starter: Path, url: str) -> str:
        text = re.sub(r"(?m)^url = .sqlite.*$", f'url = "{url}"', starter.read_text("utf-8"))
        assert url in text
        starter.write_text(text, "utf-8")
        result = CliRunner().invoke(main, ["check", str(starter)])
        assert result.exit_code == 0
        return result.stderr

    def test_one_that_can_be_written_is_fine(self, starter: Path) -> None:
        assert self.check(starter, f"sqlite:///{starter.parent}/consent.db") == ""

    def test_one_on_another_machine_is_not_looked_at(self, starter: Path) -> None:
        assert self.check(starter, "postgresql://site@db.example/consent") == ""

    def test_a_folder_that_is_not_there_is_named(self, starter: Path) -> None:
        folder = starter.parent / "nowhere"
        said = self.check(starter, f"sqlite:///{folder}/consent.db")
        assert f"W009 log.url: There is no folder '{folder}'" in said

    @pytest.mark.parametrize("name", ["", "consent.db"])
    def test_what_this_user_may_not_write_is_named(
        self, starter: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Told by the system, since who runs tests may be allowed everything."""
        (starter.parent / "consent.db").touch()
        closed = starter.parent / name
        monkeypatch.setattr("consent.log.place.os.access", lambda path, mode: Path(path) != closed)
        said = self.check(starter, f"sqlite:///{starter.parent}/consent.db")
        assert f"W009 log.url: This user may not write {'the file' if name else 'into'}" in said

    def test_a_database_without_its_driver_is_named(
        self, starter: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "find_spec", lambda name: None)
        assert "asyncpg" in self.check(starter, "postgresql://site@db.example/consent")
