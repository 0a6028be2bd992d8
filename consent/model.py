"""The words of the domain as frozen values: no behaviour beyond themselves, no input, no output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

Texts = Mapping[str, str]
"""A text per language: BCP 47 tag → text."""


class ExemptReason(StrEnum):
    """Why something needs no consent: a closed list (law.md FR-02, Z-05)."""

    CHOICE = "choice"
    AUTHENTICATION = "authentication"
    SECURITY = "security"
    BASKET = "basket"
    PAYMENT = "payment"
    INTERFACE_PREFERENCE = "interface-preference"
    LOAD_BALANCING = "load-balancing"
    METERED_ACCESS = "metered-access"
    AUDIENCE_MEASUREMENT = "audience-measurement"
    NO_TRACKER_RESOURCE = "no-tracker-resource"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something is stored on, or read from, the visitor's device."""

    id: str
    title: Texts
    description: Texts
    detail: Texts = field(default_factory=dict)
    """The fuller text, one click away (law.md FR-04)."""

    @property
    def exempt(self) -> bool:
        """Only ``necessary`` is, and each of its services says why."""
        return self.id == NECESSARY


NECESSARY = "necessary"


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A cookie or a storage key of a service."""

    name: str
    """Exact, or with ``*`` for any run of characters: ``_ga_*``."""
    kind: str = "cookie"
    """``cookie``, ``local`` or ``session`` (web storage)."""
    lifetime: str = "session"
    """``session``, ``persistent`` (until deleted), or an ISO 8601 duration as ``P13M``."""
    description: Texts = field(default_factory=dict)
    third_party: bool = False
    """Set on the service's own host, not on the site's."""


class Signal(StrEnum):
    """What a vendor's own consent interface can be told, by the vendor's own words (law.md §5)."""

    GOOGLE = "google"
    """Reads Google's signals, and stands for none itself: the Tag Manager."""
    GOOGLE_AD_STORAGE = "google.ad_storage"
    GOOGLE_AD_USER_DATA = "google.ad_user_data"
    GOOGLE_AD_PERSONALIZATION = "google.ad_personalization"
    GOOGLE_ANALYTICS_STORAGE = "google.analytics_storage"
    GOOGLE_FUNCTIONALITY_STORAGE = "google.functionality_storage"
    GOOGLE_PERSONALIZATION_STORAGE = "google.personalization_storage"
    UET_AD_STORAGE = "uet.ad_storage"
    CLARITY_AD_STORAGE = "clarity.ad_Storage"
    CLARITY_ANALYTICS_STORAGE = "clarity.analytics_Storage"
    META = "meta"
    MATOMO = "matomo"
    PINTEREST = "pinterest"
    TIKTOK = "tiktok"


@dataclass(frozen=True, slots=True)
class Embed:
    """A kind of frame whose address may be built again from what a page wrote."""

    url: str
    """``https://www.example.com/embed/{id}``: ``{…}`` stands for one label of the host or one
    segment of the path, made of letters, digits, ``.``, ``_``, ``~`` and ``-``."""
    query: tuple[str, ...] = ()
    """Keys of the query that may be kept; their values are encoded anew."""


@dataclass(frozen=True, slots=True)
class Service:
    """Who stores or reads something, for one purpose."""

    id: str
    name: str
    purpose: str
    company: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2 code of the company's seat."""
    privacy_url: str = ""
    hosts: tuple[str, ...] = ()
    """As in a CSP: ``host``, ``*.host`` (subdomains, not the apex), either with ``:port`` and with
    ``/path/`` (a prefix) where one host serves two purposes. Lower case, ASCII."""
    snippets: tuple[str, ...] = ()
    """Regular expressions that recognise the service's inline loader in a script's text."""
    items: tuple[StoredItem, ...] = ()
    embeds: tuple[Embed, ...] = ()
    """Frames that may be opened by their placeholder."""
    exempt_reason: ExemptReason | None = None
    paths: tuple[str, ...] = ()
    """Page paths where the service may act, as ``/panier/*``; none means everywhere."""
    description: Texts = field(default_factory=dict)
    signals: tuple[Signal, ...] = ()
    """What is told to the vendor's own script when the service is granted or withdrawn."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one visitor decided, as far as it still holds for the configuration at hand.

    A purpose that is missing from ``purposes`` is undecided: never shown to this visitor, or
    changed since in a material way.
    """

    subject: UUID
    seq: int
    """Counts the choices of this subject, from 1."""
    made_at: datetime
    """When, in UTC; lifetimes run from here and never slide."""
    purposes: Mapping[str, bool]
    services: Mapping[str, bool] = field(default_factory=dict)
    """Answers that differ from that of the service's purpose."""
    despite: frozenset[str] = frozenset()
    """The signals that the browser objected with when it was made, ``gpc`` and ``dnt``: it was made
    in spite of these, and of no other."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The exact texts, purposes, services and languages that visitors are shown."""

    hash: str
    """SHA-256 of ``content``, in hexadecimal."""
    content: bytes
    """Canonical JSON (RFC 8785)."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What one interface showed in one language, or the scripts behind it, without anything of one
    visitor or one page."""

    hash: str
    """SHA-256 of ``content``, in hexadecimal."""
    content: bytes
    """Canonical JSON (RFC 8785)."""


class Reason(StrEnum):
    """Why a verdict is what it is."""

    OWN = "own"
    EXEMPT = "exempt"
    GRANTED = "granted"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    UNDECLARED = "undeclared"
    ELSEWHERE = "elsewhere"
    """Declared, but not for this page."""
    UNREADABLE = "unreadable"
    NOT_ENFORCED = "not-enforced"
    """Undeclared, and the site chose not to hold what it has not declared."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this host, cookie or tag act now?"""

    allowed: bool
    reason: Reason
    service: str = ""
    purpose: str = ""

    def __hash__(self) -> int:
        """Cheap, since each held tag asks for it: a page has few verdicts, of as many services."""
        return hash(self.service)
