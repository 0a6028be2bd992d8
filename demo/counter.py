"""What reached the third parties, counted where it arrives: at their server, not in the browser."""

from __future__ import annotations

from collections import Counter
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


@dataclass(slots=True)
class Counts:
    """Requests by service, and pages seen, of every site and side. One event loop: no lock."""

    requests: dict[Traffic, Counter[str]] = field(default_factory=dict)
    pages: Counter[Traffic] = field(default_factory=Counter)

    def request(self, traffic: Traffic, service: str) -> None:
        """A third party was asked for something."""
        self.requests.setdefault(traffic, Counter())[service] += 1

    def page(self, traffic: Traffic) -> None:
        """A page of the site was seen."""
        self.pages[traffic] += 1

    def of(self, traffic: Traffic) -> Counter[str]:
        return self.requests.get(traffic, Counter())

    def reset(self, site: str) -> None:
        """Start again for one site, both sides."""
        for counted in (self.requests, self.pages):
            for traffic in [each for each in counted if each.site == site]:
                del counted[traffic]
