"""The report, as it is read."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from consent.dossier.report import LANGUAGES, language
from tests.dossier.conftest import Place
from tests.dossier.tampered import unpacked


@pytest.fixture(scope="module", params=LANGUAGES)
def report(place: Place, request: pytest.FixtureRequest) -> str:
    result = place.dossier("report.zip", "--no-screenshots", "--lang", request.param)
    assert result.exit_code == 0
    return unpacked((place.folder / "report.zip").read_bytes())["report.html"].decode()


def texts(lang: str) -> dict[str, Any]:
    return tomllib.loads(files("consent.dossier").joinpath("texts", f"{lang}.toml").read_text())


def names(said: dict[str, Any], above: str = "") -> list[str]:
    found = []
    for name, value in said.items():
        inside = names(value, f"{above}{name}.") if isinstance(value, dict) else [above + name]
        found += inside
    return found


def test_all_is_said_in_both_languages() -> None:
    assert names(texts("fr")) == names(texts("en"))


def test_what_can_be_said_is() -> None:
    here = Path(str(files("consent.dossier")))
    template = here.parents[1] / "templates" / "dossier.html"
    code = template.read_text() + (here / "report.py").read_text()
    for name in names(texts("en")):
        section, _, last = name.rpartition(".")
        by_name = section in ("action", "interface", "outcome", "spoken")
        looked_up = by_name or last in ("phone", "desktop")
        assert looked_up or re.search(rf"\b{last}\b", code), name


def test_no_french_sign_stands_alone_at_the_end_of_a_line() -> None:
    text = files("consent.dossier").joinpath("texts", "fr.toml").read_text().partition("\n")[2]
    assert not re.search(r"« | [:;!?»]", text)


def test_nothing_in_it_is_for_programs(report: str) -> None:
    shown = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", report, flags=re.DOTALL))
    assert not re.search(r"[<{}]|\bobject\b|\bNone\b|\bat 0x", shown)


def test_it_says_what_was_chosen_shown_and_held(report: str) -> None:
    for said in (
        "Shop",
        "Exemple SAS",
        "Google Analytics",
        "Je souhaite la lettre.",
        "cdn.example",
    ):
        assert said in report


def test_it_says_no_more_of_refusals_than_is_so(report: str) -> None:
    """EU-08, EU-09: a grant waits for the log, a refusal does not."""
    assert re.search("a refusal holds at once|un refus vaut aussitôt", report)
    assert not re.search("recorded in a log before|inscrit dans un journal avant", report)


def test_it_speaks_of_no_pictures_where_there_are_none(report: str) -> None:
    """FR-24"""
    assert re.search("There are no screenshots|Il n’y a pas de captures", report)
    assert not re.search(
        "was photographed|été photographié |screenshots are made|en sont faites", report
    )


def test_what_is_to_be_verified_is_named_and_explained(report: str) -> None:
    assert "OUT.zip" not in report
    assert report.count("DOSSIER.zip") == 2


def test_languages_are_named_in_the_one_that_it_is_in(report: str) -> None:
    named = set(re.findall(r'<data value="(?:fr|en)">([^<]+)</data>', report))
    assert named - {"fr", "en"} in ({"français", "anglais"}, {"French", "English"})


def test_of_records_of_a_month_the_month_is_named(report: str) -> None:
    assert re.search(
        r'<th scope="row"><data value="2026-01">(janvier|January) 2026</data></th>'
        r'<td class="number"><data value="30">30</data></td>',
        report,
    )


@pytest.mark.parametrize(("wanted", "found"), [("fr", "fr"), ("fr-CA", "fr"), ("de", "en")])
def test_it_is_in_a_language_that_it_can_be_in(wanted: str, found: str) -> None:
    assert language(wanted) == found
