"""Configurations for tests: real ones, as small or as large as a test needs."""

from __future__ import annotations

from typing import Any

from consent import config
from consent.config import ConsentConfig

SECRET = "a secret of more than thirty-two characters"


def service(name: str, purpose: str, **more: Any) -> dict[str, Any]:
    """A service of the site's own."""
    return {
        "id": name,
        "name": name.title(),
        "purpose": purpose,
        "hosts": [f"{name}.example.net"],
        **more,
    }


def purpose(name: str) -> dict[str, Any]:
    """A purpose of the site's own."""
    return {"id": name, "title": {"en": name.title()}, "description": {"en": f"For {name}."}}


SERVICES = (
    service("counter", "analytics"),
    service("heatmap", "analytics"),
    service("pixel", "marketing"),
    service("till", "necessary", exempt_reason="payment"),
)


def site(
    *,
    services: tuple[dict[str, Any], ...] = SERVICES,
    purposes: tuple[dict[str, Any], ...] = (),
    secrets: tuple[str, ...] = (SECRET,),
    cookie: dict[str, Any] | None = None,
    **about: Any,
) -> ConsentConfig:
    """A site with two purposes to answer, unless told otherwise; ``about`` goes into ``[site]``."""
    path = about.pop("path", "/consent")
    return config.ConsentConfig(
        site={"name": "Shop", "url": "https://www.example.fr", "languages": ["en"], **about},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": list(secrets), **(cookie or {})},
        services=list(services),
        purposes=list(purposes),
        path=path,
    )


def large_site(purposes: int, services: int) -> ConsentConfig:
    """A site with so many purposes, which share so many services."""
    names = [f"purpose-{number}" for number in range(purposes)]
    return site(
        purposes=tuple(purpose(name) for name in names),
        services=tuple(
            service(f"service-{number}", names[number % purposes]) for number in range(services)
        ),
    )
