"""ConsentMiddleware: reads the choice, answers its own paths, puts a gate before every response."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fnmatch import translate

from starlette.types import ASGIApp, Receive, Scope, Send

from consent.asgi.endpoint import Endpoints
from consent.asgi.gate import ResponseGate
from consent.asgi.request import PageRequest, is_secure, local_path, shown_headers
from consent.asgi.rules import Rules
from consent.asgi.sequence import Sequence
from consent.asgi.state import RequestConsent
from consent.banner import Pages
from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.log import ProofLog
from consent.log.sql import SqlLog
from consent.policy import Policy

logger = logging.getLogger("consent")

COMPRESSES = re.compile(r"gzip|brotli|compress|zstd", re.IGNORECASE)
# Ways for a server to send a file without showing it to anybody (H11).
SHORTCUTS = frozenset({"http.response.pathsend", "http.response.zerocopysend"})


def now() -> datetime:
    """The time of the machine, in UTC."""
    return datetime.now(UTC)


class ConsentMiddleware:
    """No tracker runs before the visitor has said yes: around any ASGI application.

    Args:
        app: the site.
        config: whose visitors are asked, about what.
        log: where choices are proven; what ``config.log`` names where not given.
        clock: the present moment in UTC; given by tests.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        config: ConsentConfig,
        log: ProofLog | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.app = app
        self._clock = clock
        self._cookie = ChoiceCookie(config)
        self._policy = Policy(config)
        pages = Pages(config)
        log = SqlLog(config.log.url) if log is None else log
        self._sequence = Sequence(log)
        self._rules = Rules(config, policy=self._policy, pages=pages, clock=clock)
        self._endpoints = Endpoints(
            config, self._policy, pages, self._cookie, log, self._sequence, clock
        )
        self._path = config.path
        self._hint = self._endpoints.hint
        self._excluded = _any_of(config.blocking.exclude_paths)
        _warn_of_compression(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_watched(scope):
            await self.app(scope, receive, send)
            return
        request = self._read(scope)
        consent = RequestConsent(request)
        # On the same scope: a copy would hide from outer middleware what routing writes to it.
        scope.setdefault("state", {})["consent"] = consent
        if scope["type"] == "websocket" or self._is_excluded(scope):
            await self.app(scope, receive, send)
        elif self._path in scope["path"] and self._endpoints.owns(scope):
            await self._endpoints(scope, receive, send)
        else:
            await self._gated(request, consent, receive, send)

    async def _gated(
        self, request: PageRequest, consent: RequestConsent, receive: Receive, send: Send
    ) -> None:
        scope = request.scope
        self._prepare(request)
        gate = ResponseGate(send, request, consent, self._rules)
        try:
            await self.app(scope, receive, gate.send)
        finally:
            gate.close()
        if gate.failure is not None:
            # The site swallowed it; the server must still break the connection (H5).
            raise gate.failure

    def _read(self, scope: Scope) -> PageRequest:
        self._sequence.keep_fresh()
        headers = scope["headers"]
        fields = dict(headers)
        cookies = [fields[b"cookie"]] if b"cookie" in fields else []
        if len(fields) < len(headers) and cookies:
            # HTTP/2 may send one header for each cookie (RFC 9113 §8.2.3).
            cookies = [value for name, value in headers if name == b"cookie"]
        choice = self._cookie.read(
            cookies, secure=is_secure(scope), now=self._clock(), newest=self._sequence.newest
        )
        return PageRequest(scope, fields, self._policy, choice)

    def _prepare(self, request: PageRequest) -> None:
        """Show the site what it may act on: what could bring a page past us is taken out."""
        scope = request.scope
        self._hint.look(scope)
        offered = scope.get("extensions")
        if offered and not SHORTCUTS.isdisjoint(offered):
            kept = {name: value for name, value in offered.items() if name not in SHORTCUTS}
            scope["extensions"] = kept
        headers = shown_headers(request, self._rules.variant)
        if headers is not None:
            scope["headers"] = headers

    def _is_excluded(self, scope: Scope) -> bool:
        return self._excluded is not None and bool(self._excluded.match(local_path(scope)))


def _is_watched(scope: Scope) -> bool:
    """Does another of us, further out, already watch this request (H18)?"""
    return isinstance(scope.get("state", {}).get("consent"), RequestConsent)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(translate, patterns))) if patterns else None


def _warn_of_compression(app: ASGIApp) -> None:
    """What compresses inside us makes each page be decoded and encoded twice (H17)."""
    for name in _stack(app):
        if COMPRESSES.search(name):
            logger.warning(
                "%s is inside ConsentMiddleware, so each page is compressed twice:"
                " add ConsentMiddleware before it, so that it is further in",
                name,
            )


def _stack(app: object) -> Iterator[str]:
    """The names of the classes that wrap each other, and of those Starlette has not built yet."""
    seen: set[int] = set()
    while app is not None and id(app) not in seen:
        seen.add(id(app))
        yield type(app).__name__
        for middleware in getattr(app, "user_middleware", ()):
            yield getattr(getattr(middleware, "cls", None), "__name__", "")
        app = getattr(app, "app", None)
