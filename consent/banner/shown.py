"""What a configuration gives to show: who asks, for what, with whom. No markup, no language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from consent.catalog import purposes
from consent.config import ConsentConfig
from consent.model import NECESSARY, Purpose, Service


@dataclass(frozen=True, slots=True)
class Company:
    """One third party of the list that visitors can read before they choose (law.md FR-08)."""

    name: str
    country: str
    privacy_url: str
    uses: tuple[tuple[Service, Purpose], ...]


class Owner(Protocol):
    """Whoever answers for the site."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of a configuration that visitors read, in display order."""

    asked: tuple[Purpose, ...]
    """Purposes that need consent."""
    services: dict[str, tuple[Service, ...]]
    """Per purpose."""
    asking: frozenset[str]
    """Their ids."""
    necessary: Purpose
    """Where what is exempt is explained."""
    exempt: tuple[Service, ...]
    companies: tuple[Company, ...]
    """Third parties of ``asked``, each once: the first layer's number is this tuple's length."""


def shown(config: ConsentConfig) -> Shown:
    """Sort what ``config`` declares into what is asked, what is exempt and who is behind it."""
    asked = tuple(purpose for purpose in config.purposes if not purpose.exempt)
    services = {
        purpose.id: tuple(one for one in config.services if one.purpose == purpose.id)
        for purpose in config.purposes
    }
    return Shown(
        asked=asked,
        asking=frozenset(purpose.id for purpose in asked),
        services=services,
        necessary=next((one for one in config.purposes if one.exempt), purposes()[NECESSARY]),
        exempt=services.get(NECESSARY, ()),
        companies=_companies(asked, services, config.controller),
    )


def _companies(
    asked: tuple[Purpose, ...], services: dict[str, tuple[Service, ...]], controller: Owner
) -> tuple[Company, ...]:
    found: dict[str, list[tuple[Service, Purpose]]] = {}
    for purpose in asked:
        for service in services[purpose.id]:
            name = third_party(service, controller)
            if name:
                found.setdefault(name, []).append((service, purpose))
    return tuple(_company(name, uses) for name, uses in found.items())


def _company(name: str, uses: list[tuple[Service, Purpose]]) -> Company:
    services = [service for service, _ in uses]
    return Company(
        name=name,
        country=next((one.country for one in services if one.country), ""),
        privacy_url=next((one.privacy_url for one in services if one.privacy_url), ""),
        uses=tuple(uses),
    )


def third_party(service: Service, controller: Owner) -> str:
    """Who else than the site learns something through ``service``; "" where nobody does.

    A service with hosts but no company named still has somebody behind it: its own name stands
    in, so that nobody is left out of the count.
    """
    if service.company == controller.name:
        return ""
    return service.company or (service.name if service.hosts else "")
