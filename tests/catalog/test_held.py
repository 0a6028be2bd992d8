"""For every service: held without consent, back after, in what the server decides and rewrites."""

from __future__ import annotations

from functools import cache
from uuid import UUID

import pytest

from consent.catalog import catalogue
from consent.catalog.schema import Entry
from consent.headers.set_cookie import SetCookieFilter
from consent.model import Choice
from consent.policy import Policy, Ruling
from tests.catalog.table import families
from tests.catalog.triggers import trigger, use
from tests.headers.rulings import NOW, ORIGIN
from tests.html.rewriting import rewritten
from tests.sites import site

every_family = pytest.mark.parametrize("entries", families().values(), ids=list(families()))


@cache
def policy() -> Policy:
    """Of a site that uses the whole catalogue."""
    return Policy(site(services=tuple(map(use, catalogue().values()))))


def ruling(entry: Entry, *, granted: bool) -> Ruling:
    """For who refused every purpose, but for this service alone if it is granted."""
    answers = dict.fromkeys(policy().asked, False)
    choice = Choice(UUID(int=1), 1, NOW, answers, {entry.id: granted})
    return policy().ruling(choice, origin=ORIGIN, path="/")


@every_family
def test_an_address_of_a_service_is_its_own_and_closed_without_consent(
    entries: list[Entry],
) -> None:
    for entry in entries:
        for address in trigger(entry).addresses:
            verdict = ruling(entry, granted=False).url(address)
            assert (verdict.allowed, verdict.service) == (False, entry.id)
            assert ruling(entry, granted=True).url(address).allowed, address


@every_family
def test_every_tag_and_every_inline_loader_is_held_without_consent(entries: list[Entry]) -> None:
    for entry in entries:
        for part in (*trigger(entry).tags(), *trigger(entry).inline()):
            held = rewritten(part.encode(), by=ruling(entry, granted=False)).decode()
            assert f"data-consent-service={entry.id}" in held, part


@every_family
def test_every_tag_comes_back_byte_for_byte_with_consent(entries: list[Entry]) -> None:
    for entry in entries:
        page = trigger(entry).page().encode()
        assert rewritten(page, by=ruling(entry, granted=True)) == page


@every_family
def test_no_cookie_of_a_service_passes_without_consent(entries: list[Entry]) -> None:
    for entry in entries:
        values = [f"{name}=1".encode() for name in trigger(entry).cookies]
        assert SetCookieFilter(ruling(entry, granted=False), NOW).kept(values) == [], entry.id
        assert SetCookieFilter(ruling(entry, granted=True), NOW).kept(values) == values, entry.id
