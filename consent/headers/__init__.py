"""Response headers that contact, store or open something: what is held is taken out of them."""

from __future__ import annotations

from consent.model import Reason, Verdict

_ANSWERED = frozenset({Reason.GRANTED, Reason.REFUSED, Reason.UNDECIDED})


def depends_on_choice(verdict: Verdict) -> bool:
    """Would another visitor get another verdict? Then the response varies by the cookie (K1)."""
    return verdict.reason in _ANSWERED
