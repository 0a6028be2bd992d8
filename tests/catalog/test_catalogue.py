"""What holds for every service and every purpose that we ship.

Many are looked at in one test: what fails says the id.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import chain, permutations
from pathlib import Path

import pytest
from pydantic import ValidationError

from consent.catalog import LANGUAGES, Catalogue, catalogue, purposes
from consent.catalog.hosts import covers
from consent.catalog.schema import Entry
from consent.model import ExemptReason, Purpose
from tests.catalog.table import PAGE, families, written

NAMED = [
    "google-analytics", "google-tag-manager", "meta-pixel", "hotjar", "matomo", "youtube",
    "google-maps", "google-fonts", "stripe", "paypal",
]  # fmt: skip
PUBLISHED = Path(__file__).parent / "published"

# One host, two purposes, and paths that differ with every version: the longer claim wins in what
# the server decides; where only the shorter is granted, the browser's policy also lets the longer
# one through.
KNOWN_OVERLAPS = {("facebook-social", "meta-pixel")}


def claims() -> Iterator[tuple[str, str]]:
    for entry in catalogue().values():
        for host in entry.hosts:
            yield entry.id, host


@pytest.mark.parametrize("name", NAMED)
def test_the_services_that_sites_rely_on_are_there(name: str) -> None:
    """design.md §5: these ids never change."""
    assert catalogue()[name].hosts


def test_no_two_services_claim_the_same_host_and_path() -> None:
    hosts = [host for _, host in claims()]
    assert len(hosts) == len(set(hosts))


def test_granting_one_service_lets_in_no_other() -> None:
    overlaps = set()
    domains: dict[str, list[tuple[str, str]]] = {}
    for name, host in claims():
        domain = ".".join(host.partition("/")[0].split(".")[-2:])
        domains.setdefault(domain, []).append((name, host))
    pairs = chain.from_iterable(permutations(each, 2) for each in domains.values())
    for (one, host), (other, theirs) in pairs:
        name, _, path = host.partition("/")
        their_name, _, their_path = theirs.partition("/")
        inside = name == their_name or covers(name, their_name.removeprefix("*."))
        if one != other and inside and (not path or their_path.startswith(path)):
            overlaps.add((one, other))
    assert overlaps == KNOWN_OVERLAPS


@pytest.mark.parametrize("family", list(families()))
def test_an_id_that_was_published_stays(family: str) -> None:
    """Sites name services by them (design.md §5); what is renamed asks every visitor again."""
    ids = sorted(entry.id for entry in families()[family])
    assert (PUBLISHED / f"{family}.txt").read_text("utf-8").splitlines() == ids


def test_every_service_is_in_one_family() -> None:
    ids = [entry.id for entries in families().values() for entry in entries]
    assert sorted(ids) == list(catalogue())


def test_the_tables_of_the_documentation_are_up_to_date() -> None:
    """If not: ``python -m tests.catalog.table``."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page


def test_nothing_was_checked_in_the_future() -> None:
    assert [e.id for e in catalogue().values() if e.checked > date.today()] == []


def test_every_description_is_a_sentence() -> None:
    for entry in catalogue().values():
        for texts in (entry.description, *(item.description for item in entry.items)):
            assert [text for text in texts.values() if not text.endswith(".")] == [], entry.id


def test_every_service_has_a_purpose_that_exists() -> None:
    """FR-02: a reason goes with ``necessary`` alone, as the schema holds."""
    assert {entry.purpose for entry in catalogue().values()} == set(purposes())


def test_what_always_asks_has_no_reason_at_all() -> None:
    """FR-06: personalised ads, ad measurement, social sharing; EU-23: tag managers."""
    asking = [e for e in catalogue().values() if e.purpose in ("marketing", "social")]
    assert [entry.id for entry in asking if entry.reasons] == []


def test_no_item_is_named_twice() -> None:
    for entry in catalogue().values():
        names = [(item.kind, item.name) for item in entry.items]
        assert len(names) == len(set(names)), entry.id


def test_only_what_measures_an_audience_is_exempt_for_it() -> None:
    """FR-26, Z-05."""
    for entry in catalogue().values():
        if ExemptReason.AUDIENCE_MEASUREMENT in entry.reasons:
            assert entry.purpose == "analytics", entry.id
        if ExemptReason.NO_TRACKER_RESOURCE in entry.reasons:
            assert not entry.items, entry.id


def test_the_purposes_are_shown_in_this_order() -> None:
    assert list(purposes()) == ["necessary", "preferences", "analytics", "marketing", "social"]


@pytest.mark.parametrize("purpose", purposes().values(), ids=list(purposes()))
def test_a_purpose_has_a_short_title_and_two_texts_in_every_language(purpose: Purpose) -> None:
    """FR-04."""
    for texts in (purpose.title, purpose.description, purpose.detail):
        assert set(texts) == set(LANGUAGES)
    assert all(len(title) <= 40 for title in purpose.title.values())
    assert all(len(text) <= 220 for text in purpose.description.values())


def test_an_entry_read_alone_is_what_the_whole_file_says() -> None:
    """Entries are cut out of the files by their first two lines."""
    folder = files("consent.catalog").joinpath("services")
    tables = [t for f in folder.iterdir() for t in tomllib.loads(f.read_text("utf-8"))["services"]]
    assert {t["id"]: Entry.model_validate(t) for t in tables} == dict(catalogue())


def test_only_what_is_asked_for_is_parsed() -> None:
    """A start takes as long as the services that the site uses, not as the catalogue is long."""
    broken = Catalogue(['[[services]]\nid = "good"\na = 1\n[[services]]\nid = "bad"\n= ]\n'])
    assert list(broken) == ["bad", "good"]
    with pytest.raises(ValidationError):
        broken["good"]
    with pytest.raises(tomllib.TOMLDecodeError):
        broken["bad"]


@pytest.mark.parametrize(
    "host", ["js.stripe.com", "*.stripe.com", "a.js.stripe.com:8443", "js.stripe.com/v3/"]
)
def test_who_can_claim_a_host_is_found_without_reading_everything(host: str) -> None:
    near = [entry.id for entry in catalogue().near(host)]
    assert "stripe" in near
    assert len(near) < 10
