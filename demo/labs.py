"""A small company's site, made of what its privacy policy promises (promises.md, policy 002)."""

from __future__ import annotations

import secrets

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from demo import panel
from demo.content import HERE
from demo.pages import Pages
from demo.stage import Stage

SIGNING_KEY = secrets.token_hex()
FIELDS = ("name", "email", "phone", "message")


class Labs:
    """Its pages, for one side."""

    def __init__(self, stage: Stage) -> None:
        self.pages = Pages(stage, "labs")

    async def home(self, request: Request) -> Response:
        return self.pages.show(request, "labs/home.html")

    async def services(self, request: Request) -> Response:
        return self.pages.show(request, "labs/services.html")

    async def privacy(self, request: Request) -> Response:
        return self.pages.show(request, "labs/privacy.html")

    async def contact(self, request: Request) -> Response:
        sent = request.session.pop("sent", False)
        return self.pages.show(request, "labs/contact.html", sent=sent, missing=False)

    async def write(self, request: Request) -> Response:
        form = await request.form()
        if not all(str(form.get(field, "")).strip() for field in FIELDS):
            return self.pages.show(request, "labs/contact.html", 422, sent=False, missing=True)
        request.session["sent"] = True
        return RedirectResponse("/contact", 303)

    async def lost(self, request: Request, _error: Exception) -> Response:
        return self.pages.show(request, "labs/lost.html", 404)


def build(stage: Stage) -> Starlette:
    """The site as an application, without any middleware of ours."""
    labs = Labs(stage)
    return Starlette(
        routes=[
            Route("/", labs.home),
            Route("/services", labs.services),
            Route("/contact", labs.contact),
            Route("/contact", labs.write, methods=["POST"]),
            Route("/confidentialite", labs.privacy),
            Route("/langue", labs.pages.set_language, methods=["POST"]),
            *panel.routes(stage),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(SessionMiddleware, secret_key=SIGNING_KEY, max_age=None)],
        exception_handlers={404: labs.lost},
    )
