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
from tests.catalog.triggers import trigger, use
from tests.headers.rulings import NOW, ORIGIN
from tests.html.rewriting import rewritten
from tests.sites import site

every_service = pytest.mark.parametrize("entry", catalogue().values(), ids=list(catalogue()))


@cache
def policy() -> Policy:
    """Of a site that uses the whole catalogue."""
    return Policy(site(services=tuple(map(use, catalogue().values()))))


def ruling(entry: Entry, *, granted: bool) -> Ruling:
    """For who refused every purpose, but for this service alone if it is granted."""
    answers = dict.fromkeys(policy().asked, False)
    choice = Choice(UUID(int=1), 1, NOW, answers, {entry.id: granted})
    return policy().ruling(choice, origin=ORIGIN, path="/")


@every_service
def test_its_addresses_are_its_own_and_closed_without_consent(entry: Entry) -> None:
    for address in trigger(entry).addresses:
        verdict = ruling(entry, granted=False).url(address)
        assert (verdict.allowed, verdict.service) == (False, entry.id)
        assert ruling(entry, granted=True).url(address).allowed


@every_service
def test_every_tag_and_every_inline_loader_is_held_without_consent(entry: Entry) -> None:
    parts = [*trigger(entry).tags(), *trigger(entry).inline()]
    for part in parts:
        held = rewritten(part.encode(), by=ruling(entry, granted=False)).decode()
        assert f"data-consent-service={entry.id}" in held


@every_service
def test_every_tag_comes_back_byte_for_byte_with_consent(entry: Entry) -> None:
    page = trigger(entry).page().encode()
    assert rewritten(page, by=ruling(entry, granted=True)) == page


@every_service
def test_its_cookies_do_not_pass_without_consent(entry: Entry) -> None:
    values = [f"{name}=1".encode() for name in trigger(entry).cookies]
    assert SetCookieFilter(ruling(entry, granted=False), NOW).kept(values) == []
    assert SetCookieFilter(ruling(entry, granted=True), NOW).kept(values) == values
