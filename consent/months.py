"""Calendar months: how long a choice may live, and when that ends."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from dateutil.relativedelta import relativedelta

LONGEST = 13
"""No choice and no tracker outlives this many calendar months (CNIL 2020-091, law.md TECH-10)."""

SKEW = timedelta(seconds=300)
"""How far the clocks of two workers may differ (edges.md C5)."""

KNOWN = 1024
"""Ends kept: the choices of one second share theirs, and each is asked for several times."""


def add_months(start: datetime, months: int) -> datetime:
    """The same day and time, ``months`` calendar months later; the end of a month is clamped.

    Thirteen months span 393 to 397 days, depending on where they start: a fixed number of days
    either breaks the promise or cuts it short.
    """
    return start + relativedelta(months=months)


def end_of_life(made_at: datetime, months: int) -> datetime:
    """The first moment at which a choice made at ``made_at`` no longer holds.

    The cap starts ``SKEW`` early: the worker that dated the choice may have been that much ahead of
    the worker that reads it, and thirteen months are a limit on every path, not on most.
    """
    return _end(made_at, made_at.tzinfo, months)


@lru_cache(KNOWN)
def _end(made_at: datetime, _: tzinfo | None, months: int) -> datetime:
    """By the time zone too: moments that are equal may be of different months."""
    return min(add_months(made_at, months), add_months(made_at - SKEW, LONGEST))
