"""What a visitor's click is answered with: a state, a page, a frame, or the way back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from consent.asgi import replies
from consent.asgi.choose import FORM, Chosen, media_type
from consent.asgi.frame import Frames
from consent.asgi.places import Places
from consent.asgi.state_document import StateDocument
from consent.asgi.submission import Submission
from consent.banner import Pages
from consent.errors import RequestRefused
from consent.objections import Objection


class Answers:
    """Answers ``POST /consent/choice``, in the way in which it was asked."""

    def __init__(self, pages: Pages, places: Places, state: StateDocument, frames: Frames) -> None:
        self._pages = pages
        self._places = places
        self._state = state
        self._frames = frames

    def chosen(
        self, request: Request, submitted: Submission, chosen: Chosen, objection: Objection
    ) -> Response:
        """202 where the record of a refusal is still owed; it holds all the same."""
        if media_type(request) != FORM:
            content = {**self._state.of(chosen.choice, objection), "recorded": chosen.recorded}
            return replies.data(content, 200 if chosen.recorded else 202)
        if submitted.embed:
            return self._opened(request, submitted, chosen)
        goal = self._places.next(request, submitted.next)
        if submitted.in_frame:
            return self._in_frame(request, submitted, 200)
        if not submitted.as_page:
            return replies.see_other(goal)
        return self._confirmation(request, submitted.lang, goal, 200)

    def refused(
        self, request: Request, refused: RequestRefused, submitted: Submission | None
    ) -> Response:
        """A form gets a page that says so; nothing was changed, no cookie is touched."""
        if submitted and (submitted.embed or submitted.in_frame):
            response = self._in_frame(request, submitted, refused.status)
        elif media_type(request) == FORM:
            response = self._confirmation(
                request, "", self._places.next(request, ""), refused.status
            )
        else:
            response = replies.problem(refused)
        if refused.status == 503:
            response.headers["retry-after"] = replies.RETRY_AFTER
        return response

    def _opened(self, request: Request, submitted: Submission, chosen: Chosen) -> Response:
        address = self._frames.address(
            self._places.prefix(request.scope),
            record=chosen.record,
            service=next(iter(submitted.services)),
            url=submitted.embed,
            lang=self._places.language(request, submitted.lang),
        )
        return replies.see_other(address)

    def _in_frame(self, request: Request, submitted: Submission, status: int) -> Response:
        lang = self._places.language(request, submitted.lang)
        markup = self._pages.placeholder(
            lang=lang,
            service=next(iter(submitted.services)),
            prefix=self._places.prefix(request.scope),
            next=self._places.next(request, submitted.next),
            url=submitted.embed,
            unframed=True,
            answers=True,
            failed=status != 200,
            saved=status == 200,
        )
        return replies.frame(markup, lang, status)

    def _confirmation(self, request: Request, lang: str, goal: str, status: int) -> Response:
        spoken = self._places.language(request, lang)
        saved = status == 200
        prefix = self._places.prefix(request.scope)
        markup = self._pages.confirmation(lang=spoken, prefix=prefix, next=goal, saved=saved)
        return replies.page(markup, spoken, status)
