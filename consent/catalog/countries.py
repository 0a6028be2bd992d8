"""Which countries there are, by ISO 3166-1."""

from __future__ import annotations

from iso3166 import countries_by_alpha2

# The standard leaves all codes that begin with X to its users, and the library has one: XK, which
# is Kosovo to many, and nothing to the vocabulary that exports are written in (``loc:``).
COUNTRIES = frozenset(code for code in countries_by_alpha2 if not code.startswith("X"))
"""Codes of two letters."""
