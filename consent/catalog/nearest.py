"""Which services of the catalogue somebody may have meant who wrote another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from consent.catalog import catalogue

MOST = 5
"""Services that are suggested; beyond that a list to read helps more."""
TYPED = 0.9
"""Of ``difflib``: a letter in a name of usual length."""
CLOSE = 0.75
"""Two or three letters: less likely than a word in common."""
SHORTEST_INITIALS = 3
"""Letters; with two, ``ap`` is Apple Pay as well as Amazon Pay."""
SHORTEST_WORD = 4
"""Letters of a word that says something alone: ``maps``, not ``js``."""

SHORT = {
    "adwords": ("google-ads",),
    "at-internet": ("piano-analytics",),
    "facebook": ("meta-pixel", "facebook-social"),
    "facebook-pixel": ("meta-pixel",),
    "fb": ("meta-pixel", "facebook-social"),
    "fbq": ("meta-pixel",),
    "ga": ("google-analytics",),
    "gads": ("google-ads",),
    "gtag": ("google-analytics", "google-ads"),
    "osm": ("openstreetmap",),
    "piwik": ("matomo", "piwik-pro"),
    "sendinblue": ("brevo",),
    "twitter": ("x-embed", "x-pixel"),
    "ua": ("google-analytics",),
    "uet": ("microsoft-ads",),
    "yt": ("youtube",),
}
"""What services are called, or were, besides their names."""


def nearest(written: str) -> list[str]:
    """Ids of services that may have been meant, the likeliest first; at most ``MOST``."""
    return list(dict.fromkeys(_meant(_normal(written))))[:MOST]


def _meant(word: str) -> Iterator[str]:
    # "ga4": the version of a product is no part of the service's name.
    bare = re.sub(r"-?v?[0-9]+\Z", "", word)
    yield from SHORT.get(word) or SHORT.get(bare) or ()
    if len(bare) >= SHORTEST_INITIALS:
        yield from (ident for ident in catalogue() if _initials(ident) == bare)
    known = {_normal(catalogue()[ident].name): ident for ident in catalogue()}
    known |= {ident: ident for ident in catalogue()}
    yield from (known[each] for each in get_close_matches(word, known, MOST, TYPED))
    parts = word.split("-")
    yield from (known[each] for each in known if _begins(each.split("-"), parts))
    yield from (ident for part in parts for ident in SHORT.get(part, ()))
    yield from (known[each] for each in known if _within(parts, each.split("-")))
    yield from (known[each] for each in get_close_matches(word, known, MOST, CLOSE))


def _normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _initials(ident: str) -> str:
    return "".join(part[0] for part in ident.split("-"))


def _begins(some: list[str], parts: list[str]) -> bool:
    """``stripe-js`` begins with Stripe."""
    return parts[: len(some)] == some and len("-".join(some)) >= SHORTEST_WORD


def _within(parts: list[str], whole: list[str]) -> bool:
    """``recaptcha`` stands within ``google-recaptcha``."""
    return len("-".join(parts)) >= SHORTEST_WORD and set(parts) <= set(whole)
