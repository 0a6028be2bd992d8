"""What every response does about cookies, whatever it answers (edges.md H15, H16; law.md FR-19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.types import Scope

from consent.asgi.request import PageRequest, hide_cookies
from consent.headers.cookie import HeldCookies
from consent.headers.fields import Fields, Pair
from consent.headers.forget import DIRECT, PROXIED, Place, expiring
from consent.headers.set_cookie import SetCookieFilter
from consent.model import Choice
from consent.policy import Policy

FORWARDED = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-proto", b"x-real-ip"}
)
"""Set by proxies, whose room for headers is not known."""


def keep_rules(fields: Fields, request: PageRequest, now: datetime) -> bool:
    """Drop and cut what is set, take away what should not be there: did the choice matter?"""
    values = fields.all(b"set-cookie")
    cookies = SetCookieFilter(request.ruling, now, request.cookies)
    kept, gone = cookies.kept(values), taken_away(request, now)
    if gone or kept != values:
        fields.put(b"set-cookie", *kept, *gone)
    return cookies.depends or bool(gone)


def taken_away(request: PageRequest, now: datetime) -> list[bytes]:
    """Set-Cookie values against the cookies that came with the request and are not granted."""
    if not request.held:
        return []
    elsewhere = request.fields.get(b"sec-fetch-site") == b"cross-site"
    place = Place(
        host=request.host,
        path=request.target.encode("latin-1").partition(b"?")[0],
        secure=request.secure,
        embedded=elsewhere and request.dest != b"document",
    )
    room = DIRECT if FORWARDED.isdisjoint(request.fields) else PROXIED
    return expiring(request.held, place, room=room, turn=now.microsecond)


class OwnAnswers:
    """The same for the answers of our own paths: the one to a withdrawal is the first to act."""

    def __init__(self, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._policy = policy
        self._clock = clock
        self._declared = HeldCookies(policy.config.services)

    def taken_away(self, scope: Scope, choice: Choice | None) -> list[Pair]:
        """Set-Cookie headers against what came with this request and ``choice`` does not grant."""
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        if not any(map(self._declared.may_be_in, cookies)):
            return []
        # A copy: hiding cookies edits the headers.
        request = PageRequest({**scope}, dict(scope["headers"]), cookies, self._policy, choice)
        hide_cookies(request)
        return [(b"set-cookie", value) for value in taken_away(request, self._clock())]
