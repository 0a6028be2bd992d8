"""Whoever does not know an id is told a few that they may have meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.catalog import catalogue
from consent.catalog.nearest import MOST, SHORT, nearest
from tests.written import fixes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ga4", "google-analytics"),
        ("GTM", "google-tag-manager"),
        ("gogle-analytics", "google-analytics"),
        ("Google Analytics", "google-analytics"),
        ("stripe-js", "stripe"),
        ("recaptcha", "google-recaptcha"),
        ("facebook-pixel", "meta-pixel"),
        ("twitter-widget", "x-embed"),
        ("hot-jar", "hotjar"),
    ],
)
def test_a_short_name_an_old_one_a_part_and_a_slip_lead_to_the_service(
    written: str, meant: str
) -> None:
    assert nearest(written)[0] == meant


@pytest.mark.parametrize("written", ["", "mon-truc", "é", "1", "x" * 300])
def test_what_resembles_nothing_leads_nowhere(written: str) -> None:
    assert nearest(written) == []


@given(st.text(max_size=30))
def test_whatever_is_written_few_are_suggested_and_each_exists(written: str) -> None:
    found = nearest(written)
    assert len(found) <= MOST
    assert set(found) <= set(catalogue())


def test_each_short_name_leads_to_services_that_exist() -> None:
    assert {ident for each in SHORT.values() for ident in each} <= set(catalogue())
    assert not set(SHORT) & set(catalogue())


def test_a_mistake_in_the_configuration_names_a_few_or_the_list() -> None:
    assert fixes(services=[{"use": "hot-jar"}]) == "Did you mean 'hotjar'?"
    several = "Did you mean 'tiktok-embed' or 'tiktok-pixel'?"
    assert fixes(services=[{"use": "tiktok"}]) == several
    assert fixes(services=[{"use": "mon-truc"}]).startswith("docs/catalogue.md lists them all")
