"""Who watches a response: told by the scope itself, and only while it is being sent (H18)."""

from __future__ import annotations

from typing import Final

from starlette.types import Scope

from consent.asgi.state import RequestConsent

WATCH: Final = "consent.watch"


class Watch:
    """One watched response. A copy of its scope may outlive it, so it says itself that it ended."""

    is_open = True


def is_watched(scope: Scope) -> bool:
    """Does another of us, further out, read the response to this very call?"""
    watch = scope.get(WATCH)
    return isinstance(watch, Watch) and watch.is_open


def begin(scope: Scope) -> Watch:
    """From here on the response is watched, also by scopes copied from this one."""
    watch = scope[WATCH] = Watch()
    return watch


def end(scope: Scope, watch: Watch) -> None:
    """Whoever calls the site again, with this scope or a copy, is watched anew."""
    watch.is_open = False
    scope.pop(WATCH, None)


def tell(scope: Scope, consent: RequestConsent) -> None:
    """Put the choice where the site's code finds it, on the same scope.

    A copy of the scope would hide from outer middleware what routing writes to it. The state is
    copied only where another request's choice is in it: some servers give all the same one.
    """
    state = scope.setdefault("state", {})
    known = state.get("consent")
    if isinstance(known, RequestConsent) and not known.is_of(scope):
        state = scope["state"] = dict(state)
    state["consent"] = consent
