"""``consent verify``: what it takes, what it prints, and its exit status."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.verify.copies import LARGEST
from consent.verify.report import Code
from tests.verify.built import Built, changing
from tests.verify.signing import signer

LOG = Built()
OWN = LOG.signers[-1]
DOCS = Path(__file__).parents[2] / "docs"


def run(*arguments: object) -> Result:
    # In colour, as on a terminal: elsewhere ``click`` takes all escapes out by itself.
    return CliRunner().invoke(main, ["verify", *map(str, arguments)], color=True)


def test_a_log_that_holds_is_status_0_and_says_what_is_to_be_kept_elsewhere(path: Path) -> None:
    result = run(path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert OWN.checkpoint(LOG.leaves(LOG.records)) in result.stdout
    assert "taken at its word" in result.stdout
    assert result.stdout.endswith("The log holds.\n")
    assert " 2 keys, 1 notice, 3 pending, " in result.stdout


def test_a_log_that_does_not_hold_is_status_1(path: Path) -> None:
    with changing(path) as database:
        database.execute("DELETE FROM record WHERE id = ?", (LOG.id(5),))
    result = run("--log", f"sqlite:///{path}")
    assert result.exit_code == 1
    assert re.search(rf"^missing +leaf 5 +record {LOG.id(5)} is gone$", result.stdout, re.M)
    assert result.stdout.endswith("The log does NOT hold.\n")


def test_a_file_that_is_not_there_is_said_so_beside_a_log_too(path: Path, tmp_path: Path) -> None:
    """A misspelt dossier is not a log that was named twice."""
    for options in ([], ["--log", f"sqlite:///{path}"]):
        assert "there is no file" in run(tmp_path / "OUT.zip", *options).stderr


def test_a_configuration_names_the_log(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "consent.toml"
    starter = CliRunner().invoke(main, ["init"]).stdout
    file.write_text(re.sub(r'(?m)^url = "sqlite:.*$', f'url = "sqlite:///{path}"', starter))
    result = CliRunner(env={"CONSENT_SECRET": "s" * 40}).invoke(
        main, ["verify", "--config", str(file)]
    )
    assert (result.exit_code, result.stderr) == (0, "")


def test_what_the_reader_brings_is_looked_at(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "2026"
    kept.mkdir(parents=True)
    notes = [OWN.checkpoint(LOG.leaves(size)) for size in (3, 4, 9)]
    (kept / "checkpoints").write_text("\n".join(notes))
    (kept / ".git").write_text("no checkpoint")
    report = json.loads(run(path, "--witness", kept.parent, "--key", OWN.vkey, "--json").stdout)
    assert (report["holds"], report["counts"]["copies"]) == (True, 3)
    assert "taken at its word" not in run(path, "--key", OWN.vkey).stdout


def test_a_copy_of_another_history_is_status_1(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    file.write_text(OWN.checkpoint([b"\0" * 32]))
    assert run(path, "--witness", file).exit_code == 1


def test_the_report_for_machines_has_the_form_that_is_documented(path: Path) -> None:
    with changing(path) as database:
        database.execute("UPDATE leaf SET hash = zeroblob(32)")
    report = json.loads(run(path, "--json").stdout)
    page = (DOCS / "verifying.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in report)
    assert report["found"]["leaf"] == LOG.records
    (first, *_) = [each for each in report["findings"] if each["code"] == "leaf"]
    assert (first["where"], first["note"]) == ("leaf 0", False)


def test_of_many_findings_of_a_kind_the_first_are_told_and_the_others_counted(
    tmp_path: Path,
) -> None:
    path = Built(records=30).write(tmp_path / "consent.db")
    with changing(path) as database:
        database.execute("UPDATE leaf SET hash = zeroblob(32)")
    assert "\nleaf: 10 more\n" in run(path).stdout


def test_what_a_database_holds_cannot_steer_a_terminal(path: Path) -> None:
    with changing(path) as database:
        database.execute("UPDATE head SET origin = char(27) || '[2J'")
        database.execute("UPDATE leaf SET record_id = char(27) || '[2J' WHERE idx = 1")
    assert "\x1b" not in run(path).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["FILE", "--log", "sqlite:///consent.db"],
        ["--log", "mysql://localhost/consent"],
        ["--log", "sqlite:///consent.db", "--key", "no key"],
        ["--log", "sqlite:///consent.db", "--witness", "no such file"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_misuse_is_status_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0 and then nothing", b"{}"])
def test_what_cannot_be_read_is_status_1_without_a_traceback(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "consent.db"
    if content is not None:
        path.write_bytes(content)
    for arguments in ([path], ["--log", f"sqlite:///{path}"]):
        result = run(*arguments)
        assert (result.exit_code, type(result.exception)) == (1, SystemExit)


def test_a_configuration_that_cannot_be_used_is_status_1(tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text("[site]\n")
    assert run("--config", tmp_path / "consent.toml").exit_code == 1


def test_postgresql_needs_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "consent.verify.postgresql", None)
    result = run("--log", "postgresql://site@127.0.0.1:9/consent")
    assert result.exit_code == 1
    assert "asgi-consent[postgresql]" in result.stderr


def test_a_file_too_large_for_checkpoints_is_not_read(path: Path, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert run(path, "--witness", tmp_path / "large").exit_code == 1


@pytest.mark.parametrize("content", ["", "not a checkpoint", signer().note("no checkpoint\n")])
def test_what_is_brought_and_is_no_checkpoint_is_no_proof(
    path: Path, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    if content:
        (folder / "file").write_text(content)
    assert run(path, "--witness", folder).exit_code == 1


@pytest.mark.parametrize("code", Code)
def test_every_finding_is_documented(code: Code) -> None:
    page = (DOCS / "verifying.md").read_text("utf-8")
    findings, _, notes = page.partition("These are **notes**")
    assert re.search(rf"^\|.*`{code}`.*\|", notes if code.is_note else findings, re.M)


def test_every_option_is_documented() -> None:
    page = (DOCS / "cli.md").read_text("utf-8").partition("## consent verify")[2]
    options = [each for each in main.commands["verify"].params if isinstance(each, click.Option)]
    assert len(options) == 5
    assert all(f"| `{each.opts[0]}" in page for each in options)
