"""Small companies' sites, each made of what its privacy policy promises (promises.md).

What a site has follows from its words: a page to write to it, to join it, to pay.
"""

from __future__ import annotations

import secrets
from uuid import uuid4

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from consent import record_form, withdraw_form
from demo import panel
from demo.content import HERE, load
from demo.pages import Pages, language
from demo.stage import Stage

SIGNING_KEY = secrets.token_hex()
SHOWN = {
    "/": "home",
    "/services": "services",
    "/confidentialite": "privacy",
    "/paiement": "payment",
}
LETTER = "newsletter"


class Company:
    """Its pages, for one side."""

    def __init__(self, stage: Stage) -> None:
        self.pages = Pages(stage, stage.site, "labs.svg")
        self._words = load(stage.site)
        self._is_proven = stage.protected

    def routes(self) -> list[Route]:
        routes = [Route(path, self.show) for path, name in SHOWN.items() if name in self._words]
        if "contact" in self._words:
            routes += [
                Route("/contact", self.contact),
                Route("/contact", self.write, methods=["POST"]),
            ]
        if "join" in self._words:
            routes += [
                Route("/inscription", self.form),
                Route("/inscription", self.join, methods=["POST"]),
                Route("/desinscription", self.leave, methods=["POST"]),
            ]
        return routes

    async def show(self, request: Request) -> Response:
        return self.pages.show(request, f"company/{SHOWN[request.url.path]}.html")

    async def contact(self, request: Request) -> Response:
        sent = request.session.pop("sent", False)
        return self.pages.show(request, "company/contact.html", sent=sent, missing=False)

    async def write(self, request: Request) -> Response:
        form = await request.form()
        if not all(str(form.get(each, "")).strip() for each in self._words["contact"]["fields"]):
            return self.pages.show(request, "company/contact.html", 422, sent=False, missing=True)
        request.session["sent"] = True
        return RedirectResponse("/contact", 303)

    async def form(self, request: Request) -> Response:
        return self.pages.show(request, "company/join.html", missing=False, **_member(request))

    async def join(self, request: Request) -> Response:
        """Each box is a consent of its own, proven apart (promises.md P-18, P-22)."""
        given = await request.form()
        boxes, member, lang = self._words["join"]["boxes"], str(uuid4()), language(request)
        needed = [each["form"] for each in boxes if each["required"]]
        if not given.get("email") or not all(each in given for each in needed):
            return self.pages.show(
                request, "company/join.html", 422, missing=True, **_member(request)
            )
        for box in boxes if self._is_proven else ():
            await record_form(
                request,
                form=box["form"],
                text=box["text"][lang],
                language=lang,
                checked=box["form"] in given,
                subject=member,
            )
        request.session.update(member=member, letters=LETTER in given)
        return RedirectResponse("/inscription", 303)

    async def leave(self, request: Request) -> Response:
        """As easy as joining: one click, at once."""
        member = request.session.get("member")
        request.session["letters"] = False
        if member and self._is_proven:
            await withdraw_form(request, form=LETTER, subject=member)
        return RedirectResponse("/inscription", 303)

    async def lost(self, request: Request, _error: Exception) -> Response:
        return self.pages.show(request, "company/lost.html", 404)


def _member(request: Request) -> dict[str, bool]:
    session = request.session
    return {"joined": "member" in session, "letters": bool(session.get("letters"))}


def build(stage: Stage) -> Starlette:
    """The site as an application, without any middleware of ours."""
    company = Company(stage)
    return Starlette(
        routes=[
            *company.routes(),
            Route("/favicon.ico", company.pages.icon),
            Route("/langue", company.pages.set_language, methods=["POST"]),
            *panel.routes(stage),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(SessionMiddleware, secret_key=SIGNING_KEY, max_age=None)],
        exception_handlers={404: company.lost},
    )
