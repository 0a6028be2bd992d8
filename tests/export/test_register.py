"""The entry of the log in the record of processing: law.md EU-32."""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.export.register import LANGUAGES
from consent.model import Notice
from consent.record import Record
from tests.export.conftest import Filled
from tests.export.known import NOTICE, a_choice
from tests.log.checked import keys, sequence
from tests.log.examples import NOTICE as NAMELESS
from tests.log.examples import a_record, patient
from tests.written import config


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/consent.db"


def entry(url: str, form: str = "register", *options: str) -> Result:
    named = ["export", "--log", url, "--format", form, "--out", "-"]
    return CliRunner().invoke(main, [*named, *options])


def fill(url: str, *records: tuple[Record, Notice], witness: str = "") -> None:
    async def filled() -> None:
        log = patient(url, keys=keys if witness else tuple)
        for record, notice in records:
            await log.append(record, notice)
        if witness:
            await sequence(log)
            await log.proofs.add_attestation((1, "note"), "directory", witness, b"note")
        await log.close()

    asyncio.run(filled())


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["6 months for each choice, 5 years more", "Nothing is signed yet", "| GDPR 30(1)"]),
        ("fr", ["6 mois pour chaque choix, puis 5 ans", "Rien n’est encore signé", "| RGPD"]),
    ],
)
def test_it_names_what_article_30_asks_for(url: str, lang: str, said: list[str]) -> None:
    fill(url, (a_choice(), NOTICE))
    found = entry(url, "register", "--lang", lang).stdout
    assert all(re.search(rf"^\| \(?{letter}\)", found, re.MULTILINE) for letter in "abcdefg")
    for text in ("Exemple SAS, 1 rue de la Paix, a@b.fr", *said):
        assert text in found


def test_it_speaks_the_language_of_the_site(url: str, tmp_path: Path) -> None:
    """The nearest there is: another's is in English."""
    fill(url, (a_choice(), NOTICE))
    assert entry(url).stdout == entry(url, "register", "--lang", "fr").stdout
    other = f"sqlite:///{tmp_path}/other.db"
    german = NOTICE.content.replace(b'"languages":["fr",', b'"languages":["de",', 1)
    assert german != NOTICE.content
    notice = Notice(sha256(german).hexdigest(), german)
    fill(other, (a_choice(notice=notice.hash), notice))
    assert entry(other).stdout == entry(url, "register", "--lang", "en").stdout


def test_for_programs_its_rows_are_called_the_same_in_every_language(url: str) -> None:
    fill(url, (a_choice(), NOTICE))
    here = Path(str(files("consent.export"))) / "texts"
    french, english = (
        tomllib.loads((here / f"{lang}.toml").read_text("utf-8")) for lang in LANGUAGES
    )
    rows = json.loads(entry(url, "register-json").stdout).keys()
    assert rows == french["rows"].keys() == english["rows"].keys()
    for part in ("said", "erasure", "security"):
        assert french[part].keys() == english[part].keys()


def test_it_covers_what_was_agreed_to_in_forms(url: str) -> None:
    """EU-32: whose it is, what it is, and that it has no end by itself."""
    fill(url, (a_choice(), NOTICE))
    found = json.loads(entry(url, "register-json", "--lang", "en").stdout)
    for row in ("purpose", "data_subjects", "personal_data"):
        assert "form" in found[row]
    assert any("no end by itself" in each and "prune --forms" in each for each in found["erasure"])


def test_it_says_who_keeps_copies(url: str) -> None:
    fill(url, (a_choice(), NOTICE), witness="/mnt/checkpoints")
    found = json.loads(entry(url, "register-json", "--lang", "fr").stdout)["security"]
    assert any("(1 clé)" in each for each in found)
    assert any("1 témoin (directory)" in each for each in found)


def test_it_is_about_what_was_shown_last(url: str) -> None:
    new = config(controller={"name": "Autre | SAS"}).notice
    records = (a_choice(), NOTICE), (a_record(notice=new.hash), new), (a_record(), NAMELESS)
    fill(url, *records)
    assert "Autre \\| SAS" in entry(url).stdout


def test_without_a_choice_there_is_none(filled: Filled) -> None:
    result = entry(filled.url)
    assert (result.exit_code, "no controller is known" in result.stderr) == (1, True)
