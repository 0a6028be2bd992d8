"""Countries are those of ISO 3166-1, which others than its keepers have added to."""

from __future__ import annotations

from consent.catalog.countries import COUNTRIES


def test_they_are_those_that_the_standard_has() -> None:
    """None that is reserved, or assigned by users (iso.org/iso-3166-country-codes.html)."""
    assert len(COUNTRIES) == 249
    assert COUNTRIES.isdisjoint({"AN", "EU", "EZ", "QO", "UK", "UN", "XK", "ZZ"})
