"""What no entry of the catalogue may claim or say, whatever its sources."""

from __future__ import annotations

import pytest

from consent.catalog import catalogue
from consent.model import NECESSARY
from consent.owners import glob
from consent.registrable import registrable

ORDINARY = """
    session session_id sessionid sid connect.sid _session_id SESSION SESSIONID JSESSIONID PHPSESSID
    csrf csrftoken _csrf XSRF-TOKEN token access_token refresh_token auth jwt remember_me login user
    user_id userid uid uuid id visitor visitor_id guest_id device_id lang language locale i18next
    hl theme dark_mode color-scheme font_size cart cart_id basket wishlist currency country region
    city store consent cookie_consent cookieconsent_status cookies_accepted gdpr preferences
    settings prefs visited returning first_visit ref referrer utm_source utm_campaign promo coupon
    popup_closed banner_closed newsletter tab view sort page_size filter search debug test ab
    experiment flash messages notice timezone tz offset captcha player volume quality chat
"""
KNOWN = {("pardot", "visitor_id")}
"""Its own are called ``visitor_id`` and a number, which a pattern cannot say."""
FORMS = {
    "GmbH": "DE AT CH",
    "AG": "DE AT CH",
    "SAS": "FR",
    "SASU": "FR",
    "SARL": "FR LU",
    "B.V.": "NL",
    "S.r.l.": "IT",
    "S.p.A.": "IT",
    "S.L.": "ES",
    "ApS": "DK",
    "A/S": "DK",
    "AB": "SE",
    "Oy": "FI",
    "OÜ": "EE",
    "sp. z o.o.": "PL",
    "Kft.": "HU",
    "d.o.o.": "SI HR RS",
    "Inc.": "US CA",
    "LLC": "US RU AM",
    "Unlimited Company": "IE",
}
"""Where a company of this form can be at home."""


def test_no_service_claims_what_anybody_can_rent() -> None:
    """Anybody's page there would run with the service, before a choice if that is exempt."""
    whole = {h for entry in catalogue().values() for h in entry.hosts if "/" not in h}
    names = {claim.partition(":")[0].removeprefix("*.") for claim in whole}
    assert [name for name in sorted(names) if not registrable(name)] == []


@pytest.mark.parametrize("kind", ["cookie", "local", "session"])
def test_no_service_takes_away_what_sites_call_their_own(kind: str) -> None:
    found = {
        (entry.id, name)
        for entry in catalogue().values()
        for item in entry.items
        for name in ORDINARY.split()
        if item.kind == kind and not item.third_party and glob(item.name).match(name)
        if entry.purpose != NECESSARY
    }
    assert found <= KNOWN


def test_a_company_is_where_its_form_exists() -> None:
    wrong = [
        (entry.id, entry.company, entry.country)
        for entry in catalogue().values()
        for form, countries in FORMS.items()
        if (entry.company or "").endswith(f" {form}") and entry.country not in countries.split()
    ]
    assert wrong == []
