"""A dossier and the log that it was made from: every record is counted again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.dossier.folder import Folder
from consent.dossier.report import report
from tests.dossier.conftest import Place
from tests.dossier.tampered import INDEX, OWN, Files, packed, saying, signed, unpacked
from tests.dossier.world import written_config


def run(file: Path, log: Path, *options: object) -> Result:
    arguments = ["verify", file, "--log", f"sqlite:///{log}", *options]
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def log(place: Place, tmp_path: Path) -> Path:
    """A copy."""
    path = tmp_path / "consent.db"
    with closing(sqlite3.connect(place.url.removeprefix("sqlite:///"))) as database:
        database.execute("VACUUM INTO ?", (str(path),))
    return path


@pytest.fixture
def file(untouched: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "dossier.zip"
    path.write_bytes(untouched)
    return path


def test_it_holds(file: Path, log: Path) -> None:
    result = run(file, log)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "50 records of the log" in result.stdout
    assert result.stdout.endswith("The dossier holds.\n")


def test_a_configuration_names_the_log(file: Path, place: Place) -> None:
    arguments = ["verify", str(file), "--config", str(place.config), "--key", OWN.vkey, "--json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert 12 + 2 <= json.loads(result.stdout)["counts"]["proofs"] <= 12 + 4


def less(said: dict[str, Any]) -> None:
    """A group that is not in the sample is left out, everywhere."""
    answers = said["statistics"]["answers"]
    answers[0]["refused"] += 1000


def dropped(said: dict[str, Any]) -> None:
    """A screen that no record of the sample names."""
    named = [each for each in said["screens"] if not each["first"]]
    assert not named
    said["screens"][0]["first"] = "2026-01-03T00:00:00.000Z"


LIES: dict[str, Callable[[Files], Files]] = {
    "more refusals": lambda files: saying(files, less),
    "a screen was shown earlier": lambda files: saying(files, dropped),
}


def reported(files: Files, place: Path) -> Files:
    """With a report that says the same."""
    folder = Folder(place)
    place.mkdir()
    for name, content in files.items():
        folder.put(name, content)
    page = report(json.loads(files[INDEX]), folder, lang="fr", vkey=OWN.vkey)
    return signed({**files, "report.html": page.encode()})


@pytest.mark.parametrize("lie", LIES)
def test_what_the_sample_does_not_show_the_log_does(
    lie: str, file: Path, log: Path, untouched: bytes, tmp_path: Path
) -> None:
    file.write_bytes(packed(reported(LIES[lie](unpacked(untouched)), tmp_path / "files")))
    assert CliRunner().invoke(main, ["verify", str(file)]).exit_code == 0
    result = run(file, log)
    assert result.exit_code == 1
    assert "statistics" in result.stdout


TAMPERINGS = {
    "a record is gone": "DELETE FROM record WHERE id = (SELECT MAX(id) FROM record)",
    "the log was cut off": "DELETE FROM leaf WHERE idx > 30",
    "a record is another": "UPDATE record SET body = replace(body, 'true', 'false')",
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_log_that_was_changed_since_does_not_hold(how: str, file: Path, log: Path) -> None:
    with closing(sqlite3.connect(log)) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(TAMPERINGS[how])
    assert run(file, log).exit_code == 1


def test_a_record_outside_of_the_period_s_leaves_is_seen(file: Path, log: Path) -> None:
    with closing(sqlite3.connect(log)) as database, database:
        database.execute("UPDATE leaf SET idx = -1 WHERE idx = 10")
    assert "the records of the period are" in run(file, log).stdout


def test_a_checkpoint_that_was_kept_elsewhere_is_compared(
    file: Path, tmp_path: Path, untouched: bytes
) -> None:
    newest = unpacked(untouched)["checkpoints/50.note"].decode()
    other = OWN.note("www.example.fr/consent\n50\n" + "A" * 43 + "=\n")
    unknown = OWN.note("www.example.fr/consent\n7\n" + "A" * 43 + "=\n")
    found = {}
    for name, note in (("same", newest), ("other", other), ("unknown", unknown)):
        (tmp_path / name).write_text(note)
        arguments = ["verify", str(file), "--witness", str(tmp_path / name), "--json"]
        report = json.loads(CliRunner().invoke(main, arguments).stdout)
        found[name] = (
            report["holds"],
            report["counts"].get("copies", 0),
            "unread" in report["found"],
        )
    assert found == {
        "same": (True, 1, False),
        "other": (False, 1, False),
        "unknown": (True, 0, True),
    }


class TestTrials:
    """Clicks of ``consent doctor`` are no visitors' choices (FR-23): said, and not counted."""

    @pytest.fixture
    def made(self, log: Path, tmp_path: Path) -> Place:
        with closing(sqlite3.connect(log)) as database, database:
            tried = "SELECT record_id FROM leaf WHERE idx IN (10, 12, 49)"
            database.execute(f"INSERT INTO trial {tried}")
        url = f"sqlite:///{log}"
        place = Place(url, written_config(tmp_path, url), tmp_path)
        assert place.dossier("tried.zip", "--no-screenshots").exit_code == 0
        return place

    def test_they_are_left_out_and_told_of(self, made: Place, log: Path) -> None:
        files = unpacked((made.folder / "tried.zip").read_bytes())
        said = json.loads(files[INDEX])
        assert (said["trials"], said["records"], said["waiting"]) == ([10, 12], 28, 0)
        assert said["leaves"] == {"first": 10, "last": 39}
        assert '<data value="2">2</data> enregistrements d’essais' in files["report.html"].decode()
        assert CliRunner().invoke(main, ["verify", str(made.folder / "tried.zip")]).exit_code == 0
        assert run(made.folder / "tried.zip", log).exit_code == 0

    def test_only_those_that_the_log_marks_are(self, made: Place, place: Place) -> None:
        other = run(made.folder / "tried.zip", Path(place.url.removeprefix("sqlite:///")))
        assert (other.exit_code, "statistics" in other.stdout) == (1, True)

    @pytest.mark.parametrize("trials", [[9], [10, 10], ["10"], None])
    def test_what_is_no_leaf_of_the_period_is_none(
        self, trials: Any, file: Path, untouched: bytes
    ) -> None:
        changed = saying(unpacked(untouched), lambda said: said.update(trials=trials))
        file.write_bytes(packed(signed(changed)))
        result = CliRunner().invoke(main, ["verify", str(file)])
        assert result.exit_code == 1

    def test_a_log_from_before_marks_none(self, file: Path, log: Path) -> None:
        with closing(sqlite3.connect(log)) as database, database:
            database.execute("DROP TABLE trial")
        assert run(file, log).exit_code == 0
