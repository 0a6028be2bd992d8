"""What an entry of the catalogue must have, checked when it is loaded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from consent.catalog.forms import (
    Country,
    Host,
    Ident,
    ItemName,
    Lifetime,
    Line,
    LineTexts,
    Snippet,
    TextTexts,
    WebAddress,
)
from consent.model import ExemptReason, Purpose, Service, StoredItem


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


class Entry(Form):
    """A service as the catalogue knows it: facts, and where they come from."""

    id: Ident
    name: Line
    company: Line
    country: Country
    privacy_url: WebAddress
    purpose: Ident
    exempt_reason: ExemptReason | None = None
    """The reason that holds as the service is commonly used; it is then ``necessary``."""
    may_be_exempt: tuple[ExemptReason, ...] = ()
    """Reasons that a site may claim for it; none: it always asks (law.md FR-06, EU-23)."""
    hosts: tuple[Host, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    items: tuple[Item, ...] = ()
    description: TextTexts
    sources: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Where the facts were taken from."""

    def service(self) -> Service:
        """The same in the words of the domain."""
        return Service(
            id=self.id,
            name=self.name,
            purpose=self.purpose,
            company=self.company,
            country=self.country,
            privacy_url=self.privacy_url,
            hosts=self.hosts,
            snippets=self.snippets,
            items=tuple(item.stored() for item in self.items),
            exempt_reason=self.exempt_reason,
            description=self.description,
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
