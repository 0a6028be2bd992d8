"""Choice ⇄ the visitor's cookie: signed, short, dated by the server, never older than 13 months."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import want_bytes

from consent.config import ConsentConfig
from consent.cookie import payload
from consent.cookie.header import values_of
from consent.cookie.marks import Marks, despite, overridden
from consent.cookie.payload import Token
from consent.errors import ChoiceNotEncodable
from consent.model import Choice
from consent.months import SKEW, end_of_life

NAME = "eu-consent"
"""The name that the CNIL encourages (law.md FR-27)."""

HOST_NAME = f"__Host-{NAME}"
"""Over HTTPS: a browser takes no cookie of this name from a subdomain (law.md TECH-04, TECH-06)."""

LONGEST_PAIR = 4096
"""Octets of name and value above which browsers ignore a cookie (law.md TECH-02)."""

MOST_COPIES = 8
"""Different values of our name in one request that are looked at; more are an attack, or noise."""

CACHED = 4096
"""Cookies kept decoded, some hundreds of bytes each."""

EXPIRED = "Thu, 01 Jan 1970 00:00:00 GMT"

# 32 bytes of signature are 43 characters. The alphabet is checked because Python's decoder skips
# what is foreign to it: one signature would have endless spellings.
SIGNED = re.compile(rb"[A-Za-z0-9_-]{24,4096}\.[A-Za-z0-9_-]{43}")


class Opened(NamedTuple):
    """A choice that was signed by us, and between which moments it may be believed."""

    choice: Choice
    earliest: datetime
    end: datetime


class ChoiceCookie:
    """Reads and writes the choice cookie of one site."""

    def __init__(self, config: ConsentConfig) -> None:
        self._domain = config.cookie.domain
        self._months = config.cookie.lifetime_months
        self._marks = Marks(config)
        self._signer = _Signer(
            list(config.cookie.secrets),
            salt=_salt(config),
            key_derivation="hmac",
            digest_method=sha256,
        )
        # Only what was signed by us is kept: opening anything else raises, and strangers cannot
        # fill the cache. Keyed by the value as sent; spellings of one signature (edges.md C2) are
        # at most four entries that say the same.
        self._open = lru_cache(CACHED)(self._open_cold)

    def name(self, secure: bool) -> str:
        """The cookie's name on a request over HTTPS (``secure``) or plain HTTP.

        A cookie that is shared over subdomains cannot have the prefix. Without sharing, the plain
        name is not even read over HTTPS: any subdomain may plant it.
        """
        return HOST_NAME if secure and not self._domain else NAME

    def expires_at(self, choice: Choice) -> datetime:
        """When ``choice`` ends, counted from when it was made; refusal and grant alike (FR-16)."""
        return end_of_life(choice.made_at, self._months)

    def read(
        self,
        headers: Iterable[bytes],
        *,
        secure: bool,
        now: datetime,
        newest: Callable[[UUID], int] = lambda subject: 0,
    ) -> Choice | None:
        """The visitor's choice from the raw ``Cookie`` headers; ``None`` where there is any doubt.

        Args:
            newest: the highest sequence number known of a subject; what is older was replaced
                (edges.md C12).

        Of several cookies that we signed for one subject the newest counts; two that contradict
        each other count as none (C8). Others are noise.
        """
        values = values_of(self.name(secure).encode(), headers)
        if len(values) > 1:
            return self._one_of(set(values), now, newest)
        choice = self.decode(values[0], now=now) if values else None
        return choice if choice and choice.seq >= newest(choice.subject) else None

    def decode(self, value: bytes, *, now: datetime) -> Choice | None:
        """The choice in one cookie value, or ``None``: forged, expired, of another site, garbage.

        The age is that of the signed time, whatever the browser was told (edges.md C6), and is
        checked each time, cached or not.
        """
        opened = self._opened(value)
        return opened.choice if opened and opened.earliest <= now < opened.end else None

    def expired(self, headers: Iterable[bytes], *, secure: bool, now: datetime) -> Choice | None:
        """The choice that we signed and whose time is over, if that is what the cookie holds."""
        values = set(values_of(self.name(secure).encode(), headers))
        opened = self._opened(values.pop()) if len(values) == 1 else None
        return opened.choice if opened and opened.end <= now else None

    def encode(self, choice: Choice, *, now: datetime) -> str:
        """The cookie's value; signing again never moves the time of choice.

        Raises:
            ChoiceNotEncodable: the choice is over, dated in the future, or too long for a cookie.
        """
        if not choice.made_at - SKEW <= now < self.expires_at(choice):
            raise ChoiceNotEncodable(f"made at {choice.made_at}, it does not hold at {now}")
        answers = self._marks.answers(choice) + despite(choice.despite)
        token = Token(choice.subject, choice.seq, int(choice.made_at.timestamp()), answers)
        text = urlsafe_b64encode(payload.encode(token)).rstrip(b"=")
        value = self._signer.sign(text).decode()
        if len(HOST_NAME) + len(value) > LONGEST_PAIR:
            raise ChoiceNotEncodable(f"{len(value)} characters are more than browsers keep")
        return value

    def set_cookie(self, choice: Choice, *, secure: bool, now: datetime) -> bytes:
        """The value of a ``Set-Cookie`` header; one that deletes, if the choice is over.

        ``Max-Age`` and ``Expires`` name the same moment, counted from the time of choice.
        """
        left = int((self.expires_at(choice) - now).total_seconds())
        if left <= 0:
            return self.delete_cookie(secure=secure)
        expires = format_datetime((now + timedelta(seconds=left)).astimezone(UTC), usegmt=True)
        return self._header(self.encode(choice, now=now), left, expires, secure=secure)

    def delete_cookie(self, *, secure: bool) -> bytes:
        """The value of a ``Set-Cookie`` header that takes the cookie away."""
        return self._header("", 0, EXPIRED, secure=secure)

    def _header(self, value: str, max_age: int, expires: str, *, secure: bool) -> bytes:
        parts = [f"{self.name(secure)}={value}", "Path=/"]
        parts += [f"Domain={self._domain}"] if self._domain else []
        parts += [f"Max-Age={max_age}", f"Expires={expires}"]
        parts += ["Secure"] if secure else []
        parts += ["HttpOnly", "SameSite=Lax"]
        return "; ".join(parts).encode("ascii")

    def _one_of(
        self, values: set[bytes], now: datetime, newest: Callable[[UUID], int]
    ) -> Choice | None:
        if len(values) > MOST_COPIES:
            return None
        opened = [self.decode(value, now=now) for value in values]
        choices = [one for one in opened if one and one.seq >= newest(one.subject)]
        last = max((one.seq for one in choices), default=0)
        # Of one subject all but the last are history; another subject's cookie is a contradiction.
        same_subject = len({one.subject for one in choices}) == 1
        latest = [one for one in choices if one.seq == last]
        agreed = same_subject and all(one == latest[0] for one in latest)
        return latest[0] if agreed else None

    def _opened(self, value: bytes) -> Opened | None:
        try:
            return self._open(value)
        except (BadSignature, ValueError, OverflowError, OSError):
            return None

    def _open_cold(self, value: bytes) -> Opened:
        if not SIGNED.fullmatch(value):
            raise ValueError("not in the form of a signed value")
        text = self._signer.unsign(value)
        token = payload.decode(urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
        choice = Choice(
            subject=token.subject,
            seq=token.seq,
            made_at=datetime.fromtimestamp(token.made_at, UTC),
            # Shared by every request that carries this cookie, so nobody may write to it.
            purposes=MappingProxyType(self._marks.purposes(token.answers)),
            services=MappingProxyType(self._marks.services(token.answers)),
            despite=overridden(token.answers),
        )
        return Opened(choice, choice.made_at - SKEW, self.expires_at(choice))


class _Signer(Signer):
    """Derives each key once, not once per cookie: half of the time of a cold read."""

    def __init__(self, secrets: list[str], *, salt: bytes, **options: object) -> None:
        super().__init__(secrets, salt=salt, **options)  # type: ignore[arg-type]
        self._derived = {key: super(_Signer, self).derive_key(key) for key in self.secret_keys}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived[want_bytes(secret_key or self.secret_key)]


def _salt(config: ConsentConfig) -> bytes:
    """Whose cookie it is: another site's token is a forgery here, even under one secret (C4)."""
    host = urlsplit(config.site.url).hostname or ""
    return "\0".join(["consent.cookie", host, config.cookie.domain or ""]).encode()
