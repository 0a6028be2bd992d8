"""The responses of our own paths, with the headers that each kind must carry."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

from consent.assets import Asset
from consent.errors import RequestRefused

RETRY_AFTER = "5"
"""Seconds after which a choice is worth sending again."""

# What is about one visitor is neither kept nor shown to another (edges.md C17, K1), and no other
# site may embed it or read it.
PRIVATE = {
    "cache-control": "no-store",
    "vary": "Cookie",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

PAGES_KEPT = '"cache"'
"""Of Clear-Site-Data. Pages that a browser keeps for "back" run on as they are shown again, until
our script in them has asked what holds: with this, Chromium keeps none from before a withdrawal."""

PAGES_AHEAD = '"prefetchCache", "prerenderCache"'
"""Of Clear-Site-Data: pages that the site's speculation rules had fetched or opened before a choice
would ask for it again, or hold what it grants. ``PAGES_KEPT`` lets go of them as well."""

# Nothing frames our pages, so nobody can make a visitor click in them unknowingly (edges.md E13).
PAGE_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)

FRAME_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'self'"


def data(content: Mapping[str, object], status: int = 200) -> Response:
    """JSON, in ASCII."""
    return Response(json.dumps(content), status, PRIVATE, "application/json")


def page(markup: str, language: str, status: int = 200) -> Response:
    """One of our pages."""
    response = Response(markup, status, PRIVATE, "text/html")
    response.headers["vary"] = "Cookie, Accept-Language"
    response.headers["content-language"] = language
    response.headers["content-security-policy"] = PAGE_POLICY
    return response


def frame(markup: str, language: str, status: int = 200, *, embed: str = "") -> Response:
    """What stands in a frame of the site's own page: the origin ``embed`` may be framed in turn.

    Many players refuse to play for a page that does not name itself.
    """
    response = Response(markup, status, PRIVATE, "text/html")
    opened = f"frame-src {embed}; form-action 'none'" if embed else "form-action 'self'"
    response.headers["content-security-policy"] = f"{FRAME_POLICY}; {opened}"
    response.headers["content-language"] = language
    response.headers["referrer-policy"] = "strict-origin-when-cross-origin"
    return response


def see_other(location: str) -> Response:
    """After a form: ``location`` must be safe already."""
    return Response(b"", 303, {**PRIVATE, "location": location})


def problem(refused: RequestRefused) -> Response:
    """Why a request was not acted on (RFC 9457); ``code`` is what programs look at."""
    content = {"status": refused.status, "code": refused.code, "detail": refused.detail}
    return Response(json.dumps(content), refused.status, PRIVATE, "application/problem+json")


def wrong_method(allowed: str) -> Response:
    """RFC 9110 §15.5.6."""
    response = problem(RequestRefused(405, "wrong_method", f"only {allowed}"))
    response.headers["allow"] = allowed
    return response


def asset(found: Asset) -> Response:
    """A file whose address changes with its content: kept for a year, never asked for again.

    A page of the site in a sandbox is of no origin, and has to get it, too: nobody's data is in it.
    """
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
    }
    return Response(found.body, 200, headers, found.media_type)
