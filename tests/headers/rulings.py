"""Rulings for tests of headers."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from consent.config import ConsentConfig
from consent.model import Choice
from consent.policy import Policy, Ruling
from tests.sites import service, site

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


def ruling(config: ConsentConfig = CONFIG, /, **purposes: bool) -> Ruling:
    """What these answers mean; without any, the visitor is undecided."""
    choice = Choice(UUID(int=1), 1, NOW, purposes) if purposes else None
    return Policy(config).ruling(choice, origin=ORIGIN, path="/")
