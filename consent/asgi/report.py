"""``POST /consent/report``: what browsers say they refused, believed as little as possible."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from ada_url import URL
from starlette.requests import Request
from starlette.responses import Response

from consent.asgi import replies
from consent.asgi.choose import media_type
from consent.asgi.findings import Findings
from consent.asgi.origin import Origins, Sender
from consent.asgi.posted import read_body
from consent.config import ConsentConfig
from consent.errors import RequestRefused
from consent.policy import NETWORK_SCHEMES, Policy

ONE = "application/csp-report"
MANY = "application/reports+json"
LARGEST = 64 * 1024
"""Octets of one post; each report repeats the whole policy."""
MOST = 50
"""Reports of one post that are looked at."""
BURST = 60
RATE = 1.0
"""Posts that are read at once, and per second after that, by each process. The others are thanked
for and not read: a sample is enough to know what is held, and a flood costs nothing."""
EXTENSION = ("chrome-extension:", "moz-extension:", "safari-web-extension:")


class Sample:
    """A bucket of tokens: takes a burst, then a steady trickle."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._left = float(BURST)
        self._at = clock()

    def takes(self) -> bool:
        """Is there a token for one more?"""
        now = self._clock()
        self._left = min(BURST, self._left + (now - self._at) * RATE)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Reports:
    """Hands hosts and paths to the findings; nothing else of a report goes anywhere."""

    def __init__(self, config: ConsentConfig, policy: Policy, findings: Findings) -> None:
        self._policy = policy
        self._findings = findings
        self._origins = Origins(config)
        self._sample = Sample()

    async def take(self, request: Request) -> Response:
        """204, whatever is made of it.

        Raises:
            RequestRefused: 400, 403, 413 or 415.
        """
        if self._origins.sender(request) is Sender.FOREIGN:
            raise RequestRefused(403, "cross_site", "reports of other sites are refused")
        kind = media_type(request)
        if kind not in (ONE, MANY):
            raise RequestRefused(415, "media_type", f"send {ONE} or {MANY}")
        if self._sample.takes():
            own = self._origins.own(request)
            for page, address in _blocked(await read_body(request, most=LARGEST), kind):
                self._find(page, address, own)
        return Response(None, 204, replies.PRIVATE)

    def _find(self, page: str, address: str, own: frozenset[str]) -> None:
        try:
            at, blocked = URL(page), URL(address)
        except (ValueError, UnicodeEncodeError):
            # "inline", "eval" and other words: no host.
            return
        if str(at.origin) not in own or blocked.protocol not in NETWORK_SCHEMES:
            return
        ruling = self._policy.ruling(None, origin=str(at.origin), path=at.pathname)
        if str(blocked.host) != str(at.host):
            verdict = ruling.normal(blocked.href)
            self._findings.found(
                str(blocked.host), verdict, blocked.pathname, page=at.pathname, by_browser=True
            )


def _blocked(body: bytes, kind: str) -> Iterator[tuple[str, str]]:
    """The page and the address of each report, unchecked."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefused(400, "invalid_json", "not JSON in UTF-8") from None
    if kind == ONE:
        yield from _told(_part(found, "csp-report"), "document-uri", "blocked-uri", "source-file")
        return
    for report in found[:MOST] if isinstance(found, list) else ():
        body_ = {"url": _part(report, "url"), **_dict(_part(report, "body"))}
        yield from _told(body_, "url", "blockedURL", "sourceFile")
        yield from _told(body_, "url", "connection", "sourceFile")


def _told(report: Any, *keys: str) -> Iterator[tuple[str, str]]:
    page, address, source = (_part(report, key) for key in keys)
    extension = isinstance(source, str) and source.startswith(EXTENSION)
    if isinstance(page, str) and isinstance(address, str) and not extension:
        yield page, address


def _part(found: Any, key: str) -> Any:
    return _dict(found).get(key)


def _dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
