"""Set-Cookie on its way out: of held services none, of the others none past 13 months.

Exempt audience measurement is not renewed on visits (law.md FR-26).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from consent.headers import depends_on_choice
from consent.headers.cookie import as_text
from consent.headers.cookie_date import parse_date
from consent.model import Verdict
from consent.months import LONGEST, add_months
from consent.policy import Ruling

WSP = " \t"
SECONDS = re.compile(r"-?[0-9]+", re.ASCII)
SURELY_SHORTER = 393 * 86400
"""Seconds that no thirteen months are shorter than."""
FOREVER = 10**9
"""Seconds, 31 years: far past any limit, and within what dates can hold."""
# An attribute longer than this is ignored (RFC 6265bis §5.6).
LONGEST_ATTRIBUTE = 1024


VISIT = timedelta(minutes=30)
"""What measuring calls a visit; a cookie that lives no longer may be set again during one."""


class SetCookieFilter:
    """Keeps the others in order, apart and byte for byte (H15)."""

    def __init__(self, ruling: Ruling, now: datetime, sent: Iterable[bytes] = ()) -> None:
        """``sent``: the raw Cookie headers of the request."""
        self._ruling = ruling
        self._now = now
        self._sent = sent
        self.depends = False
        """Whether another choice would have left other headers."""

    def kept(self, values: Iterable[bytes]) -> list[bytes]:
        """What of these Set-Cookie values may be sent, cut to 13 months."""
        checked = (self._checked(value) for value in values)
        return [value for value in checked if value is not None]

    def _checked(self, value: bytes) -> bytes | None:
        pair, _, attributes = value.decode("latin-1").partition(";")
        name, content = _parts(pair)
        life = _life(attributes)
        verdict = _verdict_on(self._ruling, name)
        self.depends = self.depends or depends_on_choice(verdict)
        # A deletion passes whoever's cookie it is: it only takes away.
        if life.is_over(self._now):
            return value
        if not verdict.allowed:
            return None
        if verdict.service in self._ruling.policy.measuring:
            return self._not_renewed(value, name, content, life)
        return self._cut(value, life)

    def _not_renewed(self, value: bytes, name: str, content: str, life: Life) -> bytes | None:
        """A measuring cookie's life counts from when it was first set, which nobody else knows.

        Setting it again with what it holds already would only prolong it. With something new, it
        passes, for one visit: a cookie cannot change and keep the end that it has.
        """
        end = life.end(self._now)
        if end is None or end <= self._now + VISIT:
            return value
        # Another visitor's response would keep it: no cache may give this one to both.
        self.depends = True
        held = _values(name, self._sent)
        if not held:
            return self._cut(value, life)
        return None if content in held else value + b"; Max-Age=%d" % VISIT.total_seconds()

    def _cut(self, value: bytes, life: Life) -> bytes:
        if life.age is not None and life.age <= SURELY_SHORTER:
            return value
        end, limit = life.end(self._now), add_months(self._now, LONGEST)
        if end is None or end <= limit:
            return value
        # The last Max-Age wins, and beats Expires (RFC 6265 §5.3): nothing else needs touching.
        return value + b"; Max-Age=%d" % (limit - self._now).total_seconds()


class Life(NamedTuple):
    """How long a cookie lives, as a browser reads its attributes."""

    age: int | None
    """Seconds, where there is a Max-Age; it beats Expires."""
    expires: datetime | None

    def end(self, now: datetime) -> datetime | None:
        """When the cookie ends; None for the session."""
        return self.expires if self.age is None else now + timedelta(seconds=self.age)

    def is_over(self, now: datetime) -> bool:
        """Does it take the cookie away?"""
        end = self.end(now)
        return end is not None and end <= now


@lru_cache(maxsize=1024)
def _life(attributes: str) -> Life:
    # Sites send the same attributes with every response, so they are read once.
    age: int | None = None
    expires: datetime | None = None
    for attribute in attributes.split(";"):
        name, _, value = (part.strip(WSP) for part in attribute.partition("="))
        if len(value) > LONGEST_ATTRIBUTE:
            continue
        if name.lower() == "max-age" and SECONDS.fullmatch(value):
            age = _clamped(value)
        elif name.lower() == "expires":
            expires = parse_date(value) or expires
    return Life(age, expires)


def _parts(pair: str) -> tuple[str, str]:
    """Name and value of what stands before the attributes.

    Without ``=``, or with nothing before it, the cookie has no name; a browser that takes one sends
    its value alone, which then may read like a name.
    """
    name, equals, content = pair.partition("=")
    if equals and not name.strip(WSP):
        name, equals, content = content.partition("=")
    known = as_text(name.strip(WSP).encode("latin-1")) if equals else ""
    return known, content.strip(WSP)


def _values(name: str, headers: Iterable[bytes]) -> set[str]:
    """The values under which a request names a cookie."""
    pairs = (pair.decode("latin-1") for header in headers for pair in header.split(b";"))
    return {content for known, content in map(_parts, pairs) if known == name}


@lru_cache(maxsize=4096)
def _verdict_on(ruling: Ruling, name: str) -> Verdict:
    return ruling.cookie(name)


def _clamped(digits: str) -> int:
    # Any number of digits is allowed, and int() refuses to read more than 4300.
    return max(-1, min(int(digits[:20]), FOREVER))
