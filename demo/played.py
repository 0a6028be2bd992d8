"""Whom the second server plays: host and path → service and purpose.

A table of its own, on purpose: were it read from the catalogue, a service missing there would be
missing from the count as well, and the demo would praise itself.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Played:
    """One third party of the demo."""

    service: str
    """Its id, as in the catalogue or the demo's own configuration."""
    name: str
    purpose: str


GTM = Played("google-tag-manager", "Google Tag Manager", "marketing")
GA = Played("google-analytics", "Google Analytics 4", "analytics")
META = Played("meta-pixel", "Meta Pixel", "marketing")
HOTJAR = Played("hotjar", "Hotjar", "analytics")
MATOMO = Played("matomo", "Matomo", "analytics")
YOUTUBE = Played("youtube", "YouTube", "preferences")
MAPS = Played("google-maps", "Google Maps", "preferences")
FONTS = Played("google-fonts", "Google Fonts", "preferences")
X = Played("x-embed", "X", "social")
LINKEDIN = Played("linkedin-insight", "LinkedIn Insight", "marketing")
UNKNOWN = Played("unknown", "?", "unknown")

ALL = (GA, MATOMO, HOTJAR, GTM, META, LINKEDIN, YOUTUBE, X, MAPS, FONTS)

BANK = "paiement.banque-des-etoiles.example"
"""Not a tracker: the visitor goes there himself, to pay."""

PAYERS = frozenset({"js.stripe.com", "www.paypal.com"})
"""No trackers either, on the page where one pays."""

HOSTS: tuple[tuple[str, str, Played], ...] = (
    ("www.googletagmanager.com", "/gtag/", GA),
    ("www.googletagmanager.com", "/gtm.js", GTM),
    ("www.googletagmanager.com", "/ns.html", GTM),
    ("region1.google-analytics.com", "/", GA),
    ("connect.facebook.net", "/en_US/fbevents.js", META),
    ("www.facebook.com", "/tr", META),
    ("static.hotjar.com", "/", HOTJAR),
    ("script.hotjar.com", "/", HOTJAR),
    ("in.hotjar.com", "/", HOTJAR),
    ("cdn.matomo.cloud", "/", MATOMO),
    ("etoiles.matomo.cloud", "/", MATOMO),
    ("www.youtube.com", "/", YOUTUBE),
    ("i.ytimg.com", "/", YOUTUBE),
    ("www.google.com", "/maps/", MAPS),
    ("maps.googleapis.com", "/", MAPS),
    ("maps.gstatic.com", "/", MAPS),
    ("fonts.googleapis.com", "/", FONTS),
    ("fonts.gstatic.com", "/", FONTS),
    ("platform.twitter.com", "/", X),
    ("syndication.twitter.com", "/", X),
    ("snap.licdn.com", "/", LINKEDIN),
    ("px.ads.linkedin.com", "/", LINKEDIN),
)


def host_of(header: str) -> str:
    """The name a ``Host`` header stands for: no port, no ``.localhost``."""
    return header.partition(":")[0].lower().removesuffix(".localhost")


def who_is(host: str, path: str) -> Played:
    """Whom a request was meant for; ``UNKNOWN`` is counted too, never dropped."""
    for owner, prefix, played in HOSTS:
        if host == owner and path.startswith(prefix):
            return played
    return UNKNOWN
