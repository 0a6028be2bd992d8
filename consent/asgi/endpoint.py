"""The paths that the middleware answers itself: choice, state, preferences, policy, assets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from consent.asgi import replies
from consent.asgi.archive import Archive
from consent.asgi.choose import FORM, Chooser, Chosen, media_type
from consent.asgi.cookies import OwnAnswers
from consent.asgi.findings import Findings
from consent.asgi.frame import Frames
from consent.asgi.language import wanted_languages
from consent.asgi.mine import Mine
from consent.asgi.next_page import safe_next
from consent.asgi.origin import Origins
from consent.asgi.proof import Proof
from consent.asgi.proxy_hint import ProxyHint
from consent.asgi.receipts import Receipts
from consent.asgi.report import Reports
from consent.asgi.request import is_secure, local_path
from consent.asgi.sequence import Sequence
from consent.asgi.state_document import StateDocument
from consent.asgi.submission import Offered, Submission
from consent.banner import Pages
from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.errors import RequestRefused
from consent.log import ProofLog
from consent.model import Choice
from consent.objections import Objection
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
        self._path = config.path
        self._policy = policy
        self._pages = pages
        self._cookie = cookie
        self._sequence = sequence
        self._clock = clock
        self._cookies = OwnAnswers(policy, clock)
        self._state = StateDocument(config, policy, cookie)
        self._origins = Origins(config)
        self.hint = ProxyHint(config)
        """Shared with whoever sees the other requests, so that it is given once."""
        offered = Offered(config, pages.languages)
        self._archive = Archive(log, pages)
        self._proof = Proof(log, config.notice, sequence, offered, self._archive)
        self._chooser = Chooser(config, self._proof, sequence, offered, pages.languages)
        self._findings = findings
        self._reports = Reports(config, policy, findings)
        self._frames = Frames(config, pages, clock)
        self._receipts = Receipts(config, log)
        self._assets = pages.assets
        own = (cookie, self._cookies, self._proof, sequence)
        mine = Mine(config, pages, log, *own, clock, self._place)
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
        return _below(scope, self._path) is not None

    def prefix(self, scope: Scope) -> str:
        """What our addresses start with, as the visitor's browser sees them."""
        return f"{_root(scope)}{self._path}"

    async def _respond(self, request: Request) -> Response:
        place = _below(request.scope, self._path) or ""
        allowed, handler = self._routes.get(place, (READ, self._send_asset))
        if request.method in allowed.split(", "):
            return await handler(request)
        return replies.wrong_method(allowed)

    async def _choose(self, request: Request) -> Response:
        submitted = None
        try:
            submitted, digest = await self._chooser.submission(request)
            previous, objection = self._read(request)
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
            return self._refusal(request, refused, submitted)
        response = self._answer(request, submitted, chosen)
        if submitted.action is Action.ONCE:
            return response
        return self._with_cookie(request, response, chosen.choice)

    def _answer(self, request: Request, submitted: Submission, chosen: Chosen) -> Response:
        """202 where the record of a refusal is still owed; it holds all the same."""
        if media_type(request) != FORM:
            content = {
                **self._state.of(chosen.choice, self._read(request)[1]),
                "recorded": chosen.recorded,
            }
            return replies.data(content, 200 if chosen.recorded else 202)
        if submitted.embed:
            return self._opened(request, submitted, chosen)
        goal = self._next(request, submitted.next)
        if submitted.in_frame:
            return self._in_frame(request, submitted, 200)
        if not submitted.as_page:
            return replies.see_other(goal)
        return self._confirmation(request, submitted.lang, goal, 200)

    def _opened(self, request: Request, submitted: Submission, chosen: Chosen) -> Response:
        address = self._frames.address(
            self.prefix(request.scope),
            record=chosen.record,
            service=next(iter(submitted.services)),
            url=submitted.embed,
            lang=self._language(request, submitted.lang),
        )
        return replies.see_other(address)

    def _refusal(
        self, request: Request, refused: RequestRefused, submitted: Submission | None
    ) -> Response:
        """A form gets a page that says so; nothing was changed, no cookie is touched."""
        if submitted and (submitted.embed or submitted.in_frame):
            response = self._in_frame(request, submitted, refused.status)
        elif media_type(request) == FORM:
            response = self._confirmation(request, "", self._next(request, ""), refused.status)
        else:
            response = replies.problem(refused)
        if refused.status == 503:
            response.headers["retry-after"] = replies.RETRY_AFTER
        return response

    def _in_frame(self, request: Request, submitted: Submission, status: int) -> Response:
        lang, prefix = self._language(request, submitted.lang), self.prefix(request.scope)
        markup = self._pages.placeholder(
            lang=lang,
            service=next(iter(submitted.services)),
            prefix=prefix,
            next=self._next(request, submitted.next),
            url=submitted.embed,
            unframed=True,
            answers=True,
            failed=status != 200,
            saved=status == 200,
        )
        return replies.frame(markup, lang, status)

    def _confirmation(self, request: Request, lang: str, goal: str, status: int) -> Response:
        spoken = self._language(request, lang)
        saved = status == 200
        markup = self._pages.confirmation(
            lang=spoken, prefix=self.prefix(request.scope), next=goal, saved=saved
        )
        return replies.page(markup, spoken, status)

    async def _show_state(self, request: Request) -> Response:
        choice, objection = self._read(request)
        response = replies.data(self._state.of(choice, objection))
        response.raw_headers += self._cookies.taken_away(request.scope, choice)
        return response

    async def _show_preferences(self, request: Request) -> Response:
        lang = self._language(request)
        choice, objection = self._read(request)
        markup = self._pages.preferences(
            lang=lang,
            choice=choice,
            prefix=self.prefix(request.scope),
            next=self._next(request, request.query_params.get("next", "")),
            objection=objection,
        )
        return replies.page(markup, lang)

    async def _show_policy(self, request: Request) -> Response:
        lang = self._language(request)
        markup = self._pages.policy(
            lang=lang,
            prefix=self.prefix(request.scope),
            next=self._next(request, request.query_params.get("next", "")),
        )
        return replies.page(markup, lang)

    async def _take_reports(self, request: Request) -> Response:
        try:
            return await self._reports.take(request)
        except RequestRefused as refused:
            return replies.problem(refused)

    async def _advise(self, request: Request) -> Response:
        """For the console of who develops: the TOML that declares a host."""
        text = self._findings.advice(request.query_params.get("host", ""))
        return Response(text, 200, replies.PRIVATE, "text/plain")

    async def _show_frame(self, request: Request) -> Response:
        return self._frames.show(request, self.prefix(request.scope))

    async def _give_receipt(self, request: Request) -> Response:
        choice, _ = self._read(request)
        return await self._receipts.give(request, choice, self.prefix(request.scope))

    async def _send_asset(self, request: Request) -> Response:
        found = self._assets.find(_below(request.scope, self._path) or "")
        if found is None:
            return replies.problem(RequestRefused(404, "not_found", "nothing of ours is here"))
        return replies.asset(found)

    def _read(self, request: Request) -> tuple[Choice | None, Objection]:
        """What holds of the visitor's choice, and what the browser objects to."""
        headers = request.scope["headers"]
        choice = self._cookie.read(
            (value for name, value in headers if name == b"cookie"),
            secure=is_secure(request.scope),
            now=self._clock(),
            newest=self._sequence.newest,
        )
        return self._policy.objections.apply(choice, dict(headers), headers)

    def _with_cookie(self, request: Request, response: Response, choice: Choice) -> Response:
        secure = is_secure(request.scope)
        value = self._cookie.set_cookie(choice, secure=secure, now=self._clock())
        response.raw_headers.append((b"set-cookie", value))
        # Here, and not only on the next page: who closes the tab now is rid of them too (FR-19).
        # Of our own path nobody sets any, so that all the room is for the root.
        scope = {**request.scope, "raw_path": b"/"}
        response.raw_headers += self._cookies.taken_away(scope, choice)
        return response

    def _language(self, request: Request, *first: str) -> str:
        return self._pages.language(*first, *wanted_languages(request))

    def _place(self, request: Request, wanted: str) -> tuple[str, str]:
        return self.prefix(request.scope), self._next(request, wanted)

    def _next(self, request: Request, wanted: str) -> str:
        own = self._origins.own(request)
        return safe_next(wanted, own, otherwise=f"{_root(request.scope)}/")


def _root(scope: Scope) -> str:
    root: str = scope.get("root_path", "")
    return root.rstrip("/")


def _below(scope: Scope, path: str) -> str | None:
    """The part of the request's path below ours."""
    inside = local_path(scope)
    return inside.removeprefix(f"{path}/") if inside.startswith(f"{path}/") else None


def _without_body(send: Send) -> Send:
    """HEAD has the headers of GET, ``Content-Length`` included, and no body (RFC 9110 §9.3.2)."""

    async def headers_only(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headers_only
