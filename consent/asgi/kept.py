"""The choice that a browser keeps: read with each of our own paths, given, and taken back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from consent.asgi import replies
from consent.asgi.cookies import OwnAnswers
from consent.asgi.proof import Proof, grants
from consent.asgi.request import is_secure
from consent.asgi.sequence import Sequence
from consent.cookie import ChoiceCookie
from consent.model import Choice
from consent.objections import Objection
from consent.policy import Policy

ERASED = sys.maxsize
"""As a subject's newest number: every cookie of it was replaced."""


class KeptChoice:
    """Reads and writes the choice cookie; one per site."""

    def __init__(
        self,
        policy: Policy,
        cookie: ChoiceCookie,
        proof: Proof,
        sequence: Sequence,
        clock: Callable[[], datetime],
    ) -> None:
        self._policy = policy
        self._cookie = cookie
        self._cookies = OwnAnswers(policy, clock)
        self._proof = proof
        self._sequence = sequence
        self._clock = clock

    def read(self, request: Request) -> Choice | None:
        """As it was made; none where it is over, was replaced, or is not of our signing."""
        return self._cookie.read(
            (value for name, value in request.scope["headers"] if name == b"cookie"),
            secure=is_secure(request.scope),
            now=self._clock(),
            newest=self._sequence.newest,
        )

    def holds(self, request: Request) -> tuple[Choice | None, Objection]:
        """What holds of it, and what the browser objects to."""
        return self.objected(request, self.read(request))

    def objected(self, request: Request, choice: Choice | None) -> tuple[Choice | None, Objection]:
        """The same of a choice that is not the request's."""
        headers = request.scope["headers"]
        return self._policy.objections.apply(choice, dict(headers), headers)

    def give(
        self, request: Request, response: Response, choice: Choice, *, withdrawn: bool = False
    ) -> Response:
        """From now on this is the browser's choice.

        Args:
            withdrawn: something may act no longer.
        """
        secure = is_secure(request.scope)
        value = self._cookie.set_cookie(choice, secure=secure, now=self._clock())
        outdated = replies.PAGES_KEPT if withdrawn else replies.PAGES_AHEAD
        response.headers["clear-site-data"] = outdated
        return self._with(request, response, value, choice)

    def end(self, request: Request, response: Response, choice: Choice) -> Response:
        """What was granted ends with its proof: from now on all is held, and asked again."""
        self._sequence.note(choice.subject, ERASED)
        value = self._cookie.delete_cookie(secure=is_secure(request.scope))
        response.headers["clear-site-data"] = replies.PAGES_KEPT
        return self._with(request, response, value, None)

    async def forgotten(self, request: Request) -> Choice | None:
        """The browser's choice, if nobody knows its subject any more: it was erased elsewhere."""
        choice = self.read(request)
        forgotten = choice is not None and await self._proof.has_forgotten(choice.subject)
        return choice if forgotten else None

    def let_go(
        self,
        request: Request,
        response: Response,
        forgotten: Choice,
        after: Choice | None = None,
    ) -> Response:
        """The number of somebody who was erased is not used again (GDPR 17).

        Args:
            after: what ``successor`` gave, where the response says it.
        """
        after = after or successor(forgotten)
        if after is None:
            return self.end(request, response, forgotten)
        self._sequence.note(forgotten.subject, ERASED)
        return self.give(request, response, after)

    def taken_away(self, request: Request, choice: Choice | None) -> list[tuple[bytes, bytes]]:
        """Headers against the cookies that came with the request and are not granted."""
        return self._cookies.taken_away(request.scope, choice)

    def _with(
        self, request: Request, response: Response, value: bytes, choice: Choice | None
    ) -> Response:
        response.raw_headers.append((b"set-cookie", value))
        # Here, and not only on the next page: who closes the tab now is rid of them too (FR-19).
        # Of our own path nobody sets any, so that all the room is for the root.
        scope = {**request.scope, "raw_path": b"/"}
        response.raw_headers += self._cookies.taken_away(scope, choice)
        return response


def successor(forgotten: Choice) -> Choice | None:
    """What is left of the choice of somebody who was erased.

    A consent that nobody can show ends; a refusal needs no proof, and asking again would punish it
    (FR-16): it goes on under a new number, for as long as it would have.
    """
    return None if grants(forgotten) else replace(forgotten, subject=uuid4(), seq=1)
