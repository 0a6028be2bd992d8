"""What the site's own code sees of the choice: ``request.state.consent``."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from consent.asgi.request import PageRequest
from consent.asgi.unknown import UnknownNames
from consent.model import Choice, Verdict

if TYPE_CHECKING:
    from consent.asgi.forms import Forms


class RequestConsent:
    """The choice of one request, in force before the site's code runs (design.md §2.6).

    Asking it makes the response depend on the choice: it is marked private, and to vary by cookie.
    """

    __slots__ = ("_request", "_unknown", "consulted", "forms")

    def __init__(self, request: PageRequest, unknown: UnknownNames, forms: Forms) -> None:
        self._request = request
        self._unknown = unknown
        self.forms = forms
        """Where ``record_form`` finds the log."""
        self.consulted = False
        """Whether the site's code has asked, and so its response may depend on the answer."""

    def is_of(self, scope: MutableMapping[str, Any]) -> bool:
        """Was it made for the request that this scope describes?"""
        return self._request.scope is scope

    def allows(self, purpose: str) -> bool:
        """Has the visitor granted this purpose? Undecided, unknown and refused are all no."""
        self.consulted = True
        self._unknown.look_at_purpose(purpose)
        return self._request.ruling.allows(purpose)

    def service(self, service: str) -> Verdict:
        """May this service act on this page, and why (not)?"""
        self.consulted = True
        self._unknown.look_at_service(service)
        return self._request.ruling.service(service)

    @property
    def objections(self) -> tuple[str, ...]:
        """What the visitor's browser objects with: ``gpc``, ``dnt``; empty where not heeded."""
        self.consulted = True
        return self._request.objection.names

    @property
    def depends_on(self) -> tuple[bytes, ...]:
        """The request's headers that the answers come from, for ``Vary``."""
        return self._request.policy.choice_headers

    @property
    def choice(self) -> Choice | None:
        """What holds of the choice; None while undecided."""
        self.consulted = True
        return self._request.choice

    @property
    def decided(self) -> bool:
        """Has the visitor answered for every purpose that needs consent?"""
        self.consulted = True
        return self._request.policy.decided(self._request.choice)
