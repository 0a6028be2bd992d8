"""The date of a cookie's Expires attribute, as browsers read it (RFC 6265 §5.1.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

DELIMITER = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?", re.ASCII)
DAY = re.compile(r"(\d{1,2})(?:\D.*)?", re.ASCII)
YEAR = re.compile(r"(\d{2,4})(?:\D.*)?", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(text: str) -> datetime | None:
    """The moment in UTC, or None where a browser would ignore the attribute, too."""
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in DELIMITER.split(text):
        if time is None and (match := TIME.fullmatch(token)):
            time = (int(match[1]), int(match[2]), int(match[3]))
        elif day is None and (match := DAY.fullmatch(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and (match := YEAR.fullmatch(token)):
            year = _century(int(match[1]))
    if time is None or day is None or month is None or year is None or year < 1601:
        return None
    try:
        return datetime(year, month, day, *time, tzinfo=UTC)
    except ValueError:
        return None


def _century(year: int) -> int:
    if 70 <= year <= 99:
        return year + 1900
    return year + 2000 if year <= 69 else year
