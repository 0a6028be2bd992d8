"""Rulings for tests of headers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from consent.config import ConsentConfig
from consent.model import Choice
from consent.policy import Policy, Ruling
from tests.sites import SECRET, SERVICES, service, site

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
ORIGIN = "https://www.example.fr"
COOKIES = tuple(
    {"name": name, "kind": "cookie", "lifetime": "P13M"} for name in ("_ga", "_ga_*", "__Secure-g")
)
CONFIG = site(
    services=(
        service("counter", "analytics", items=COOKIES),
        service("pixel", "marketing"),
        service("till", "necessary", exempt_reason="payment"),
    )
)


def blocking(*services: dict[str, Any], **settings: Any) -> ConsentConfig:
    """A site with these settings in ``[blocking]``."""
    return ConsentConfig(
        site={"name": "Shop", "url": ORIGIN},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [SECRET]},
        services=list(services or SERVICES),
        blocking=settings,
    )


def ruling(config: ConsentConfig = CONFIG, /, **purposes: bool) -> Ruling:
    """What these answers mean; without any, the visitor is undecided."""
    choice = Choice(UUID(int=1), 1, NOW, purposes) if purposes else None
    return Policy(config).ruling(choice, origin=ORIGIN, path="/")
