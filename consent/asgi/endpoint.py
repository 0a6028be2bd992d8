"""The paths that the middleware answers itself: choice, state, preferences, policy, assets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from consent.asgi import replies
from consent.asgi.answers import Answers
from consent.asgi.archive import Archive
from consent.asgi.choose import Chooser
from consent.asgi.findings import Findings
from consent.asgi.frame import Frames
from consent.asgi.kept import KeptChoice, successor
from consent.asgi.mine import Mine
from consent.asgi.places import Places
from consent.asgi.proof import Proof
from consent.asgi.proxy_hint import ProxyHint
from consent.asgi.receipts import Receipts
from consent.asgi.report import Reports
from consent.asgi.sequence import Sequence
from consent.asgi.state_document import StateDocument
from consent.asgi.submission import Offered
from consent.banner import Pages
from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.errors import RequestRefused
from consent.log import ProofLog
from consent.policy import Policy
from consent.record import Action

Handler = Callable[[Request], Awaitable[Response]]
READ = "GET, HEAD"


class Endpoints:
    """An ASGI application for every path under ``config.path``, wherever it is mounted."""

    def __init__(
        self,
        config: ConsentConfig,
        policy: Policy,
        pages: Pages,
        cookie: ChoiceCookie,
        log: ProofLog,
        sequence: Sequence,
        clock: Callable[[], datetime],
        findings: Findings,
    ) -> None:
        self._policy = policy
        self._pages = pages
        self._sequence = sequence
        self._clock = clock
        self._places = Places(config, pages)
        self._state = StateDocument(config, policy, cookie)
        self.hint = ProxyHint(config)
        """Shared with whoever sees the other requests, so that it is given once."""
        offered = Offered(config, pages.languages)
        self._archive = Archive(log, pages)
        proof = Proof(log, config.notice, sequence, offered, self._archive)
        self._kept = KeptChoice(policy, cookie, proof, sequence, clock)
        self._chooser = Chooser(config, proof, sequence, offered, pages.languages)
        self._findings = findings
        self._reports = Reports(config, policy, findings)
        self._frames = Frames(config, pages, clock)
        self._answers = Answers(pages, self._places, self._state, self._frames)
        self._receipts = Receipts(config, log)
        self._assets = pages.assets
        mine = Mine(config, pages, log, self._kept, proof, self._places)
        self._routes: Mapping[str, tuple[str, Handler]] = {
            "choice": ("POST", self._choose),
            "state": (READ, self._show_state),
            "preferences": (READ, self._show_preferences),
            "policy": (READ, self._show_policy),
            "mine": (f"{READ}, POST", mine.answer),
            "mine/download": (READ, mine.download),
            "mine/screen": (READ, mine.screen),
            "frame": (READ, self._show_frame),
            "receipt": (READ, self._give_receipt),
            "report": ("POST", self._take_reports),
            **({"advice": (READ, self._advise)} if config.site.development else {}),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request whose path ``owns`` says is ours."""
        self.hint.look(scope)
        self._sequence.keep_fresh()
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            # The body never came whole, so nothing was decided, and nobody waits (edges.md E11).
            return
        await response(scope, receive, _without_body(send) if request.method == "HEAD" else send)

    def owns(self, scope: Scope) -> bool:
        """Is this path one of ours?"""
        return self._places.below(scope) is not None

    def prefix(self, scope: Scope) -> str:
        """What our addresses start with, as the visitor's browser sees them."""
        return self._places.prefix(scope)

    async def _respond(self, request: Request) -> Response:
        place = self._places.below(request.scope) or ""
        allowed, handler = self._routes.get(place, (READ, self._send_asset))
        if request.method in allowed.split(", "):
            return await handler(request)
        return replies.wrong_method(allowed)

    async def _choose(self, request: Request) -> Response:
        submitted = None
        try:
            submitted, digest = await self._chooser.submission(request)
            previous, objection = self._kept.holds(request)
            chosen = await self._chooser.choose(
                submitted,
                previous=previous,
                key=request.headers.get("idempotency-key", ""),
                digest=digest,
                now=self._clock(),
                shown=self._archive.shown(
                    submitted,
                    decided=self._policy.decided(previous),
                    objection=objection,
                ),
            )
        except RequestRefused as refused:
            return self._answers.refused(request, refused, submitted)
        # What was replaced just now no longer says what the browser objects to.
        _, objection = self._kept.holds(request)
        response = self._answers.chosen(request, submitted, chosen, objection)
        if submitted.action is Action.ONCE:
            return response
        withdrawn = self._policy.takes_away(previous, chosen.choice)
        return self._kept.give(request, response, chosen.choice, withdrawn=withdrawn)

    async def _show_state(self, request: Request) -> Response:
        """Asked after a choice and by pages that come back, not by each page: so the log is, too,
        and a grant that was erased elsewhere ends here at the latest (GDPR 17)."""
        forgotten = await self._kept.forgotten(request)
        if forgotten is not None:
            after = successor(forgotten)
            response = replies.data(self._state.of(*self._kept.objected(request, after)))
            return self._kept.let_go(request, response, forgotten, after)
        choice, objection = self._kept.holds(request)
        response = replies.data(self._state.of(choice, objection))
        response.raw_headers += self._kept.taken_away(request, choice)
        return response

    async def _show_preferences(self, request: Request) -> Response:
        lang = self._places.language(request)
        goal = self._places.next(request, request.query_params.get("next", ""))
        prefix = self.prefix(request.scope)
        if not self._pages.config.asks:
            # There is nothing to prefer; what the site uses all the same is on that page (P-17).
            return replies.see_other(f"{prefix}/policy?{urlencode({'lang': lang, 'next': goal})}")
        choice, objection = self._kept.holds(request)
        markup = self._pages.preferences(
            lang=lang, choice=choice, prefix=prefix, next=goal, objection=objection
        )
        return replies.page(markup, lang)

    async def _show_policy(self, request: Request) -> Response:
        then = self._pages.upcoming if "upcoming" in request.query_params else None
        pages = then or self._pages
        lang = pages.language(self._places.language(request))
        since = pages.config.effective_from
        markup = pages.policy(
            lang=lang,
            prefix=self.prefix(request.scope),
            next=self._places.next(request, request.query_params.get("next", "")),
            in_force_since=since if since and since <= self._clock().date() else None,
            takes_effect=then is not None,
        )
        return replies.page(markup, lang)

    async def _take_reports(self, request: Request) -> Response:
        try:
            return await self._reports.take(request)
        except RequestRefused as refused:
            return replies.problem(refused)

    async def _advise(self, request: Request) -> Response:
        """For the console of who develops: the TOML that declares an address."""
        asked = request.query_params
        text = self._findings.advice(asked.get("host", ""), asked.get("path", "/"))
        return Response(text, 200, replies.PRIVATE, "text/plain")

    async def _show_frame(self, request: Request) -> Response:
        return self._frames.show(request, self.prefix(request.scope))

    async def _give_receipt(self, request: Request) -> Response:
        choice, _ = self._kept.holds(request)
        response = await self._receipts.give(request, choice, self.prefix(request.scope))
        forgotten = await self._kept.forgotten(request) if response.status_code == 404 else None
        return self._kept.let_go(request, response, forgotten) if forgotten else response

    async def _send_asset(self, request: Request) -> Response:
        found = self._assets.find(self._places.below(request.scope) or "")
        if found is None:
            return replies.problem(RequestRefused(404, "not_found", "nothing of ours is here"))
        return replies.asset(found)


def _without_body(send: Send) -> Send:
    """HEAD has the headers of GET, ``Content-Length`` included, and no body (RFC 9110 §9.3.2)."""

    async def headers_only(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headers_only
