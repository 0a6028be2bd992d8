"""Where a request is: below our path, under which prefix, in which language, and where it leads."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Scope

from consent.asgi.language import wanted_languages
from consent.asgi.next_page import safe_next
from consent.asgi.origin import Origins
from consent.asgi.request import local_path
from consent.banner import Pages
from consent.config import ConsentConfig


class Places:
    """The addresses of one site."""

    def __init__(self, config: ConsentConfig, pages: Pages) -> None:
        self._path = config.path
        self._pages = pages
        self._origins = Origins(config)

    def below(self, scope: Scope) -> str | None:
        """The part of the request's path below ours; none where it is not ours."""
        inside = local_path(scope)
        own = f"{self._path}/"
        return inside.removeprefix(own) if inside.startswith(own) else None

    def prefix(self, scope: Scope) -> str:
        """What our addresses start with, as the visitor's browser sees them."""
        return f"{_root(scope)}{self._path}"

    def next(self, request: Request, wanted: str) -> str:
        """Where a page leads back to: the address wanted, if it is one of the site's own."""
        own = self._origins.own(request)
        return safe_next(wanted, own, otherwise=f"{_root(request.scope)}/")

    def language(self, request: Request, *first: str) -> str:
        """What the visitor reads."""
        return self._pages.language(*first, *wanted_languages(request))


def _root(scope: Scope) -> str:
    root: str = scope.get("root_path", "")
    return root.rstrip("/")
