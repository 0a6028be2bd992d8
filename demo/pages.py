"""Renders a page with what every page needs: language, words, the strip with the counts."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from demo.content import HERE, LANGUAGES, day, load, price
from demo.panel import arrival, tally
from demo.paths import local_path
from demo.stage import Stage

LANGUAGE_COOKIE = "langue"
YEAR = 365 * 24 * 3600

TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)
TEMPLATES.globals.update(price=price, day=day)


def language(request: Request) -> str:
    """What the visitor chose, else the first of ours that the browser asks for, else French."""
    asked = request.headers.get("accept-language", "").replace(",", " ").split()
    wanted = (request.cookies.get(LANGUAGE_COOKIE, ""), *(each[:2].lower() for each in asked))
    return next((lang for lang in wanted if lang in LANGUAGES), LANGUAGES[0])


class Pages:
    """The pages of one copy of one site."""

    def __init__(self, stage: Stage, words: str, icon: str) -> None:
        self._stage = stage
        self._words = {**load("common"), **load(words)}
        self._icon = icon

    def show(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """Count the page and render it, at the cost that a real site would have."""
        stage, lang = self._stage, language(request)
        since = arrival(request, stage)
        stage.counts.page(stage.traffic)
        return HTMLResponse(
            TEMPLATES.get_template(template).render(
                w=self._words,
                lang=lang,
                here=request.url.path,
                path=request.url.path,
                side=stage.side.value,
                protected=stage.protected,
                other=stage.other,
                counts=tally(stage, lang, since),
                tracker=stage.addresses.tracker,
                services={each.id for each in stage.config.services},
                in_basket=sum(request.session.get("basket", {}).values()),
                **values,
            ),
            status,
        )

    async def icon(self, request: Request) -> Response:
        """Asked for by browsers where a page names none, as those of the middleware."""
        return FileResponse(HERE / "static" / "pictures" / self._icon)

    async def set_language(self, request: Request) -> Response:
        """Keep the visitor's language for a year; asked for, so it needs no consent (FR-02)."""
        form = await request.form()
        answer = RedirectResponse(local_path(form.get("next")), 303)
        if form.get("lang") in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, str(form["lang"]), max_age=YEAR, samesite="lax")
        return answer
