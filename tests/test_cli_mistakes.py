"""What is said to whoever names the wrong file, or a right one wrongly."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from tests.log.examples import NOTICE, a_record, patient

ME = "00112233-4455-4677-8899-aabbccddeeff"
READING = {
    "erase": ("erase", ME),
    "holds": ("holds",),
    "requests": ("requests",),
    "show": ("show", ME),
    "stats": ("stats",),
    "export": ("export", "--format", "jsonl", "--out", "-"),
    "doctor": ("doctor", "http://127.0.0.1:1/"),
}


async def fill(url: str) -> None:
    log = patient(url)
    await log.append(a_record(), NOTICE)
    await log.close()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize("command", READING)
def test_no_log_is_made_of_another_file(command: str, tmp_path: Path) -> None:
    empty, other = tmp_path / "empty.db", tmp_path / "other.db"
    empty.touch()
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("CREATE TABLE visits (day TEXT)")
    for file in (empty, other):
        before = file.read_bytes()
        result = run(*READING[command], "--log", f"sqlite:///{file}")
        assert (result.exit_code, "is no log" in result.stderr) == (1, True)
        assert file.read_bytes() == before


def test_what_is_no_database_is_said_by_who_opens_it(tmp_path: Path) -> None:
    file = tmp_path / "junk.db"
    file.write_bytes(b"junk" * 2000)
    assert "not a database" in run("stats", "--log", f"sqlite:///{file}").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("stats", "--log", "postgresql://nobody@127.0.0.1:1/log"),
        ("verify", "--log", "postgresql://nobody@127.0.0.1:1/log"),
        ("doctor", "http://127.0.0.1:1/", "--log", "postgresql://nobody@127.0.0.1:1/log"),
        ("verify", "."),
        ("stats", "--config", "."),
    ],
)
def test_errors_are_said_without_their_numbers(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, "Errno" in result.output, "<" in result.output) == (1, False, False)


def test_what_is_no_text_is_no_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "checkpoints"
    file.write_bytes(b"\xff\xfe")
    assert "not a text" in run("verify", __file__, "--witness", file).stderr


def test_an_empty_url_is_misuse_and_no_traceback() -> None:
    assert run("doctor", "http://127.0.0.1:1/", "--log", "").exit_code == 2


def test_one_is_one_and_two_are_two(tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text("[site]\n")
    said = run("check", tmp_path / "consent.toml").stderr
    assert said.splitlines()[-1].endswith(" errors.")
    assert run("check", tmp_path / "none.toml").stderr.endswith("none.toml: 1 error.\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_ends_an_export_quietly(tmp_path: Path, unbuffered: str) -> None:
    url = f"sqlite:///{tmp_path}/consent.db"
    asyncio.run(fill(url))
    command = [sys.executable, "-m", "consent", "export", "--format", "jsonl", "--out", "-"]
    with subprocess.Popen(
        [*command, "--log", url],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (1, b"")


def test_a_closed_pipe_is_left_to_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    url = f"sqlite:///{tmp_path}/consent.db"
    asyncio.run(fill(url))
    monkeypatch.setattr(sys.modules["consent.cli.export"], "_written", closed)
    result = run("export", "--format", "jsonl", "--out", "-", "--log", url)
    assert (result.exit_code, result.output) == (1, "")
