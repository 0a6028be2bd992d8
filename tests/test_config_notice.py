"""What makes a new notice, and what makes a visitor be asked again."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from tests.written import config, own

TEXTS = Path(__file__).parent.parent / "consent" / "banner" / "texts"
BOTH = [{"use": "google-analytics"}, {"use": "meta-pixel"}]
TEXT = {"fr": "Nos images", "en": "Our images"}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The purposes whose facts differ."""
    one, two = config(**before).facts, config(**after).facts
    return {purpose for purpose in {**one, **two} if one.get(purpose) != two.get(purpose)}


def test_the_hash_is_that_of_the_content() -> None:
    notice = config().notice
    assert notice.hash == hashlib.sha256(notice.content).hexdigest()


def test_the_content_is_canonical() -> None:
    content = config().notice.content
    assert rfc8785.dumps(json.loads(content)) == content


def test_the_same_configuration_has_the_same_notice_each_time() -> None:
    assert config().notice == config().notice


def test_the_notice_holds_everything_shown() -> None:
    """EU-10: the information shown, not a pointer to it."""
    content = json.loads(config(services=BOTH).notice.content)
    assert content["controller"]["name"] == "Exemple SAS"
    assert content["languages"] == ["fr", "en"]
    assert content["lifetime_months"] == 6
    assert [p["id"] for p in content["purposes"]] == ["necessary", "analytics", "marketing"]
    assert set(content["purposes"][1]["title"]) == {"fr", "en"}
    services = {each["id"]: each for each in content["services"]}
    assert services["meta-pixel"]["company"] == "Meta Platforms Ireland Limited"
    assert services["google-analytics"]["items"][0]["lifetime"] == "P2Y"
    assert services["consent-choice"]["exempt_reason"] == "choice"


@pytest.mark.parametrize("languages", [["fr"], ["fr-CA", "en"]])
def test_the_notice_holds_the_words_of_the_banner_itself(languages: list[str]) -> None:
    """EU-10: the texts shown then can be shown again, whatever the package says today."""
    content = json.loads(config(site={"languages": languages}).notice.content)
    assert list(content["interface"]) == sorted(languages)
    words = tomllib.loads((TEXTS / "fr.toml").read_text("utf-8"))
    assert content["interface"][languages[0]] == words


def test_the_notice_holds_no_secret_and_no_address_of_the_log() -> None:
    content = config(log={"url": "postgresql://u:hidden@h/db"}).notice.content
    assert b"secret" not in content
    assert b"hidden" not in content


@pytest.mark.parametrize(
    "change",
    [
        {"site": {"name": "Other shop"}},
        {"controller": {"address": "2 rue de la Paix"}},
        {"cookie": {"lifetime_months": 5}},
        {"log": {"retention_years": 4}},
        {"purposes": [{"id": "analytics", "detail": {"en": "We count."}}]},
        {"services": [{"use": "google-analytics", "name": "GA"}]},
    ],
)
def test_whatever_is_shown_differently_is_a_new_notice(change: dict[str, Any]) -> None:
    assert config(**change).notice.hash != config().notice.hash


@pytest.mark.parametrize(
    "change",
    [
        {"site": {"name": "Other shop"}},
        {"controller": {"email": "other@b.fr"}},
        {"controller": {"country": "FR"}},
        {"purposes": [{"id": "analytics", "title": {"en": "Audience mesurement"}}]},
        {"services": [{"use": "google-analytics", "description": TEXT, "name": "GA"}]},
        {"services": [{"use": "google-analytics", "paths": ["/a/*"]}]},
        {"services": [{"use": "google-analytics", "extra_hosts": ["ga.example.fr"]}]},
        {"site": {"languages": ["en", "fr"]}},
    ],
    ids=[
        "name of the site", "address for questions", "country", "spelling of a purpose",
        "words about a service", "pages of a service", "another host of the same company",
        "order of languages",
    ],
)  # fmt: skip
def test_how_it_is_said_asks_nobody_again(change: dict[str, Any]) -> None:
    """design.md §5: a corrected spelling archives a new notice and asks nobody again."""
    assert changed({}, change) == set()
    assert config(**change).notice.hash != config().notice.hash


def test_another_controller_asks_for_everything_again() -> None:
    after = {"services": BOTH, "controller": {"name": "Other SAS"}}
    assert changed({"services": BOTH}, after) == {"necessary", "analytics", "marketing"}


def test_a_new_service_asks_for_its_purpose_only() -> None:
    """EU-12, C14."""
    assert changed({"services": BOTH}, {"services": [*BOTH, {"use": "hotjar"}]}) == {"analytics"}


def test_a_new_recipient_asks_for_its_purpose_only() -> None:
    after = [{"use": "google-analytics", "company": "Somebody else"}, BOTH[1]]
    assert changed({"services": BOTH}, {"services": after}) == {"analytics"}


def test_the_order_of_services_asks_nobody_again() -> None:
    services = [*BOTH, {"use": "hotjar"}]
    assert changed({"services": services}, {"services": services[::-1]}) == set()


@pytest.mark.parametrize(
    "fact",
    [
        {"items": [{"name": "a", "lifetime": "P2D"}]},
        {"items": [{"name": "a", "lifetime": "P1D"}, {"name": "b"}]},
        {"items": [{"name": "a", "lifetime": "P1D", "third_party": True}]},
        {"items": [{"name": "a", "lifetime": "P1D"}], "company": "Images SA"},
        {"items": [{"name": "a", "lifetime": "P1D"}], "country": "US"},
        {"items": [{"name": "a", "lifetime": "P1D"}], "hosts": ["a.example"]},
    ],
    ids=["lifetime", "another cookie", "third party", "company", "country", "unnamed recipient"],
)
def test_a_material_fact_asks_again(fact: dict[str, Any]) -> None:
    before = {"services": [*BOTH, own(items=[{"name": "a", "lifetime": "P1D"}])]}
    assert changed(before, {"services": [*BOTH, own(**fact)]}) == {"preferences"}
