"""Warnings to whoever put the middleware in a place where it costs more, or sees less."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from starlette.types import Scope

logger = logging.getLogger("consent")

COMPRESSES = re.compile(r"gzip|brotli|compress|zstd", re.IGNORECASE)


class ErrorPageHint:
    """One warning to a site whose own error page is made outside of us.

    Starlette hands what answers 500 to ``ServerErrorMiddleware``, around every middleware added.
    """

    _has_looked = False

    def look(self, scope: Scope) -> None:
        """At the first request: an application in the scope put itself there before calling us."""
        if self._has_looked:
            return
        self._has_looked = True
        handlers = getattr(scope.get("app"), "exception_handlers", None) or {}
        if 500 in handlers or Exception in handlers:
            logger.warning(
                "the page of this application's own handler of 500 or Exception is sent outside"
                " of ConsentMiddleware, with its tags as they are: wrap the application itself,"
                " app = ConsentMiddleware(app, config=config), instead of adding the middleware"
            )


def warn_of_compression(app: object) -> None:
    """What compresses inside us makes each page be decoded and encoded twice (H17)."""
    for name in _stack(app):
        if COMPRESSES.search(name):
            logger.warning(
                "%s is inside ConsentMiddleware, so each page is compressed twice:"
                " add ConsentMiddleware before it, so that it is further in",
                name,
            )


def _stack(app: object) -> Iterator[str]:
    """The names of the classes that wrap each other, and of those Starlette has not built yet."""
    seen: set[int] = set()
    while app is not None and id(app) not in seen:
        seen.add(id(app))
        yield type(app).__name__
        for middleware in getattr(app, "user_middleware", ()):
            yield getattr(getattr(middleware, "cls", None), "__name__", "")
        app = getattr(app, "app", None)
