"""What holds for every service and every purpose that we ship."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

import pytest
from pydantic import ValidationError

from consent.catalog import LANGUAGES, catalogue, purposes
from consent.catalog.hosts import covers
from consent.catalog.schema import Entry
from consent.model import NECESSARY, ExemptReason, Purpose
from tests.catalog.snippets import INNOCENT, LOADERS

NAMED = [
    "google-analytics", "google-tag-manager", "meta-pixel", "hotjar", "matomo", "youtube",
    "google-maps", "google-fonts", "stripe", "paypal",
]  # fmt: skip
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


@every_service
def test_every_description_is_in_every_language(entry: Entry) -> None:
    for texts in (entry.description, *(item.description for item in entry.items)):
        assert set(texts) == set(LANGUAGES)
        assert all(text.endswith(".") for text in texts.values())


@every_service
def test_every_service_is_known_by_hosts(entry: Entry) -> None:
    """What it may be exempt for is found by them."""
    assert entry.hosts


@every_service
def test_purpose_and_reason_agree(entry: Entry) -> None:
    """FR-02."""
    assert entry.purpose in purposes()
    assert (entry.purpose == NECESSARY) == (entry.exempt_reason is not None)


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


@pytest.mark.parametrize(("service", "script"), LOADERS)
def test_a_loader_as_sites_paste_it_is_recognised_as_its_own_service_only(
    service: str, script: str
) -> None:
    owners = {e.id for e in catalogue().values() for s in e.snippets if re.search(s, script)}
    assert owners == {service}


def test_every_service_with_snippets_is_tried_with_a_real_loader() -> None:
    tried = {service for service, _ in LOADERS}
    assert {entry.id for entry in catalogue().values() if entry.snippets} == tried


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


def test_a_service_without_sources_is_refused() -> None:
    facts = catalogue()["stripe"].model_dump(mode="json")
    with pytest.raises(ValidationError, match="sources"):
        Entry.model_validate({**facts, "sources": []})
