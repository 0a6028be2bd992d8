"""A site with services of every kind, and the ruling on one of its pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from consent.config import ConsentConfig
from consent.model import Choice
from consent.policy import Policy, Ruling
from tests.sites import SECRET, SERVICES, service, site

ORIGIN = "https://www.example.fr"
COOKIES = ("_a", "_a_*", "a[b]", "a.b")

OURS = ("*.example.fr:*", "example.fr:*")

OWNERS = [
    ("https://counter.example.net/x", "counter"),
    ("https://COUNTER.example.net", "counter"),
    ("wss://counter.example.net", "counter"),
    ("http://counter.example.net", "counter"),
    ("https://counter.example.net:443/", "counter"),
    ("https://a.wide.example/", "wide"),
    ("https://a.b.wide.example/", "wide"),
    ("https://x.wide.example/", "exact"),
    ("https://y.x.wide.example/", "wide"),
    ("https://both.example/ads/1", "ads"),
    ("https://both.example/pixel", "ads"),
    ("https://both.example/pixels", "maps"),
    ("https://both.example/ads", "maps"),
    ("https://both.example/", "maps"),
    ("https://both.example/%61ds/", "ads"),
    ("https://port.example:8443", "maps"),
    ("https://a.port.example:1", "any"),
]

NOBODYS = [
    "https://sub.counter.example.net/",
    "https://counter.example.net.evil.example/",
    "https://counter.example.net./",
    "https://counter.example.net:8443/",
    "https://example.net/",
    "https://wide.example/",
    "https://awide.example/",
    "https://port.example/",
    "https://user@evil.example/",
    "https://localhost/",
    "https://[::1]/",
    "https://127.1/",
]


def items(*names: str, **more: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"name": name, "kind": "cookie", "lifetime": "P1M", **more} for name in names)


CONFIG = site(
    services=(
        *SERVICES,
        service("wide", "analytics", hosts=["*.wide.example"]),
        service("exact", "marketing", hosts=["x.wide.example"]),
        service("ads", "marketing", hosts=["both.example/ads/", "both.example/pixel"]),
        service("maps", "preferences", hosts=["both.example", "port.example:8443"]),
        service("any", "preferences", hosts=["*.port.example:1"], paths=["/shop/*", "/x"]),
        service("cookies", "analytics", items=items(*COOKIES)),
        service("other", "marketing", items=items("_a_shared", "_b*")),
        service("third", "marketing", items=items("theirs", third_party=True)),
        service("loader", "analytics", snippets=["load\\(1\\)"]),
        service("second", "marketing", snippets=["load\\("]),
    )
)


def choice(services: dict[str, bool] | None = None, **purposes: bool) -> Choice:
    return Choice(UUID(int=1), 1, datetime(2026, 1, 1, tzinfo=UTC), purposes, services or {})


def ruling(
    made: Choice | None = None,
    /,
    *,
    path: str = "/shop/a",
    origin: str = ORIGIN,
    config: ConsentConfig = CONFIG,
) -> Ruling:
    return Policy(config).ruling(made, origin=origin, path=path)


def blocking(*more: dict[str, Any], **settings: str) -> ConsentConfig:
    """A small site that holds more or less than usual."""
    return ConsentConfig(
        site={"name": "Shop", "url": ORIGIN, "languages": ["en"]},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [SECRET]},
        services=[*SERVICES, *more],
        blocking=settings,
    )
