"""CSV: one row for each answer, harmless in a spreadsheet."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path

from click.testing import CliRunner, Result

from consent.cli import main
from consent.export.sheet import HEAD
from tests.export.conftest import Filled
from tests.export.full import SOMEBODY
from tests.log.examples import NOTICE, a_record, patient


def sheet(url: str) -> Result:
    return CliRunner().invoke(main, ["export", "--log", url, "--format", "csv", "--out", "-"])


def rows(url: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(sheet(url).stdout)))


def test_each_answer_is_a_row(filled: Filled) -> None:
    found = rows(filled.url)
    assert tuple(found[0]) == HEAD
    of_first = [row for row in found if row["record"] == filled.records[0].id]
    assert [(row["about"], row["id"], row["answer"]) for row in of_first] == [
        ("purpose", "analytics", "true"),
        ("purpose", "marketing", "false"),
        ("service", "youtube", "true"),
    ]
    assert {(row["subject"], row["seq"]) for row in of_first} == {(str(SOMEBODY), "1")}


def test_who_was_erased_is_nobody(filled: Filled) -> None:
    erased = [row for row in rows(filled.url) if row["record"] == filled.records[2].id]
    assert {(row["subject"], row["seq"]) for row in erased} == {("", "")}


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/consent.db"
    begins = ["=", "+", "-", "@", "\t", "\r", "\n"]

    async def fill() -> None:
        log = patient(url)
        purposes = {f"{begin}cmd": True for begin in begins}
        await log.append(a_record(purposes=purposes, services={}, seq=-1), NOTICE)
        await log.close()

    asyncio.run(fill())
    found = rows(url)
    assert sorted(row["id"][1] for row in found) == sorted(begins)
    assert {row["id"][0] for row in found} == {"'"}
    assert {row["seq"] for row in found} == {"-1"}


def test_a_record_that_cannot_be_read_ends_it_with_its_name(filled: Filled, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database, database:
        database.execute("UPDATE record SET body = '{}' WHERE id = ?", (filled.records[1].id,))
    result = sheet(filled.url)
    assert result.exit_code == 1
    assert filled.records[1].id in result.stderr
