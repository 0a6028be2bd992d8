"""The sections of a configuration, each value checked on its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import ada_url
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, model_validator

from consent.catalog.forms import (
    Country,
    Host,
    Ident,
    Language,
    Line,
    LineTexts,
    PathPattern,
    Snippet,
    TextTexts,
    WebAddress,
)
from consent.catalog.problems import wrong
from consent.catalog.schema import EmbedForm, Form, Item
from consent.config.addresses import is_loopback, origin, own_address, parent_domain, witness
from consent.errors import Code
from consent.model import ExemptReason, Signal

LONGEST_LIFETIME = 13
LONGEST_RETENTION = 30
_MAIL = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_LOG = re.compile(r"(?:sqlite(?:\+aiosqlite)?:///(?!:memory:)|postgresql(?:\+asyncpg)?://)\S+")
_VARIABLE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")


def _mail(address: str) -> str:
    if not _MAIL.fullmatch(address):
        raise wrong(
            Code.ADDRESS, f"{address!r} is not an e-mail address.", "Write it as 'name@example.fr'."
        )
    return address


def _months(months: int) -> int:
    if not 1 <= months <= LONGEST_LIFETIME:
        raise wrong(
            Code.LIFETIME,
            f"A choice cannot be kept for {months} months.",
            f"Write 6 (what the CNIL recommends), or any number from 1 to {LONGEST_LIFETIME}.",
        )
    return months


def _years(years: int) -> int:
    if not 1 <= years <= LONGEST_RETENTION:
        raise wrong(
            Code.RETENTION,
            f"Proof cannot be kept for {years} years.",
            f"Write 5, or any number from 1 to {LONGEST_RETENTION}.",
        )
    return years


def is_database(url: str) -> bool:
    """Whether a URL names a database that the log can be kept in."""
    return _LOG.fullmatch(url) is not None


def _log_url(url: str) -> str:
    if not is_database(url) and not _VARIABLE.fullmatch(url):
        raise wrong(  # the value may hold a password, so it is not repeated
            Code.LOG_URL,
            "The log needs SQLite or PostgreSQL.",
            "Write 'sqlite:///consent.db', 'postgresql://user@host/db' or 'env:NAME'.",
        )
    return url


def _path(path: str) -> str:
    if not _PATH.fullmatch(path) or "/." in path:
        raise wrong(
            Code.PATH,
            f"{path!r} cannot be where our pages live.",
            "Begin with '/', end without, as '/consent'.",
        )
    return path


def _languages(tags: tuple[str, ...]) -> tuple[str, ...]:
    if not tags or len(set(tags)) < len(tags):
        raise wrong(
            Code.LANGUAGE,
            "No language is named, or one is named twice.",
            "Name each language of the site once, the default one first, as ['fr', 'en'].",
        )
    return tags


def _seal(value: object) -> object:
    if value is True or value is False or value == "strict":
        return value
    raise wrong(
        Code.UNKNOWN_VALUE,
        f"{value!r} is not a kind of seal.",
        'Write true, false (without quotes) or "strict".',
    )


Mail = Annotated[str, AfterValidator(_mail)]


class Site(Form):
    """The site whose visitors are asked."""

    name: Line
    url: Annotated[str, AfterValidator(origin)]
    """Its origin: scheme, host, and port if unusual."""
    languages: Annotated[tuple[Language, ...], AfterValidator(_languages)] = ("en",)
    policy_url: Annotated[str, AfterValidator(own_address)] = ""
    """The site's own privacy policy; where unset, the generated page."""
    trusted_origins: tuple[Annotated[str, AfterValidator(origin)], ...] = ()
    development: StrictBool = False
    """Unless set: whether the site is reached by plain HTTP or on the machine itself."""

    @model_validator(mode="before")
    @classmethod
    def _guess_development(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "development" in data:
            return data
        url = data.get("url")
        if not isinstance(url, str) or not ada_url.URL.can_parse(url):
            return data
        parsed = ada_url.URL(url)
        made_here = parsed.protocol != "https:" or is_loopback(parsed.hostname)
        return {**data, "development": made_here}


class Controller(Form):
    """Who decides why and how (GDPR 4(7), 13(1)(a) and (b))."""

    name: Line
    address: Line
    email: Mail
    dpo_email: Mail | None = None
    country: Country | None = None
    """Where it is established: whose authority is in charge of it (GDPR 56(1))."""


class Cookie(Form):
    """The cookie that holds a visitor's choice."""

    secrets: Annotated[tuple[str, ...], Field(repr=False)] = ()
    """Newest last: all verify, the last signs."""
    lifetime_months: Annotated[StrictInt, AfterValidator(_months)] = 6
    domain: Annotated[str, AfterValidator(parent_domain)] | None = None
    """Shares the choice with the subdomains of this name."""


class Log(Form):
    """Where choices are proven."""

    url: Annotated[str, AfterValidator(_log_url), Field(repr=False)] = "sqlite:///consent.db"
    keys: Annotated[tuple[str, ...], Field(repr=False)] = ()
    """Seeds of what the log is signed with, newest last: all verify, the last signs."""
    witnesses: tuple[Annotated[str, AfterValidator(witness)], ...] = ()
    """Who keeps copies of what it has signed."""
    retention_years: Annotated[StrictInt, AfterValidator(_years)] = 5


class Blocking(Form):
    """What is held, and where."""

    undeclared_hosts: Literal["block", "report", "allow"] = "block"
    undeclared_cookies: Literal["block", "report"] = "report"
    seal: Annotated[bool | Literal["strict"], BeforeValidator(_seal)] = True
    exclude_paths: tuple[PathPattern, ...] = ()


class Signals(Form):
    """What the browser asks for its visitor, and what is made of it (law.md §4)."""

    gpc: StrictBool = True
    """Whether ``Sec-GPC: 1`` is an objection."""
    dnt: StrictBool = True
    """Whether ``DNT: 1`` is one."""
    purposes: tuple[Ident, ...] = ("marketing", "social")
    """What they object to, where it is asked for at all."""
    banner: StrictBool = True
    """Whether a visitor whose browser objects is asked all the same."""
    gpc_last_update: date = date(2026, 11, 22)
    """When what is made of Global Privacy Control last changed: of this package, unless set."""


class PurposeSetting(Form):
    """What differs from a built-in purpose, or a purpose of the site's own."""

    id: Ident
    title: LineTexts = {}
    description: TextTexts = {}
    detail: TextTexts = {}


class UsedService(Form):
    """A service of the catalogue, and what is different here."""

    use: str
    name: Line | None = None
    company: Line | None = None
    """Who receives the data, where that is not the catalogue's: the site itself, if it hosts it."""
    country: Country | None = None
    privacy_url: WebAddress | None = None
    purpose: str | None = None
    exempt_reason: ExemptReason | None = None
    extra_hosts: tuple[Host, ...] = ()
    embeds: tuple[EmbedForm, ...] = ()
    """Frames on ``extra_hosts`` that may be opened by their placeholder."""
    paths: tuple[PathPattern, ...] = ()
    description: TextTexts = {}


class OwnService(Form):
    """A service that the catalogue does not know."""

    id: Ident
    name: Line
    purpose: str
    company: Line | None = None
    country: Country | None = None
    privacy_url: WebAddress | None = None
    exempt_reason: ExemptReason | None = None
    hosts: tuple[Host, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    items: tuple[Item, ...] = ()
    embeds: tuple[EmbedForm, ...] = ()
    """Frames that may be opened by their placeholder."""
    paths: tuple[PathPattern, ...] = ()
    signals: tuple[Signal, ...] = ()
    description: TextTexts = {}


class Top(Form):
    """What stands outside any section."""

    path: Annotated[str, AfterValidator(_path)] = "/consent"
    effective_from: date | None = None
    """Since when this version is in force (P-19)."""


UPCOMING = "upcoming"
"""The table of what will hold."""
CHANGEABLE: Mapping[str, frozenset[str]] = {
    "site": frozenset({"name", "languages", "policy_url"}),
    "controller": frozenset(Controller.model_fields),
    "cookie": frozenset({"lifetime_months"}),
    "log": frozenset({"retention_years"}),
    "purposes": frozenset(),
    "services": frozenset(),
}
"""What it may change: what visitors are told. How a site is run is nobody's to be announced."""


class UpcomingSetting(Form):
    """What it says besides."""

    effective_from: date
    """The day it begins, at midnight in UTC."""
    summary: TextTexts = {}
    """What changes, in the site's own words."""
