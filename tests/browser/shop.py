"""A small site behind the middleware: plain pages, forms, and what must not be lost by a reload."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent import ConsentConfig
from consent.asgi.middleware import ConsentMiddleware
from consent.log import ProofLog
from consent.log.memory import MemoryLog

SERVICES = (
    "google-analytics",
    "hotjar",
    "google-tag-manager",
    "meta-pixel",
    "youtube",
    "google-maps",
    "facebook-social",
    "x-embed",
)
"""Eight services of four purposes."""

STYLE = "body{font:16px/1.5 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"


def config(services: tuple[str, ...] = SERVICES, **sections: Any) -> ConsentConfig:
    """The configuration of the site; ``sections`` replace those given here."""
    given: dict[str, Any] = {
        "site": {
            "name": "Club des Étoiles",
            "url": "http://127.0.0.1:8000",
            "languages": ["fr", "en"],
        },
        "controller": {
            "name": "Exemple SAS",
            "address": "1 rue de la Paix, 75002 Paris, France",
            "email": "contact@example.fr",
            "dpo_email": "dpo@example.fr",
        },
        "cookie": {"secrets": ["a secret of more than thirty-two characters"]},
        "services": [{"use": name} for name in services],
    }
    return ConsentConfig(**(given | sections))


def page(lang: str, body: str) -> str:
    """A whole document with enough text to scroll."""
    text = "<p>Le club observe le ciel chaque premier vendredi du mois.</p>" * 12
    return (
        f"<!doctype html><html lang={lang}><head><meta charset=utf-8><title>Club</title>"
        f"<meta name=viewport content='width=device-width, initial-scale=1'><style>{STYLE}</style>"
        f"</head><body><main><h1>Club des Étoiles</h1>{body}{text}"
        "<p><a id=last href=/>Fin de la page</a></p></main></body></html>"
    )


async def _home(request: Request) -> Response:
    return HTMLResponse(page(request.query_params.get("lang", "fr"), ""))


async def _form(request: Request) -> Response:
    body = (
        "<form method=post action=/form><label>Nom <input name=name id=name></label>"
        "<label>Ville <select name=town id=town><option>Paris<option>Lyon</select></label>"
        "<label><input type=checkbox id=box> Lettre</label><button id=send>Envoyer</button></form>"
        "<div contenteditable id=editor aria-label=Texte role=textbox>texte</div>"
    )
    return HTMLResponse(page("fr", body))


async def _video(request: Request) -> Response:
    source = "https://www.youtube.com/embed/abc"
    return HTMLResponse(page("fr", f'<iframe src="{source}" width=560 height=315></iframe>'))


async def _counted(request: Request) -> Response:
    script = '<script src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>'
    return HTMLResponse(page("fr", script))


def site(
    configuration: ConsentConfig | None = None, log: ProofLog | None = None
) -> ConsentMiddleware:
    """The site behind the middleware."""
    routes = [
        Route("/", _home),
        Route("/form", _form, methods=["GET", "POST"]),
        Route("/video", _video),
        Route("/counted", _counted),
    ]
    return ConsentMiddleware(
        Starlette(routes=routes), config=configuration or config(), log=log or MemoryLog()
    )
