"""Names in the site's code that the configuration does not have: answered no, and said once."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from consent.config import ConsentConfig
from consent.config.reading import did_you_mean
from consent.model import NECESSARY

logger = logging.getLogger("consent")

MOST_TOLD = 100
"""Different names that are warned of: a name may come from a request, and so from anybody."""


class UnknownNames:
    """Warns of misspelt purposes and services; shared by all requests of one middleware.

    An unknown name is a no, never an error: what the site asks for may be under a name that the
    next release of its configuration has (design.md §2.3).
    """

    def __init__(self, config: ConsentConfig) -> None:
        self._purposes = frozenset({NECESSARY, *(purpose.id for purpose in config.purposes)})
        self._services = frozenset(service.id for service in config.services)
        self._told: set[tuple[str, str]] = set()

    def look_at_purpose(self, name: str) -> None:
        """Is there a service with this purpose? Otherwise nobody is ever asked about it."""
        if name not in self._purposes:
            self._tell("purpose", name, self._purposes)

    def look_at_service(self, name: str) -> None:
        """Is there such a service?"""
        if name not in self._services:
            self._tell("service", name, self._services)

    def _tell(self, what: str, name: str, known: Iterable[str]) -> None:
        if (what, name) in self._told or len(self._told) >= MOST_TOLD:
            return
        self._told.add((what, name))
        logger.warning(
            "the site's code asks about the %s %s, which the configuration does not have: the"
            " answer is no, always. %s",
            what,
            ascii(name)[:80],
            did_you_mean(name, known),
        )
