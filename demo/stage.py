"""One copy of one site, as it stands in a running demo; what its pages need to know."""

from __future__ import annotations

from dataclasses import dataclass

from consent import ConsentConfig
from demo.addresses import LOOPBACK, Addresses
from demo.counter import Counts, Side, Traffic


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that differs between the copies; the code of the pages is the same."""

    site: str
    side: Side
    addresses: Addresses
    counts: Counts
    config: ConsentConfig
    """For the titles of the purposes; the bare copy enforces nothing of it."""
    front: str = "boutique"
    """The site that answers on the plain loopback names."""

    @property
    def protected(self) -> bool:
        return self.side is Side.WITH

    @property
    def traffic(self) -> Traffic:
        return Traffic(self.site, self.side)

    @property
    def other(self) -> str:
        """Base URL of the same site on the other side."""
        return base_url(self.site, not self.protected, self.addresses, self.front)


def base_url(site: str, protected: bool, addresses: Addresses, front: str) -> str:
    """Where one copy of a site is. No two copies share a host name, so none shares cookies."""
    if protected:
        return addresses.shop(LOOPBACK if site == front else f"{site}.localhost")
    return addresses.without("localhost" if site == front else f"sans.{site}.localhost")
