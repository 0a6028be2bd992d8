"""Set-Cookie on its way out: of held services none, of the others none past 13 months."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from consent.headers import depends_on_choice
from consent.headers.cookie_date import parse_date
from consent.months import LONGEST, add_months
from consent.policy import Ruling

WSP = " \t"
SECONDS = re.compile(r"-?[0-9]+", re.ASCII)
# An attribute longer than this is ignored (RFC 6265bis §5.6).
LONGEST_ATTRIBUTE = 1024


class SetCookieFilter:
    """Keeps the others in order, apart and byte for byte (H15)."""

    def __init__(self, ruling: Ruling, now: datetime) -> None:
        self._ruling = ruling
        self._now = now
        self.depends = False
        """Whether another choice would have left other headers."""

    def kept(self, values: Iterable[bytes]) -> list[bytes]:
        """What of these Set-Cookie values may be sent, cut to 13 months."""
        return [self._cut(value) for value in values if self._may_pass(value)]

    def _may_pass(self, value: bytes) -> bool:
        text = value.decode("latin-1")
        verdict = self._ruling.cookie(_name(text))
        self.depends = self.depends or depends_on_choice(verdict)
        # A deletion passes whoever's cookie it is: it only takes away.
        return verdict.allowed or self._is_deletion(text)

    def _is_deletion(self, text: str) -> bool:
        end = self._end(text)
        return end is not None and end <= self._now

    def _cut(self, value: bytes) -> bytes:
        end = self._end(value.decode("latin-1"))
        limit = add_months(self._now, LONGEST)
        if end is None or end <= limit:
            return value
        # The last Max-Age wins, and beats Expires (RFC 6265 §5.3): nothing else needs touching.
        return value + b"; Max-Age=%d" % (limit - self._now).total_seconds()

    def _end(self, text: str) -> datetime | None:
        """When the cookie ends, as a browser counts; None for the session."""
        age: int | None = None
        expires: datetime | None = None
        for attribute in text.split(";")[1:]:
            name, _, value = (part.strip(WSP) for part in attribute.partition("="))
            if len(value) > LONGEST_ATTRIBUTE:
                continue
            if name.lower() == "max-age" and SECONDS.fullmatch(value):
                age = _clamped(value)
            elif name.lower() == "expires":
                expires = parse_date(value) or expires
        return expires if age is None else self._now + timedelta(seconds=age)


def _name(text: str) -> str:
    name, equals, _ = text.partition(";")[0].partition("=")
    return name.strip(WSP) if equals else ""


FOREVER = 10**9
"""Seconds, 31 years: far past any limit, and within what dates can hold."""


def _clamped(digits: str) -> int:
    # Any number of digits is allowed, and int() refuses to read more than 4300.
    seconds = int(digits[:20])
    return max(-1, min(seconds, FOREVER))
