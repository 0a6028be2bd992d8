"""Texts that tell a visitor nothing, or cite what is repealed, are warned of."""

from __future__ import annotations

import pytest

from consent.catalog import catalogue, purposes
from consent.config import wording
from tests.written import found, own

VAGUE = [
    "Pour améliorer votre expérience",
    "Ameliorer l’expérience",
    "Optimiser votre navigation",
    "Offrir une meilleure expérience",
    "We enhance your experience",
    "To improve the user experience",
    "The best possible experience",
]
PLAIN = [
    "Compter les pages lues",
    "Count which pages are read",
    "Améliorer les pages où les visiteurs se perdent",
    "Years of experience",
    "Art. 2019-0930",
]


@pytest.mark.parametrize("text", VAGUE)
def test_a_vague_purpose_is_warned_of(text: str) -> None:
    """FR-05."""
    changes = [{"id": "analytics", "description": {"fr": text}}]
    assert found(purposes=changes) == {("W004", "purposes[0].description.fr")}


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_purpose_is_not(text: str) -> None:
    assert found(purposes=[{"id": "analytics", "description": {"fr": text}}]) == set()


@pytest.mark.parametrize("text", ["délibération n° 2019-093", "2019‑093 de la CNIL"])
def test_citing_what_is_repealed_is_warned_of(text: str) -> None:
    """Z-01, P-13."""
    service = own(hosts=["a.fr"], description={"fr": text, "en": "x"})
    assert found(services=[service]) == {("W005", "services[0].description.fr")}


def test_our_own_texts_are_neither() -> None:
    texts = {
        **{p.id: [p.title, p.description, p.detail] for p in purposes().values()},
        **{e.id: [e.description, *(i.description for i in e.items)] for e in catalogue().values()},
    }
    assert list(wording.warnings(texts)) == []
