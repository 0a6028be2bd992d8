"""The entry of the log in the record of processing: law.md EU-32."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
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


def entry(url: str, form: str = "register") -> Result:
    return CliRunner().invoke(main, ["export", "--log", url, "--format", form, "--out", "-"])


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


def test_it_names_what_article_30_asks_for(url: str) -> None:
    fill(url, (a_choice(), NOTICE))
    found = entry(url).stdout
    assert all(f"| ({letter})" in found for letter in "abcdefg")
    assert "Exemple SAS, 1 rue de la Paix, a@b.fr" in found
    assert "6 months for each choice, 5 years more" in found
    assert "Nothing is signed yet" in found


def test_it_covers_what_was_agreed_to_in_forms(url: str) -> None:
    """EU-32: whose it is, what it is, and that it has no end by itself."""
    fill(url, (a_choice(), NOTICE))
    found = json.loads(entry(url, "register-json").stdout)
    for row in ("(b) purpose", "(c) data subjects", "(c) personal data"):
        assert "form" in found[row]
    assert any(
        "no end by itself" in each and "prune --forms" in each for each in found["(f) erasure"]
    )


def test_it_says_who_keeps_copies(url: str) -> None:
    fill(url, (a_choice(), NOTICE), witness="/mnt/checkpoints")
    found = json.loads(entry(url, "register-json").stdout)
    assert any("(1 key)" in each for each in found["(g) security"])
    assert any("1 witness (directory)" in each for each in found["(g) security"])


def test_it_is_about_what_was_shown_last(url: str) -> None:
    new = config(controller={"name": "Autre | SAS"}).notice
    records = (a_choice(), NOTICE), (a_record(notice=new.hash), new), (a_record(), NAMELESS)
    fill(url, *records)
    assert "Autre \\| SAS" in entry(url).stdout


def test_without_a_choice_there_is_none(filled: Filled) -> None:
    result = entry(filled.url)
    assert (result.exit_code, "no controller is known" in result.stderr) == (1, True)
