"""What differs between two versions of what visitors are told: what an announcement has to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from consent.config.resolve import CHOICE_SERVICE, in_languages, translated
from consent.model import Service

if TYPE_CHECKING:
    from consent.config import ConsentConfig

PARTS: Mapping[str, tuple[str, ...]] = {
    "provider": ("company", "country"),
    "purpose": ("purpose", "exempt_reason"),
    "trackers": ("items",),
    "hosts": ("hosts",),
    "pages": ("paths",),
    "texts": ("name", "description", "privacy_url"),
}
"""What may change of a service, by the words for it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One of them."""

    what: str
    """As ``service_new``: the texts of ``[changes]`` are called so."""
    id: str = ""
    """Of the service or purpose."""
    parts: tuple[str, ...] = ()
    """Of a service: what changes of it, keys of ``PARTS``."""

    def said(self) -> dict[str, Any]:
        """As the notice has it."""
        return {"what": self.what, "id": self.id, "parts": list(self.parts)}


def changes(before: ConsentConfig, after: ConsentConfig) -> tuple[Change, ...]:
    """In the order in which a reader wants them; ``asked`` are those asked again (EU-12)."""
    return (*_whole(before, after), *_purposes(before, after), *_services(before, after))


def _whole(before: ConsentConfig, after: ConsentConfig) -> Iterator[Change]:
    whole = {
        "controller": (before.controller, after.controller),
        "site": (before.site.name, after.site.name),
        "policy": (before.site.policy_url, after.site.policy_url),
        "languages": (before.site.languages, after.site.languages),
        "lifetime": (before.cookie.lifetime_months, after.cookie.lifetime_months),
        "retention": (before.log.retention_years, after.log.retention_years),
    }
    yield from (Change(what) for what, (old, new) in whole.items() if old != new)


def _purposes(before: ConsentConfig, after: ConsentConfig) -> Iterator[Change]:
    tags = _common(before, after)
    old, new = (
        {each.id: in_languages(each, tags) for each in config.purposes}
        for config in (before, after)
    )
    yield from (Change("purpose_new", name) for name in new if name not in old)
    yield from (Change("purpose_gone", name) for name in old if name not in new)
    yield from (
        Change("purpose_texts", name) for name in new if old.get(name, new[name]) != new[name]
    )
    for name, purpose in new.items():
        if name in old and not purpose.exempt and before.facts[name] != after.facts[name]:
            yield Change("purpose_asked", name)


def _services(before: ConsentConfig, after: ConsentConfig) -> Iterator[Change]:
    tags = _common(before, after)
    old, new = (
        {each.id: translated(each, tags) for each in config.services} for config in (before, after)
    )
    yield from (Change("service_new", name) for name in new if name not in old)
    yield from (Change("service_gone", name) for name in old if name not in new)
    for name, service in new.items():
        parts = _parts(old.get(name, service), service)
        # How long our own cookie is kept is said of the choice.
        if parts and name != CHOICE_SERVICE:
            yield Change("service_changed", name, parts)


def _parts(old: Service, new: Service) -> tuple[str, ...]:
    return tuple(
        part
        for part, names in PARTS.items()
        if any(getattr(old, name) != getattr(new, name) for name in names)
    )


def _common(before: ConsentConfig, after: ConsentConfig) -> tuple[str, ...]:
    """What is said in one language more, or less, is no other text."""
    return tuple(tag for tag in before.site.languages if tag in after.site.languages)
