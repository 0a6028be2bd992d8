"""Calendar months (law.md TECH-10)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from consent.months import SKEW, add_months, end_of_life

FIRST, LAST = datetime(2024, 1, 1, 12, 30, tzinfo=UTC), datetime(2040, 12, 31, 12, 30, tzinfo=UTC)


def every_day() -> Iterator[datetime]:
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def counted(start: datetime, months: int) -> datetime:
    """The same by hand: count months, clamp the day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(
        year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1])
    )


@pytest.mark.parametrize("months", range(1, 14))
def test_months_are_counted_by_the_calendar_from_every_day_of_2024_to_2040(months: int) -> None:
    assert all(add_months(day, months) == counted(day, months) for day in every_day())


def test_thirteen_months_are_393_to_397_days() -> None:
    """TECH-10."""
    assert {(add_months(day, 13) - day).days for day in every_day()} == set(range(393, 398))


def test_the_end_of_a_month_is_clamped() -> None:
    assert add_months(datetime(2027, 1, 31, tzinfo=UTC), 13) == datetime(2028, 2, 29, tzinfo=UTC)
    assert add_months(datetime(2026, 1, 31, tzinfo=UTC), 13) == datetime(2027, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize("months", range(1, 13))
def test_a_choice_ends_after_the_configured_months_to_the_second(months: int) -> None:
    """FR-16."""
    assert all(end_of_life(day, months) == counted(day, months) for day in every_day())


@pytest.mark.parametrize("months", [13, 14, 120])
def test_a_choice_never_outlives_13_months_from_when_it_can_have_been_made(months: int) -> None:
    assert all(end_of_life(day, months) == counted(day - SKEW, 13) for day in every_day())


def test_a_moment_ends_by_the_calendar_of_its_own_time_zone() -> None:
    """In Paris it is the 1st of March already, so it is not the end of February there."""
    here = datetime(2027, 2, 28, 23, 30, tzinfo=UTC)
    paris = here.astimezone(timezone(timedelta(hours=1)))
    assert here == paris
    assert end_of_life(here, 1) == datetime(2027, 3, 28, 23, 30, tzinfo=UTC)
    assert end_of_life(paris, 1) == datetime(2027, 3, 31, 23, 30, tzinfo=UTC)


def test_no_lifetime_reaches_the_400_days_at_which_browsers_cut() -> None:
    """TECH-01."""
    assert max(end_of_life(day, 13) - day for day in every_day()) < timedelta(days=400)
