"""``consent check`` and ``consent init``, with their exit statuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from consent import ConsentConfig
from consent.cli import main
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
