"""``/consent/mine``: what the log has of whoever holds the cookie, to see, take along and erase.

The signed cookie is all that tells who asks: nobody needs an account, and nobody who only knows a
number gets in (GDPR 11, 15, 17, 20; EU-25, EU-28, REC-10).
"""

from __future__ import annotations

import json
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from consent.asgi import replies
from consent.asgi.choose import FORM, media_type
from consent.asgi.hooks import kept_in, tell_of_erasure
from consent.asgi.kept import KeptChoice
from consent.asgi.origin import Origins, Sender
from consent.asgi.places import Places
from consent.asgi.posted import read_body
from consent.asgi.proof import Proof, grants
from consent.banner import Pages
from consent.banner.history import Entry, entry
from consent.banner.screens import HARMLESS, stand_alone
from consent.config import ConsentConfig
from consent.errors import LogUnavailable, RequestRefused, SubjectHeld
from consent.export.dpv import Facts
from consent.export.receipt import receipt
from consent.log import ProofLog
from consent.log.rights import Accountable, Erasable
from consent.log.screens import Screens
from consent.record import Record

GONE = ("erased", "ended")
"""States in which the browser's choice is no longer one."""


class Mine:
    """The page of one site's visitors, and what belongs to it."""

    def __init__(
        self,
        config: ConsentConfig,
        pages: Pages,
        log: ProofLog,
        kept: KeptChoice,
        proof: Proof,
        places: Places,
    ) -> None:
        self._pages = pages
        self._told = log
        self._log = kept_in(log)
        self._site = config.site.url
        self._kept = kept
        self._proof = proof
        self._places = places
        self._origins = Origins(config)

    async def answer(self, request: Request) -> Response:
        """``GET``: the page; ``POST``: erase, and say so."""
        if request.method == "POST":
            return await self._erase(request)
        try:
            lang = self._places.language(request, "")
            records = await self._records(request)
            history = [await self._entry(record, lang) for record in records]
        except LogUnavailable:
            return self._page(request, 503, state="unavailable")
        forgotten = None if history else await self._kept.forgotten(request)
        if forgotten is None:
            return self._page(request, history=history[::-1])
        page = self._page(request, state="ended" if grants(forgotten) else "")
        return self._kept.let_go(request, page, forgotten)

    async def download(self, request: Request) -> Response:
        """A receipt for each record, as one JSON document."""
        choice = self._kept.read(request)
        facts = Facts(f"{self._site}{self._places.prefix(request.scope)}")
        try:
            receipts = [
                (await receipt(self._log, record, facts)).document
                for record in await self._records(request)
            ]
        except LogUnavailable as error:
            return _unavailable(error)
        if choice is None or not receipts:
            return replies.problem(RequestRefused(404, "no_choice", "nothing of yours is known"))
        await self._counted()
        content = {"subject": str(choice.subject), "receipts": receipts}
        text = json.dumps(content, indent=2, ensure_ascii=False)
        response = Response(text, 200, replies.PRIVATE, "application/json")
        response.headers["content-disposition"] = 'attachment; filename="consent.json"'
        return response

    async def _counted(self) -> None:
        """Whoever wants a copy is given one, whether or not that can be written down."""
        if isinstance(self._log, Accountable):
            with suppress(LogUnavailable):
                await self._log.given_access()

    async def screen(self, request: Request) -> Response:
        """The very screen that the visitor clicked on, in the record that is asked for."""
        wanted = request.query_params.get("record", "")
        try:
            named = [one.screen for one in await self._records(request) if one.id == wanted]
            shown = await self._screens().screen(named[0]) if named and named[0] else None
        except LogUnavailable as error:
            return _unavailable(error)
        if shown is None:
            return replies.problem(RequestRefused(404, "no_screen", "no screen of yours is kept"))
        response = Response(stand_alone(shown), 200, replies.PRIVATE, "text/html")
        response.headers["content-security-policy"] = f"{HARMLESS}; frame-ancestors 'none'"
        return response

    async def _erase(self, request: Request) -> Response:
        """Only from a page of the site's own: else any other could have it done (E1)."""
        if self._origins.sender(request) is not Sender.OWN or media_type(request) != FORM:
            refused = RequestRefused(403, "cross_site", "erasing takes a form of our own page")
            return replies.problem(refused)
        try:
            lang = parse_qs((await read_body(request)).decode("latin-1")).get("lang", [""])[0]
        except RequestRefused as refused:
            return replies.problem(refused)
        choice = self._kept.read(request)
        if choice is None or not isinstance(self._log, Erasable):
            return self._page(request, 404, lang=lang)
        self._proof.forget(choice.subject)
        try:
            await self._log.erase(choice.subject)
        except SubjectHeld as held:
            return self._page(request, 409, lang=lang, state="held", until=held.until)
        except LogUnavailable:
            return self._page(request, 503, lang=lang, state="failed")
        tell_of_erasure(self._told)
        return self._kept.end(request, self._page(request, lang=lang, state="erased"), choice)

    async def _records(self, request: Request) -> list[Record]:
        choice = self._kept.read(request)
        if choice is None:
            return []
        return [record async for record in self._log.read(subject=choice.subject)]

    async def _entry(self, record: Record, lang: str) -> Entry:
        return entry(record, await self._log.notice(record.notice), lang)

    def _screens(self) -> Screens:
        if not isinstance(self._log, Screens):
            raise LogUnavailable("this log keeps no screens")
        return self._log

    def _page(
        self, request: Request, status: int = 200, *, lang: str = "", **more: object
    ) -> Response:
        spoken = self._places.language(request, lang)
        goal = self._places.next(request, request.query_params.get("next", ""))
        choice = None if more.get("state") in GONE else self._kept.read(request)
        told = {"history": (), "state": "", "until": None, "choice": choice, **more}
        told["erasable"] = isinstance(self._log, Erasable)
        prefix = self._places.prefix(request.scope)
        markup = self._pages.mine(lang=spoken, prefix=prefix, next=goal, **told)
        return replies.page(markup, spoken, status)


def _unavailable(error: LogUnavailable) -> Response:
    response = replies.problem(RequestRefused(503, "log_unavailable", "try again"))
    response.headers["retry-after"] = replies.RETRY_AFTER
    return response
