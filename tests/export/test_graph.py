"""A log as one JSON-LD document."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from consent.cli import main
from tests.export.conftest import Filled
from tests.export.known import NOTICE, a_choice
from tests.export.test_dpv import SCHEMA
from tests.log.checked import keys, sequence
from tests.log.examples import patient


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/consent.db"


def run(url: str, *options: str) -> Result:
    arguments = ["export", "--log", url, "--format", "jsonld", "--out", "-", *options]
    return CliRunner().invoke(main, arguments)


def exported(url: str, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(url, *options).stdout)
    Draft202012Validator(SCHEMA).validate(found)
    return found


def fill(url: str, number: int, *, sequenced: bool) -> None:
    async def filled() -> None:
        log = patient(url, keys=keys if sequenced else tuple)
        for _ in range(number):
            await log.append(a_choice(), NOTICE)
        if sequenced:
            await sequence(log)
        await log.close()

    asyncio.run(filled())


@pytest.mark.parametrize("number", [1, 2])
def test_each_record_is_in_it(url: str, number: int) -> None:
    fill(url, number, sequenced=True)
    found = exported(url)
    assert len(found["@graph"]) == number
    (first, *_) = found["@graph"]
    assert first["dct:conformsTo"] == {"@id": "dpv-27560:record-eu-gdpr"}
    assert first["dpv:hasJurisdiction"] == {"@id": "loc:EU"}


def test_profile_and_jurisdiction_may_be_named(url: str) -> None:
    fill(url, 1, sequenced=False)
    (record,) = exported(url, "--profile", "iso", "--jurisdiction", "FR")["@graph"]
    assert record["dct:conformsTo"] == {"@id": "dpv-27560:record"}
    assert record["dpv:hasJurisdiction"] == {"@id": "loc:FR"}
    assert "dpv:hasLegalBasis" not in record
    for unknown in ("France", "XX", "fr"):
        refused = run(url, "--jurisdiction", unknown)
        assert (refused.exit_code, "FI, FJ, FK" in refused.stderr) == (2, True)


def test_a_notice_without_a_controller_cannot_be_exported_so(filled: Filled) -> None:
    result = run(filled.url)
    assert (result.exit_code, "controller" in result.stderr) == (1, True)
