"""``consent dossier``: what it takes, what it writes, and its exit status."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.cli.dossier import dossier
from consent.cli.screens import screens
from consent.log import period
from consent.record import Interface
from consent.tree.signers import signers
from consent.verify.dossier import verify_dossier
from tests.dossier.conftest import Place
from tests.dossier.tampered import unpacked
from tests.dossier.world import FIRST_DAY, LAST_DAY, NEXT_SECRET, START, config, toml
from tests.log.examples import NOTICE, a_record, patient
from tests.log.sequenced import sequence
from tests.written import SECRET

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
COMMANDS = {"dossier": dossier, "screens": screens}
OPTIONS = [
    (name, option.opts[0])
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option)
]


def run(place: Place, *arguments: object) -> Result:
    common = ["dossier", place.folder / "out.zip", "--config", place.config, "--no-screenshots"]
    return CliRunner().invoke(main, [str(each) for each in (*common, *arguments)])


def with_config(place: Place, folder: Path, text: str) -> Place:
    (folder / "consent.toml").write_text(text)
    return place._replace(config=folder / "consent.toml")


def days(first: str, last: str) -> list[str]:
    return ["--from", first, "--to", last]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_is_documented(command: str, option: str) -> None:
    section = PAGE.partition(f"## consent {command}")[2].partition("\n## ")[0]
    assert f"`{option}" in section


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-08", "2026-01-03"), ("2026-01-03", "2126-01-01"), ("january", "february")],
    ids=["ends before it begins", "is yet to come", "is no day"],
)
def test_a_period_that_is_none_is_misuse(place: Place, first: str, last: str) -> None:
    assert run(place, *days(first, last)).exit_code == 2


def test_a_period_of_which_nothing_is_there_is_status_1(place: Place) -> None:
    result = run(place, *days("2020-01-01", "2020-12-31"))
    assert result.exit_code == 1
    assert "no record of these days" in result.stderr
    assert not (place.folder / "out.zip").exists()


def test_one_day_is_from_midnight_to_midnight(place: Place) -> None:
    assert run(place, *days("2026-01-03", "2026-01-03")).exit_code == 0
    with zipfile.ZipFile(place.folder / "out.zip") as archive:
        said = json.loads(archive.read("dossier.json"))
    (place.folder / "out.zip").unlink()
    assert said["period"] == {
        "from": "2026-01-03T00:00:00.000Z",
        "until": "2026-01-04T00:00:00.000Z",
    }
    assert said["records"] == 5


def test_nobody_is_named(place: Place, complete: bytes) -> None:
    """Neither a subject nor what would lead to one (EU-30)."""
    with closing(sqlite3.connect(place.url.removeprefix("sqlite:///"))) as database:
        people = database.execute("SELECT subject, salt FROM subject").fetchall()
    assert people
    everything = b"".join(unpacked(complete).values())
    assert not any(subject.encode() in everything for subject, _ in people)
    assert not any(salt.hex().encode() in everything for _, salt in people)
    assert b'"salt"' not in everything


def test_the_names_are_sorted_and_nothing_tells_when_it_was_packed(complete: bytes) -> None:
    with zipfile.ZipFile(BytesIO(complete)) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_kind_of_file_is_documented(complete: bytes) -> None:
    page = (Path(__file__).parents[2] / "docs" / "dossier.md").read_text("utf-8")
    forms = {re.sub(r"[0-9a-f]{64}", "HASH", name) for name in unpacked(complete)}
    forms = {re.sub(r"keys/[0-9a-f]{8}", "keys/ID", form) for form in forms}
    forms = {re.sub(r"\d+-\d+", "SIZE-N", form) for form in forms}
    forms = {re.sub(r"(checkpoints|proofs)/\d+", r"\1/N", form) for form in forms}
    assert all(f"`{form}`" in page for form in forms), forms


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_report_says_nothing_of_how_it_was_made(place: Place, lang: str) -> None:
    """Words and numbers; whatever a template takes for a text and is none would be seen here."""
    assert run(place, *days(FIRST_DAY, LAST_DAY), "--lang", lang).exit_code == 0
    with zipfile.ZipFile(place.folder / "out.zip") as archive:
        report = archive.read("report.html").decode()
    (place.folder / "out.zip").unlink()
    assert not re.search(r" at 0x[0-9a-f]+|built-in|\{\{|\bNone\b|\bUndefined\b", report)


def test_with_keys_that_the_log_does_not_know_there_is_none(place: Place, tmp_path: Path) -> None:
    text = place.config.read_text().replace(SECRET, SECRET * 2).replace(NEXT_SECRET, SECRET * 3)
    (tmp_path / "consent.toml").write_text(text)
    result = run(
        place._replace(config=tmp_path / "consent.toml"), *days("2026-01-03", "2026-01-03")
    )
    assert result.exit_code == 1
    assert "any of the configured keys" in result.stderr


def test_where_a_secret_is_not_set_there_is_none(place: Place, tmp_path: Path) -> None:
    text = place.config.read_text().replace("[site]", "[site]\ndevelopment = true")
    text = re.sub(r"(?m)^secrets = .*$", 'secrets = ["env:NO_SUCH_SECRET"]', text)
    (tmp_path / "consent.toml").write_text(text)
    result = run(
        place._replace(config=tmp_path / "consent.toml"), *days("2026-01-03", "2026-01-03")
    )
    assert result.exit_code == 1
    assert "a secret is not set" in result.stderr


def test_a_place_that_cannot_be_written_is_status_1(place: Place) -> None:
    folder = place._replace(folder=place.folder / "none")
    result = run(folder, *days("2026-01-03", "2026-01-03"))
    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_a_log_that_is_not_there_is_status_1(place: Place, tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text(
        re.sub(
            r'(?m)^url = "sqlite.*$',
            f'url = "sqlite:///{tmp_path}/none.db"',
            place.config.read_text(),
        )
    )
    result = run(
        place._replace(config=tmp_path / "consent.toml"), *days("2026-01-03", "2026-01-03")
    )
    assert result.exit_code == 1
    assert "there is no file" in result.stderr


CHANGES = {
    "is gone": "DELETE FROM record WHERE id = (SELECT record_id FROM leaf WHERE idx = 12)",
    "is no record": "UPDATE record SET body = '[]'",
}


@pytest.mark.parametrize("how", CHANGES)
def test_of_a_log_that_does_not_hold_there_is_none(how: str, place: Place, tmp_path: Path) -> None:
    path = tmp_path / "consent.db"
    path.write_bytes(Path(place.url.removeprefix("sqlite:///")).read_bytes())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(CHANGES[how])
    (tmp_path / "consent.toml").write_text(toml(f"sqlite:///{path}"))
    result = run(
        place._replace(config=tmp_path / "consent.toml"), *days("2026-01-03", "2026-01-08")
    )
    assert result.exit_code == 1
    assert "the log cannot be used" in result.stderr


async def small(url: str, size: int) -> None:
    """Records by the site's own interface, under a notice that says next to nothing."""
    log, (key, *_) = patient(url), signers(config(url, new=False))
    await log.proofs.add_key(str(key.key), None)
    for _ in range(size):
        await log.append(a_record(interface=Interface.API, made_at=START), NOTICE)
    if size:
        await sequence(log, key)
    await log.close()


@pytest.mark.parametrize(("size", "status"), [(0, 1), (5, 0)])
def test_a_log_may_have_next_to_nothing(
    size: int, status: int, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(period, "PIECE", 2)
    url = f"sqlite:///{tmp_path}/consent.db"
    asyncio.run(small(url, size))
    changed = with_config(place, tmp_path, toml(url))._replace(folder=tmp_path)
    result = run(changed, *days("2026-01-01", "2026-01-01"))
    assert result.exit_code == status
    if size:
        assert verify_dossier(tmp_path / "out.zip").holds
    else:
        assert "nothing in it is signed" in result.stderr


def test_what_only_the_record_after_the_period_names_is_there_and_not_counted(
    place: Place,
) -> None:
    """On the last day before another notice, and other scripts."""
    assert run(place, *days("2026-01-05", "2026-01-05")).exit_code == 0
    assert verify_dossier(place.folder / "out.zip").holds
    said = json.loads(unpacked((place.folder / "out.zip").read_bytes())["dossier.json"])
    (place.folder / "out.zip").unlink()
    assert sorted(each["records"] for each in said["scripts"]) == [0, 4]
    assert sum(each["records"] for each in said["notices"]) == 5
