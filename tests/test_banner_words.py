"""What is said, and whether it may be said so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from string import Formatter
from typing import Any

import pytest

from consent.banner.words import spoken, words
from consent.catalog import catalogue
from consent.model import ExemptReason

FR, EN = words("fr"), words("en")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


FRENCH, ENGLISH = dict(leaves(FR.sections)), dict(leaves(EN.sections))


def test_both_languages_say_the_same_things() -> None:
    assert FRENCH.keys() == ENGLISH.keys()


@pytest.mark.parametrize("path", FRENCH)
def test_both_languages_leave_the_same_gaps(path: str) -> None:
    gaps = [
        {field for _, field, _, _ in Formatter().parse(text[path])} for text in (FRENCH, ENGLISH)
    ]
    assert gaps[0] == gaps[1]


@pytest.mark.parametrize("path", FRENCH)
def test_french_is_set_as_french(path: str) -> None:
    """No-break spaces before double signs, typographic apostrophes and quotes, no "tu"."""
    text = FRENCH[path]
    assert not re.search(r"(?<=\w)[;!?»]| [:;!?»]|« |'|\b(?:tu|toi|ton|tes)\b", text)


@pytest.mark.parametrize("texts", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_nothing_pushes_threatens_or_flatters(texts: dict[str, str]) -> None:
    """EU-22, FR-05, FR-14, FR-22."""
    pushing = (
        r"améliorer votre expérience|enhance|meilleure expérience|best experience|profitez|enjoy"
    )
    threatening = r"vous perdr|perdez l|you will lose|dégradé|degraded|essentiel|essential"
    for text in texts.values():
        assert not re.search(f"{pushing}|{threatening}", text, re.IGNORECASE)


@pytest.mark.parametrize("texts", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_the_deliberation_that_was_repealed_is_not_cited(texts: dict[str, str]) -> None:
    """P-13, law.md Z-01."""
    assert not any("2019-093" in text for text in texts.values())
    assert "2025-131" in texts[".policy.what"]


@pytest.mark.parametrize("reason", ExemptReason)
def test_every_reason_for_an_exemption_is_explained(reason: ExemptReason) -> None:
    assert FR["reason"][reason]


def test_every_country_of_the_catalogue_has_a_name() -> None:
    codes = {entry.country for entry in catalogue().values() if entry.country}
    assert not [code for code in codes if FR.country(code) == code]


def test_a_country_without_a_name_is_said_by_its_code() -> None:
    assert EN.country("XK") == "XK"


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ("P13M", "13 mois", "13 months"),
        ("P1Y", "1 an", "1 year"),
        ("P1Y1M1D", "1 an, 1 mois et 1 jour", "1 year, 1 month and 1 day"),
        ("P2W", "2 semaines", "2 weeks"),
        ("PT30M", "30 minutes", "30 minutes"),
        ("PT0S", "0 seconde", "0 seconds"),
        ("session", "session", "session"),
        ("persistent", "jusqu’à ce que vous l’effaciez", "until you delete it"),
        ("P", "P", "P"),
        ("for ever", "for ever", "for ever"),
    ],
)
def test_lifetimes_are_said_in_words(value: str, french: str, english: str) -> None:
    """EU-03."""
    assert (FR.lifetime(value), EN.lifetime(value)) == (french, english)


def test_the_first_of_a_month_is_said_as_the_french_do() -> None:
    first = datetime(2026, 8, 1, tzinfo=UTC)
    assert (FR.date(first), EN.date(first)) == ("1er août 2026", "1 August 2026")


def test_a_configured_text_is_taken_in_the_language_or_the_nearest() -> None:
    texts = {"fr": "un", "de": "eins"}
    assert words("fr-CA").of(texts) == "un"
    assert EN.of(texts, "de") == "eins"
    assert EN.of({"it": "uno"}) == "uno"
    assert EN.of({}) == ""


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("fr", "fr"),
        ("FR-ca", "fr-CA"),
        ("fr-BE", "fr"),
        ("en_US", "en"),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_found_by_its_tag_or_its_kin(wanted: str | None, found: str | None) -> None:
    assert spoken(wanted, ("fr", "fr-CA", "en")) == found
