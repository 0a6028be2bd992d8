"""What holds for every service and every purpose that we ship."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import permutations
from pathlib import Path

import pytest
from pydantic import ValidationError

from consent.catalog import LANGUAGES, Catalogue, catalogue, purposes
from consent.catalog.hosts import covers
from consent.catalog.schema import Entry
from consent.model import ExemptReason, Purpose
from tests.catalog.snippets import INNOCENT, LOADERS, SHAPES
from tests.catalog.table import PAGE, families, written

NAMED = [
    "google-analytics", "google-tag-manager", "meta-pixel", "hotjar", "matomo", "youtube",
    "google-maps", "google-fonts", "stripe", "paypal",
]  # fmt: skip
PUBLISHED = Path(__file__).parent / "published"
every_service = pytest.mark.parametrize("entry", catalogue().values(), ids=list(catalogue()))

# One host, two purposes, and paths that differ with every version: the longer claim wins in what
# the server decides; where only the shorter is granted, the browser's policy also lets the longer
# one through.
KNOWN_OVERLAPS = {("facebook-social", "meta-pixel")}


GROUPING = r"(?<!\\)(?:\(\?:|[()])"
REPEATED = r"(?:\\[sw]|\])[*+]"


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
    for (one, host), (other, theirs) in permutations(claims(), 2):
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


@every_service
def test_nothing_was_checked_in_the_future(entry: Entry) -> None:
    assert entry.checked <= date.today()


@every_service
def test_every_description_is_a_sentence(entry: Entry) -> None:
    for texts in (entry.description, *(item.description for item in entry.items)):
        assert all(text.endswith(".") for text in texts.values())


@every_service
def test_every_service_has_a_purpose_that_exists(entry: Entry) -> None:
    """FR-02: a reason goes with ``necessary`` alone, as the schema holds."""
    assert entry.purpose in purposes()


@every_service
def test_what_always_asks_has_no_reason_at_all(entry: Entry) -> None:
    """FR-06: personalised ads, ad measurement, social sharing; EU-23: tag managers."""
    if entry.purpose in ("marketing", "social"):
        assert not entry.reasons


@every_service
def test_no_item_is_named_twice(entry: Entry) -> None:
    names = [(item.kind, item.name) for item in entry.items]
    assert len(names) == len(set(names))


def test_only_what_measures_an_audience_is_exempt_for_it() -> None:
    """FR-26, Z-05."""
    for entry in catalogue().values():
        if ExemptReason.AUDIENCE_MEASUREMENT in entry.reasons:
            assert entry.purpose == "analytics"
        if ExemptReason.NO_TRACKER_RESOURCE in entry.reasons:
            assert not entry.items


@pytest.mark.parametrize(("service", "script"), SHAPES)
def test_a_loader_as_sites_paste_it_is_recognised_as_its_own_service_only(
    service: str, script: str
) -> None:
    owners = {e.id for e in catalogue().values() for s in e.snippets if re.search(s, script)}
    assert owners == {service}


@every_service
def test_every_snippet_is_tried_with_a_real_loader(entry: Entry) -> None:
    scripts = [script for service, script in LOADERS if service == entry.id]
    assert bool(scripts) == bool(entry.snippets)
    assert all(any(re.search(each, script) for script in scripts) for each in entry.snippets)


@pytest.mark.parametrize("script", INNOCENT)
def test_a_script_that_only_mentions_a_tracker_is_nobodys(script: str) -> None:
    """edges.md, reported of others, 4."""
    owners = {e.id for e in catalogue().values() for s in e.snippets if re.search(s, script)}
    assert owners == set()


@every_service
def test_recognising_a_loader_cannot_be_made_slow(entry: Entry) -> None:
    """Repetitions neither begin a pattern, nor follow one another, nor contain one another."""
    for snippet in entry.snippets:
        between = re.split(REPEATED, re.sub(GROUPING, "", snippet))[:-1]
        assert all(literal.removeprefix(r"\b") for literal in between)
        assert not re.search(r"[*+]\)[*+{]|\.[*+]", snippet)


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
