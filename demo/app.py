"""Puts the demo together: each site twice, with the middleware and without, and the trackers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from consent import ConsentConfig, ConsentMiddleware
from demo import company, shop, tracker
from demo.addresses import Addresses
from demo.counter import Counts, Side
from demo.settings import FILES, settings
from demo.stage import Stage, base_url

BUILD: Mapping[str, Callable[[Stage], ASGIApp]] = {
    site: shop.build if site == "boutique" else company.build for site in FILES
}


@dataclass
class Demo:
    """Everything one process serves, told apart by port and host name."""

    addresses: Addresses = field(default_factory=Addresses)
    front: str = "boutique"
    """The site on the plain loopback names."""
    log: str = "sqlite:///demo.db"

    def __post_init__(self) -> None:
        self.counts = Counts()
        self.trackers = tracker.build(self.addresses, self.counts, self.front)
        self.configs = {site: self._config(site) for site in FILES}
        self.protected = {
            site: ConsentMiddleware(self._site(site, Side.WITH), config=config)
            for site, config in self.configs.items()
        }
        self.bare = {site: self._site(site, Side.WITHOUT) for site in FILES}

    def url(self, site: str, *, protected: bool = True) -> str:
        """Base URL of one copy of a site."""
        return base_url(site, protected, self.addresses, self.front)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One application for all three ports, so that one server with one loop runs it all."""
        await self._app(scope)(scope, receive, send)

    def _app(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan":
            return self.protected[self.front]
        _, port = scope["server"]
        if port == self.addresses.trackers:
            return self.trackers
        site = tracker.site_of(HTTPConnection(scope).url.hostname or "", self.front)
        return (self.bare if port == self.addresses.bare else self.protected)[site]

    def _config(self, site: str) -> ConsentConfig:
        return settings(site, self.addresses, self.log, self.url(site))

    def _site(self, site: str, side: Side) -> ASGIApp:
        config = self.configs[site]
        return BUILD[site](Stage(site, side, self.addresses, self.counts, config, self.front))
