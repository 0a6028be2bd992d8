"""Names of the Data Privacy Vocabulary 2.3, and which of them our own words are (REC-08)."""

from __future__ import annotations

from collections.abc import Mapping

from consent.catalog.countries import COUNTRIES

CONTEXT: Mapping[str, str] = {
    "dpv": "https://w3id.org/dpv#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "consent": "urn:asgi-consent:",
}
EU = "EU"
PLACES = (EU, *sorted(COUNTRIES))
"""Where a law holds, as ``loc:`` has them."""
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "preferences": ("dpv:ServicePersonalisation", "dpv:UserInterfacePersonalisation"),
    "analytics": ("dpv:ServiceUsageAnalytics",),
    "marketing": ("dpv:Advertising", "dpv:PersonalisedAdvertising", "dpv:TargetedAdvertising"),
    "social": ("dpv:SocialMediaMarketing",),
}
"""Of the built-in purposes; one of the site's own is no more than a purpose."""


def reference(name: str) -> dict[str, str]:
    """An IRI, and not a text that looks like one."""
    return {"@id": name}


def location(code: str) -> dict[str, str]:
    """A country, or the EU."""
    return reference(f"loc:{code}")


def purpose_terms(purpose: str) -> tuple[str, ...]:
    """What a purpose is called there."""
    return PURPOSES.get(purpose, ("dpv:Purpose",))
