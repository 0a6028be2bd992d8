"""Settings and the catalogue → the services and purposes that hold for this site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from consent.catalog import catalogue, purposes
from consent.catalog.nearest import nearest
from consent.config.settings import Cookie, OwnService, PurposeSetting, Site, UsedService
from consent.errors import Code, Problem
from consent.model import NECESSARY, ExemptReason, Purpose, Service, StoredItem, Texts

CHOICE_SERVICE = "consent-choice"
"""Id of the service that is this very tool: the cookie that holds the choice."""


@dataclass(frozen=True)
class Placed:
    """A service and where it was written."""

    path: str
    service: Service


def services(
    written: Iterable[tuple[str, UsedService | OwnService]], problems: list[Problem]
) -> list[Placed]:
    """Each service with the catalogue's facts, and the problems with finding them."""
    placed = []
    for path, setting in written:
        if isinstance(setting, OwnService):
            placed.append(Placed(path, _own(setting)))
        elif setting.use in catalogue():
            placed.append(_used(path, setting))
        else:
            fix = _service_meant(setting.use)
            message = f"The catalogue has no service {setting.use!r}."
            problems.append(Problem(Code.UNKNOWN_SERVICE, f"{path}.use", message, fix))
    return placed


def _service_meant(written: str) -> str:
    """What to write instead; several hundred ids would help nobody."""
    ids = [f"'{each}'" for each in nearest(written)]
    if not ids:
        return (
            "docs/catalogue.md lists them all; a service that is not among them is declared"
            " without 'use', by an id, a name, a purpose and hosts of its own."
        )
    return f"Did you mean {' or '.join(filter(None, [', '.join(ids[:-1]), ids[-1]]))}?"


def known_purposes(written: Iterable[tuple[str, PurposeSetting]]) -> dict[str, Purpose]:
    """Built-in and own purposes by id, in display order; of a duplicate the last holds."""
    known = dict(purposes())
    for _, setting in written:
        base = known.get(setting.id) or Purpose(setting.id, {}, {})
        known[setting.id] = replace(
            base,
            title={**base.title, **setting.title},
            description={**base.description, **setting.description},
            detail={**base.detail, **setting.detail},
        )
    return known


def spoken(texts: Texts, languages: Iterable[str]) -> dict[str, str]:
    """A text in the languages of the site; ``fr`` also serves for ``fr-CA``."""
    return dict(_spoken(texts, languages))


def _spoken(texts: Texts, languages: Iterable[str]) -> Iterator[tuple[str, str]]:
    for tag in languages:
        text = texts.get(tag) or texts.get(tag.partition("-")[0])
        if text is not None:
            yield tag, text


def translated(service: Service, languages: tuple[str, ...]) -> Service:
    """The service with its texts in the languages of the site only."""
    items = tuple(replace(i, description=spoken(i.description, languages)) for i in service.items)
    return replace(service, items=items, description=spoken(service.description, languages))


def in_languages(purpose: Purpose, languages: tuple[str, ...]) -> Purpose:
    """The same of a purpose."""
    return replace(
        purpose,
        title=spoken(purpose.title, languages),
        description=spoken(purpose.description, languages),
        detail=spoken(purpose.detail, languages),
    )


def own_cookie(cookie: Cookie, site: Site) -> Service:
    """The cookie that remembers the choice: exempt, and told of (law.md FR-02, FR-25)."""
    plain = cookie.domain is not None or site.url.startswith("http:")
    item = StoredItem(
        name="eu-consent" if plain else "__Host-eu-consent",
        lifetime=f"P{cookie.lifetime_months}M",
        description={
            "fr": "Retient ce que vous avez accepté et refusé ici, et depuis quand.",
            "en": "Remembers what you accepted and refused here, and since when.",
        },
    )
    return Service(
        id=CHOICE_SERVICE,
        name="Consent",
        purpose=NECESSARY,
        items=(item,),
        exempt_reason=ExemptReason.CHOICE,
        description={
            "fr": "Applique vos choix et évite de vous les demander à chaque page.",
            "en": "Applies your choices, and saves asking you again on every page.",
        },
    )


def _used(path: str, setting: UsedService) -> Placed:
    entry = catalogue()[setting.use]
    purpose = setting.purpose or (NECESSARY if setting.exempt_reason else entry.purpose)
    # A service that is moved away from what is necessary asks, whatever the catalogue says.
    reason = setting.exempt_reason or (entry.exempt_reason if purpose == NECESSARY else None)
    base = entry.service()
    service = replace(
        base,
        name=setting.name or base.name,
        company=setting.company or base.company,
        country=setting.country or base.country,
        privacy_url=setting.privacy_url or base.privacy_url,
        purpose=purpose,
        exempt_reason=reason,
        hosts=tuple(dict.fromkeys((*base.hosts, *setting.extra_hosts))),
        embeds=(*base.embeds, *(each.embed() for each in setting.embeds)),
        paths=setting.paths,
        description={**base.description, **setting.description},
    )
    return Placed(path, service)


def _own(setting: OwnService) -> Service:
    return Service(
        id=setting.id,
        name=setting.name,
        purpose=setting.purpose,
        company=setting.company or "",
        country=setting.country or "",
        privacy_url=setting.privacy_url or "",
        hosts=tuple(dict.fromkeys(setting.hosts)),
        snippets=setting.snippets,
        items=tuple(item.stored() for item in setting.items),
        embeds=tuple(each.embed() for each in setting.embeds),
        exempt_reason=setting.exempt_reason,
        paths=setting.paths,
        description=setting.description,
        signals=setting.signals,
    )


def displayed(
    known: dict[str, Purpose], shown: tuple[Service, ...], languages: tuple[str, ...]
) -> tuple[Purpose, ...]:
    """The purposes that have a service, in display order, in the languages of the site."""
    used = {service.purpose for service in shown}
    return tuple(in_languages(each, languages) for each in known.values() if each.id in used)
