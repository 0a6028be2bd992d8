"""ConsentMiddleware: reads the choice, answers its own paths, puts a gate before every response."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from consent.asgi import watch
from consent.asgi.advice import ErrorPageHint, warn_of_compression
from consent.asgi.endings import Endings
from consent.asgi.endpoint import Endpoints
from consent.asgi.excluded import ExcludedGate
from consent.asgi.findings import Findings
from consent.asgi.forms import Forms
from consent.asgi.gate import ResponseGate
from consent.asgi.gpc import GpcDocument
from consent.asgi.handshake import HandshakeGate
from consent.asgi.hooks import Courier, Hooks, telling
from consent.asgi.request import PageRequest, hide_cookies, is_secure, local_path, shown_headers
from consent.asgi.rules import Rules
from consent.asgi.sequence import Sequence
from consent.asgi.state import RequestConsent
from consent.asgi.unknown import UnknownNames
from consent.banner import Pages
from consent.config import ConsentConfig
from consent.cookie import NAME, ChoiceCookie
from consent.log import ProofLog
from consent.log.sql import SqlLog
from consent.owners import paths_of
from consent.policy import Policy

# Ways for a server to send a file without showing it to anybody (H11).
SHORTCUTS = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
OUR_NAME = NAME.encode()
"""Part of either name of the choice's cookie."""


def now() -> datetime:
    """The time of the machine, in UTC."""
    return datetime.now(UTC)


class ConsentMiddleware:
    """No tracker runs before the visitor has said yes: around any ASGI application.

    Args:
        app: the site.
        config: whose visitors are asked, about what.
        log: where choices are proven; what ``config.log`` names where not given.
        on_choice: told of each recorded choice: a function that takes a ``ChoiceEvent``, async or
            not, several, or several by name.
        clock: the present moment in UTC; given by tests.

    Raises:
        ValueError: a function given as ``on_choice`` has no name of its own.
    """

    _courier: Courier | None = None
    _then: ConsentMiddleware | None = None
    """What answers once what is announced is in force."""
    _ends: datetime | None = None
    """Until when this one does."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        config: ConsentConfig,
        log: ProofLog | None = None,
        on_choice: Hooks | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.app = app
        self._clock = clock
        log = SqlLog.of(config) if log is None else log
        proofs = log
        if on_choice is not None:
            proofs, self._courier = telling(log, on_choice, config)
        self._sequence = Sequence(log)
        self._errors = ErrorPageHint()
        pages = Pages(config)
        if config.upcoming and pages.upcoming:
            # The same site, its log and what is known of its visitors, by other rules.
            then = copy(self)
            then._go_by(config.upcoming.config, pages.upcoming, log, proofs)
            self._then, self._ends = then, config.upcoming.begins
        self._go_by(config, pages, log, proofs)
        warn_of_compression(app)

    def _go_by(self, config: ConsentConfig, pages: Pages, log: ProofLog, proofs: ProofLog) -> None:
        clock = self._clock
        self._cookie = ChoiceCookie(config)
        self._policy = Policy(config)
        self._forms = Forms(config, log, clock)
        self._endings = Endings(config, log, proofs, self._sequence, clock)
        findings = Findings(self._policy, log, clock)
        self._rules = Rules(
            config,
            policy=self._policy,
            pages=pages,
            clock=clock,
            findings=findings,
            ends=self._ends,
        )
        self._endpoints = Endpoints(
            config, self._policy, pages, self._cookie, proofs, self._sequence, clock, findings
        )
        self._gpc = GpcDocument(config)
        self._path = config.path
        self._hint = self._endpoints.hint
        self._excluded = paths_of(config.blocking.exclude_paths)
        self._unknown = UnknownNames(config)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._then and self._ends and self._clock() >= self._ends:
            # By the clock alone, so that all workers change at the same moment (P-11).
            await self._then(scope, receive, send)
            return
        if self._courier is not None:
            self._courier.look()
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if watch.is_watched(scope):
            # Another of us, further out, already reads what answers this call (H18).
            await self.app(scope, receive, send)
            return
        request = self._read(scope)
        consent = RequestConsent(request, self._unknown, self._forms)
        watch.tell(scope, consent)
        if self._excluded.match(local_path(scope)):
            await self._pass(request, consent, receive, send)
            return
        watched = watch.begin(scope)
        try:
            await self._answer(request, consent, receive, send)
        finally:
            watch.end(scope, watched)

    async def _pass(
        self, request: PageRequest, consent: RequestConsent, receive: Receive, send: Send
    ) -> None:
        self._hide_cookies(request)
        if request.scope["type"] == "websocket":
            await self._shake(request, receive, send)
            return
        gate = ExcludedGate(send, request, consent, self._clock())
        await self.app(request.scope, receive, gate.send)
        await gate.release()

    async def _shake(self, request: PageRequest, receive: Receive, send: Send) -> None:
        gate = HandshakeGate(send, request, self._clock())
        await self.app(request.scope, receive, gate.send)

    async def _answer(
        self, request: PageRequest, consent: RequestConsent, receive: Receive, send: Send
    ) -> None:
        scope = request.scope
        if scope["type"] == "websocket":
            self._hide_cookies(request)
            await self._shake(request, receive, send)
        elif self._path in scope["path"] and self._endpoints.owns(scope):
            await self._endpoints(scope, receive, send)
        elif self._gpc.owns(scope):
            await self._gpc(scope, receive, send)
        else:
            self._prepare(request)
            await self._gated(ResponseGate(send, request, consent, self._rules), scope, receive)

    async def _gated(self, gate: ResponseGate, scope: Scope, receive: Receive) -> None:
        try:
            await self.app(scope, receive, gate.send)
            await gate.end()
        finally:
            gate.close()
        if gate.failure is not None:
            # The site swallowed it; the server must still break the connection (H5).
            raise gate.failure

    def _read(self, scope: Scope) -> PageRequest:
        self._sequence.keep_fresh()
        headers = scope["headers"]
        fields = dict(headers)
        objections = self._policy.objections
        if b"cookie" not in fields:
            choice, objection = objections.apply(None, fields, headers)
            return PageRequest(scope, fields, (), self._policy, choice, objection)
        cookies = [fields[b"cookie"]]
        if len(fields) < len(headers):
            # HTTP/2 may send one header for each cookie (RFC 9113 §8.2.3).
            cookies = [value for name, value in headers if name == b"cookie"]
        choice = self._cookie.read(
            cookies, secure=is_secure(scope), now=self._clock(), newest=self._sequence.newest
        )
        if choice is None:
            self._look_for_expired(cookies, scope)
        holds, objection = objections.apply(choice, fields, headers)
        if holds is not choice and choice is not None:
            self._endings.objected(choice, holds, objection)
        return PageRequest(scope, fields, cookies, self._policy, holds, objection)

    def _look_for_expired(self, cookies: list[bytes], scope: Scope) -> None:
        if any(OUR_NAME in value for value in cookies):
            secure = is_secure(scope)
            if over := self._cookie.expired(cookies, secure=secure, now=self._clock()):
                self._endings.expired(over)

    def _prepare(self, request: PageRequest) -> None:
        """Show the site what it may act on: what could bring a page past us is taken out."""
        scope = request.scope
        self._hint.look(scope)
        self._errors.look(scope)
        offered = scope.get("extensions")
        if offered and not SHORTCUTS.isdisjoint(offered):
            kept = {name: value for name, value in offered.items() if name not in SHORTCUTS}
            scope["extensions"] = kept
        if request.is_edited:
            scope["headers"] = shown_headers(request, self._rules.variant)
        self._hide_cookies(request)

    def _hide_cookies(self, request: PageRequest) -> None:
        for cookie in request.cookies:
            if self._rules.cookies.may_be_in(cookie):
                hide_cookies(request)
                break
