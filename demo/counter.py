"""What reached the third parties, counted where it arrives: at their server, not in the browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Side(StrEnum):
    """Which of the two copies of a site made the browser ask."""

    WITH = "with"
    WITHOUT = "without"
    UNKNOWN = "unknown"
    """The request carried nothing that tells."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Whose request it was."""

    site: str
    side: Side


PAGE = ""
"""Stands in the place of a service for a page of the site itself."""


@dataclass(slots=True)
class Counts:
    """Everything that arrived, in its order, so that each visitor is shown what came since he did.

    One event loop: no lock. It grows as long as the demo runs, by some bytes a request.
    """

    arrived: list[tuple[Traffic, str]] = field(default_factory=list)

    def request(self, traffic: Traffic, service: str) -> None:
        """A third party was asked for something."""
        self.arrived.append((traffic, service))

    def page(self, traffic: Traffic) -> None:
        """A page of the site was seen."""
        self.arrived.append((traffic, PAGE))

    @property
    def now(self) -> int:
        """The place in the order where the next one will be."""
        return len(self.arrived)

    def of(self, traffic: Traffic, since: int = 0) -> Counter[str]:
        """Requests by service."""
        return Counter(service for service in self._of(traffic, since) if service != PAGE)

    def pages(self, traffic: Traffic, since: int = 0) -> int:
        return sum(service == PAGE for service in self._of(traffic, since))

    @property
    def requests(self) -> dict[Traffic, Counter[str]]:
        """Of every site and side that made any."""
        asked = {traffic for traffic, service in self.arrived if service != PAGE}
        return {traffic: self.of(traffic) for traffic in asked}

    def _of(self, traffic: Traffic, since: int) -> Iterable[str]:
        return (service for whose, service in self.arrived[since:] if whose == traffic)
