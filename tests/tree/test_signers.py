"""A log has keys without anybody setting them up, and keeps its name and past when it gets own."""

from __future__ import annotations

import pytest

from consent.tree.keys import Signer, derived_seed
from consent.tree.signers import origin, signers
from tests.written import SECRET, config

OTHER = "another secret of more than thirty-two characters"
SEED = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "www.example.fr/consent"),
        ({"path": "/my/choices"}, "www.example.fr/my/choices"),
        ({"site": {"url": "http://localhost:8000"}}, "localhost/consent"),
        ({"site": {"url": "https://d\u00e9mo.example"}}, "xn--dmo-bma.example/consent"),
    ],
)
def test_a_log_is_named_after_its_site(changes: dict[str, object], name: str) -> None:
    assert origin(config(**changes)) == name


def test_each_secret_of_the_cookie_makes_a_key() -> None:
    found = signers(config(cookie={"secrets": [SECRET, OTHER]}))
    expected = [Signer("www.example.fr/consent", derived_seed(each)) for each in (SECRET, OTHER)]
    assert [each.key for each in found] == [each.key for each in expected]


def test_a_configured_key_signs_and_those_before_it_still_verify() -> None:
    derived, own = signers(config(log={"keys": [SEED]}))
    assert derived.key == Signer("www.example.fr/consent", derived_seed(SECRET)).key
    assert own.key == Signer("www.example.fr/consent", bytes([1]) * 32).key
