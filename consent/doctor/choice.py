"""A test choice, a refusal, through the running site, and the cookie that comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

from consent.config import ConsentConfig
from consent.config.addresses import is_loopback
from consent.cookie import HOST_NAME, LONGEST_PAIR, NAME, ChoiceCookie
from consent.doctor.findings import Trouble, warning
from consent.doctor.site import Answer, Site
from consent.errors import Code
from consent.months import LONGEST, SKEW, add_months

SLACK = timedelta(seconds=5)
"""An answer on its way, and headers that name whole seconds."""
FORWARD = (
    "If a proxy ends TLS, let it send X-Forwarded-Proto, and the server believe it (uvicorn:"
    " --proxy-headers --forwarded-allow-ips, hypercorn: ProxyFixMiddleware)."
)

TEST = "doctor-"
"""What the idempotency keys of test choices begin with."""


@dataclass(frozen=True, slots=True)
class Click:
    """One click on the refusal, as the banner's script sends it, under a key that says who it was.

    The key stands in the record, so that the record can be told from visitors' for ever.
    """

    key: str
    body: bytes

    @classmethod
    def on(cls, language: str) -> Click:
        fields = {"action": "refuse_all", "interface": "banner"}
        named = {**fields, "lang": language} if language else fields
        return cls(f"{TEST}{uuid4()}", json.dumps(named).encode())

    def headers(self, origin: str, sec_fetch_site: str = "") -> dict[str, str]:
        """As a browser; an old one sends ``Origin`` alone."""
        fetched = {"Sec-Fetch-Site": sec_fetch_site} if sec_fetch_site else {}
        return {"Idempotency-Key": self.key, "Origin": origin, **fetched}


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A ``Set-Cookie`` header as browsers read it: of an attribute that comes twice, the last."""

    name: str
    value: str
    attributes: Mapping[str, str]

    @classmethod
    def parse(cls, header: str) -> SetCookie:
        pair, *rest = header.split(";")
        name, _, value = pair.partition("=")
        parts = (each.partition("=") for each in rest)
        attributes = {key.strip().lower(): said.strip() for key, _, said in parts}
        return cls(name.strip(), value.strip(), attributes)

    @property
    def pair(self) -> str:
        return f"{self.name}={self.value}"


def cookie_of(answer: Answer) -> SetCookie | None:
    """The choice cookie that an answer sets, under either name."""
    found = map(SetCookie.parse, answer.all("set-cookie"))
    return next((each for each in found if each.name in (NAME, HOST_NAME)), None)


def taken(answer: Answer) -> Iterator[Trouble]:
    """Was the refusal taken, and recorded?"""
    if answer.status == 202:
        fix = "The site cannot write its log now: see the site's own log, and log.url."
        yield Trouble("the refusal holds, but was not recorded", fix)
    elif answer.status == 403:
        fix = "If it is ours that refuses: see address. Else a firewall: let this path pass."
        yield Trouble(f"refused: 403 {answer.document().get('code', '')}".rstrip(), fix)
    elif answer.status != 200 or moment(answer.document()) is None:
        fix = "Let POST with JSON reach the application at this path, with its headers."
        yield Trouble(f"answers with {answer.status} and not with a state", fix)


def shaped(cookie: SetCookie | None, config: ConsentConfig | None) -> Iterator[Trouble]:
    """Name, attributes and size (law.md FR-27, TECH-02, TECH-04, TECH-06)."""
    between = "A proxy changes cookies, or another application sets this one: let it pass as it is."
    if cookie is None:
        yield Trouble("no choice cookie was set", between)
        return
    said = cookie.attributes
    domain = config.cookie.domain if config else None
    wrong = {
        "without HttpOnly": "httponly" not in said,
        f"SameSite={said.get('samesite', '')}, not Lax": said.get("samesite", "").lower() != "lax",
        f"Path={said.get('path', '')}, not /": said.get("path") != "/",
        f"{len(cookie.pair)} bytes, more than browsers keep": len(cookie.pair) > LONGEST_PAIR,
        "Domain, which its name forbids": cookie.name == HOST_NAME and "domain" in said,
        f"Domain={said.get('domain', '')}, not as configured": config is not None
        and said.get("domain", "").lstrip(".") != (domain or "").lstrip("."),
    }
    for what, is_so in wrong.items():
        if is_so:
            yield Trouble(f"{cookie.name}: {what}", between)


def transported(cookie: SetCookie, site: Site) -> Iterator[Trouble]:
    """Does the application know whether its visitors come over TLS?"""
    secure = "secure" in cookie.attributes
    if site.secure and not secure:
        yield Trouble("the application takes this https request for plain HTTP", FORWARD)
    elif site.secure and "domain" not in cookie.attributes and cookie.name != HOST_NAME:
        yield Trouble(f"over https the cookie is called {cookie.name}", FORWARD)
    elif not site.secure and (secure or cookie.name == HOST_NAME):
        fix = "Something claims https for plain HTTP: browsers drop this cookie."
        yield Trouble("a Secure cookie over plain HTTP", fix)
    elif not site.secure and not is_loopback(site.host):
        yield warning("plain HTTP: anybody on the way can read and change it", "Serve it by https.")


def lives(cookie: SetCookie, made_at: datetime) -> Iterator[Trouble]:
    """At most thirteen months, by the calendar, and not only for the session (FR-16, TECH-10)."""
    said = cookie.attributes
    ends = [
        made_at + timedelta(seconds=int(said["max-age"])) if _is_number(said) else None,
        http_date(said.get("expires", "")),
    ]
    known = [end for end in ends if end]
    between = "A proxy or the site's own code changes Set-Cookie: let it pass as it is."
    if not known:
        yield Trouble("the cookie ends with the browser's session", between)
    elif max(known) > add_months(made_at, LONGEST) + SLACK:
        yield Trouble(f"the cookie lives until {max(known):%Y-%m-%d}, over 13 months", between)


def signed(cookie: SetCookie, config: ConsentConfig, made_at: datetime) -> Iterator[Trouble]:
    """With a secret of this configuration, for this site."""
    if any(each.code is Code.SECRET_GENERATED for each in config.warnings):
        fix = "Set the variables that cookie.secrets names, as the site has them."
        yield warning("the secret is not set here, so this cannot be told", fix)
    elif ChoiceCookie(config).decode(cookie.value.encode(), now=made_at) is None:
        fix = "The site runs with other cookie.secrets, or another site.url or cookie.domain."
        yield Trouble("the cookie is not signed with this configuration's secrets", fix)


def timed(answer: Answer, made_at: datetime) -> Iterator[Trouble]:
    """Do the clocks of whoever dates the record and of whoever sends the answer agree (C5)?"""
    sent = http_date(answer.first("date"))
    if sent is None:
        yield warning("the answer has no Date", "Browsers that correct their clock need it.")
        return
    apart = abs(sent - made_at)
    what = f"the choice is dated {apart.total_seconds():.0f} s apart from the answer's Date"
    fix = "Set the clocks of the application and of the proxy by NTP."
    if apart > SKEW:
        yield Trouble(what, fix)
    elif apart > SLACK + answer.took:
        yield warning(what, fix)


def moment(state: Mapping[str, Any]) -> datetime | None:
    """When a state says that its choice was made."""
    try:
        return datetime.fromisoformat(str(state.get("made_at"))).astimezone(UTC)
    except ValueError:
        return None


def http_date(text: str) -> datetime | None:
    """The date in a header."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_number(said: Mapping[str, str]) -> bool:
    return said.get("max-age", "").isdecimal() and len(said["max-age"]) < 12
