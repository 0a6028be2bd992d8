"""What an entry of the catalogue must have, checked when it is loaded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from consent.catalog.embeds import host_of
from consent.catalog.forms import (
    LANGUAGES,
    Country,
    EmbedUrl,
    Host,
    Ident,
    ItemName,
    Lifetime,
    Line,
    LineTexts,
    QueryKey,
    Snippet,
    Source,
    TextTexts,
    WebAddress,
)
from consent.catalog.hosts import covers
from consent.catalog.problems import wrong
from consent.errors import Code
from consent.model import NECESSARY, Embed, ExemptReason, Purpose, Service, Signal, StoredItem


class Form(BaseModel):
    """Frozen, and no key that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Item(Form):
    """A cookie or a storage key."""

    name: ItemName
    kind: Literal["cookie", "local", "session"] = "cookie"
    lifetime: Lifetime = "session"
    description: TextTexts = {}
    third_party: StrictBool = False

    def stored(self) -> StoredItem:
        """The same in the words of the domain."""
        return StoredItem(**self.model_dump())


class EmbedForm(Form):
    """A kind of frame whose address may be built again from a page's markup."""

    url: EmbedUrl
    query: tuple[QueryKey, ...] = ()

    def embed(self) -> Embed:
        """The same in the words of the domain."""
        return Embed(self.url, self.query)


class Entry(Form):
    """A service as the catalogue knows it: facts, and where they come from."""

    id: Ident
    name: Line
    company: Line | None = None
    """Who receives something; none for software that runs on the site's own servers."""
    country: Country | None = None
    privacy_url: WebAddress | None = None
    purpose: Ident
    exempt_reason: ExemptReason | None = None
    """The reason that holds as the service is commonly used; it is then ``necessary``."""
    may_be_exempt: tuple[ExemptReason, ...] = ()
    """Reasons that a site may claim for it; none: it always asks (law.md FR-06, EU-23)."""
    hosts: tuple[Host, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    items: tuple[Item, ...] = ()
    embeds: tuple[EmbedForm, ...] = ()
    signals: tuple[Signal, ...] = ()
    description: TextTexts
    sources: Annotated[tuple[Source, ...], Field(min_length=2)]
    """Where the facts were taken from: a page each, or a collection by its name."""
    checked: date
    """When the facts were last compared with the sources."""

    @model_validator(mode="after")
    def _has_two_sources(self) -> Self:
        if len(set(self.sources)) < len(self.sources):
            raise wrong(Code.DUPLICATE, "A source is named twice.", "Name another one.")
        return self

    @model_validator(mode="after")
    def _names_who_receives(self) -> Self:
        """Only what contacts no host can do without a company (law.md FR-08)."""
        facts = {self.company, self.country, self.privacy_url}
        if (facts & {None}) and (facts != {None} or self.hosts):
            raise wrong(Code.TEXT, "The company is not named.", "Name it, with its country.")
        return self

    @model_validator(mode="after")
    def _is_recognised(self) -> Self:
        if not (self.hosts or self.snippets or self.items):
            raise wrong(Code.NOTHING_CLAIMED, "Nothing tells this service.", "Name its hosts.")
        return self

    @model_validator(mode="after")
    def _says_so_in_every_language(self) -> Self:
        for texts in (self.description, *(item.description for item in self.items)):
            if set(texts) != set(LANGUAGES):
                raise wrong(Code.TEXTS_MISSING, "A language is missing.", "Write fr and en.")
        return self

    @model_validator(mode="after")
    def _has_a_reason_if_necessary(self) -> Self:
        if (self.purpose == NECESSARY) != (self.exempt_reason is not None):
            raise wrong(Code.REASON_MISSING, "What is necessary says why.", "Give a reason.")
        return self

    @model_validator(mode="after")
    def _embeds_are_its_own(self) -> Self:
        for each in self.embeds:
            if not any(covers(host, host_of(each.embed())) for host in self.hosts):
                raise wrong(Code.HOST, f"{each.url!r} is not on a host of {self.id}.", "Claim it.")
        return self

    def service(self) -> Service:
        """The same in the words of the domain."""
        return Service(
            id=self.id,
            name=self.name,
            purpose=self.purpose,
            company=self.company or "",
            country=self.country or "",
            privacy_url=self.privacy_url or "",
            hosts=self.hosts,
            snippets=self.snippets,
            items=tuple(item.stored() for item in self.items),
            embeds=tuple(each.embed() for each in self.embeds),
            exempt_reason=self.exempt_reason,
            description=self.description,
            signals=self.signals,
        )

    @property
    def reasons(self) -> frozenset[ExemptReason]:
        """Every reason for which this service may be ``necessary``."""
        return frozenset(filter(None, (*self.may_be_exempt, self.exempt_reason)))


class PurposeEntry(Form):
    """A built-in purpose, with its texts in every built-in language."""

    id: Ident
    title: LineTexts
    description: TextTexts
    detail: TextTexts

    def purpose(self) -> Purpose:
        """The same in the words of the domain."""
        return Purpose(self.id, self.title, self.description, self.detail)
