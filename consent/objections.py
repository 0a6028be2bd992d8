"""What a browser asks for its visitor: Global Privacy Control and Do Not Track (law.md §4).

Neither is a choice, nor ever a grant (GPC-04): it is an objection (GDPR 21(5), EU-38). While
nothing is decided, everything is held anyway. What was granted before the browser objected is held
from then on, as far as the objection goes. Who grants it while the browser objects knows of both,
and decides; a signal that comes later is a new objection.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

from consent.config import ConsentConfig
from consent.model import Choice

GPC, DNT = b"Sec-GPC", b"DNT"

Pair = tuple[bytes, bytes]


class Objection(NamedTuple):
    """What the browser of one request objects with."""

    names: tuple[str, ...] = ()
    """``gpc``, ``dnt``."""
    holds: bool = False
    """Is nothing of it granted, since the visitor has not decided otherwise in spite of it?"""


NONE = Objection()


class Objections:
    """What one configuration makes of them; shared by all requests."""

    def __init__(self, config: ConsentConfig) -> None:
        settings = config.signals
        asked = {purpose.id for purpose in config.purposes if not purpose.exempt}
        self.purposes = frozenset(settings.purposes) & asked
        """What they are about, of that which is asked."""
        on = [header for header, heeded in ((GPC, settings.gpc), (DNT, settings.dnt)) if heeded]
        self.headers = tuple(on) if self.purposes else ()
        """The headers that an answer may depend on, as in ``Vary``."""
        self._keys = tuple(header.lower() for header in self.headers)
        self._services = {
            service.id for service in config.services if service.purpose in self.purposes
        }

    def apply(
        self, choice: Choice | None, fields: Mapping[bytes, bytes], headers: Collection[Pair]
    ) -> tuple[Choice | None, Objection]:
        """What holds of a choice, and what the browser objects to.

        Args:
            choice: as the visitor made it.
            fields: the request's headers as a look-up.
            headers: all of them: of several of one name, one that says ``1`` is enough (GPC-01).
        """
        if fields.keys().isdisjoint(self._keys):
            return choice, NONE
        names = tuple(_NAMES[key] for key in self._keys if _says(key, headers))
        if not names:
            return choice, NONE
        if choice is None or not self._granted(choice):
            return choice, Objection(names, holds=True)
        if choice.despite.issuperset(names):
            return choice, Objection(names, holds=False)
        return self._without(choice), Objection(names, holds=True)

    def _without(self, choice: Choice) -> Choice:
        purposes = {
            name: granted and name not in self.purposes for name, granted in choice.purposes.items()
        }
        services = {
            name: granted for name, granted in choice.services.items() if name not in self._services
        }
        return replace(choice, purposes=purposes, services=services)

    def _granted(self, choice: Choice) -> bool:
        return any(choice.purposes.get(name) for name in self.purposes) or any(
            choice.services.get(name) for name in self._services
        )


_NAMES = {GPC.lower(): "gpc", DNT.lower(): "dnt"}


def _says(key: bytes, headers: Collection[Pair]) -> bool:
    """Exactly ``1``: anything else is not the signal (GPC-01)."""
    return any(name == key and value.strip(b" \t") == b"1" for name, value in headers)
