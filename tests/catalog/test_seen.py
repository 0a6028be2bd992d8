"""The catalogue against addresses and cookies that were written down without it.

The other tests take their addresses from the entries: a host that is left out or misspelt is
left out and misspelt there, too.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from consent.catalog import catalogue
from consent.owners import Owners, glob

SEEN = tomllib.loads((Path(__file__).parent / "seen.toml").read_text("utf-8"))
every_service = pytest.mark.parametrize("service", SEEN)


@cache
def owners() -> Owners:
    return Owners(entry.service() for entry in catalogue().values())


def owner(address: str) -> str | None:
    """Whose address is it, for a site that uses the whole catalogue?"""
    parts = urlsplit(address)
    claim = owners().of_host(parts.hostname or "", "", parts.path or "/")
    return claim.service.id if claim else None


@every_service
def test_an_address_that_a_service_is_reached_at_is_its_own(service: str) -> None:
    addresses = SEEN[service].get("addresses", [])
    assert {each: owner(each) for each in addresses} == dict.fromkeys(addresses, service)


@every_service
def test_a_cookie_that_a_service_sets_is_declared_with_its_lifetime(service: str) -> None:
    """A visitor is told how long it stays (CJEU C-673/17, Planet49)."""
    cookies = SEEN[service].get("cookies", {})
    items = [item for item in catalogue()[service].items if item.kind == "cookie"]
    said = {
        name: {item.lifetime for item in items if glob(item.name).match(name)} for name in cookies
    }
    assert said == {name: {lifetime} for name, lifetime in cookies.items()}


@every_service
def test_what_an_entry_is_compared_with_is_none_of_its_own_sources(service: str) -> None:
    """Two lists that were made from one source agree on its mistakes."""
    own = " ".join(catalogue()[service].sources)
    assert [each for each in SEEN[service].get("from", []) if each in own] == []


def test_a_table_without_its_source_is_one_of_the_oldest() -> None:
    assert [service for service, table in SEEN.items() if "from" in table] == list(SEEN)[35:]
