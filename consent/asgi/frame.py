"""``GET /consent/frame``: one embed, opened in the page by a click that was recorded.

The click gets a token, and the token opens the frame once, within seconds: going back in the
history, or loading the page again, shows the placeholder again and not the embed. Tokens are
counted in the memory of each process, so another worker could open a copy within these seconds;
only pages of the site itself can ask for it, so there is nobody to gain from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from ada_url import URL
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from consent.asgi import replies
from consent.banner import Pages
from consent.catalog.embeds import rebuilt
from consent.config import ConsentConfig
from consent.errors import RequestRefused

LIFETIME = timedelta(seconds=20)
"""Between the click's answer and the request that it leads to; a slow connection needs a few."""
MOST_USED = 10_000
"""Tokens remembered; while so many are fresh, no other opens."""


@dataclass(frozen=True, slots=True)
class Click:
    """What a token says."""

    record: str
    """Id of the record that proves the click: a token of its own for each."""
    service: str
    url: str
    lang: str
    at: int
    """Seconds since 1970, by the server's clock."""


class Frames:
    """Opens embeds, each once for each recorded click."""

    def __init__(self, config: ConsentConfig, pages: Pages, clock: Callable[[], datetime]) -> None:
        self._pages = pages
        self._clock = clock
        self._embeds = {service.id: service.embeds for service in config.services}
        self._names = {service.id: service.name for service in config.services}
        self._used: dict[str, int] = {}
        self._serializer = URLSafeSerializer(
            list(config.cookie.secrets),
            salt=f"consent-frame {config.site.url}",
            signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"},
        )

    def address(self, prefix: str, *, record: str, service: str, url: str, lang: str) -> str:
        """Where a click that was recorded leads to."""
        at = int(self._clock().timestamp())
        token = self._serializer.dumps([record, service, url, lang, at])
        return f"{prefix}/frame?token={token}"

    def show(self, request: Request, prefix: str) -> Response:
        """The embed, or, once the token is used up, its placeholder again."""
        click = self._click(request.query_params.get("token", ""))
        if click is None:
            return replies.problem(RequestRefused(403, "no_token", "no click led here"))
        if not _is_framed(request.headers) or not self._use(click, request.method):
            markup = self._pages.placeholder(
                lang=click.lang,
                service=click.service,
                prefix=prefix,
                url=click.url,
                unframed=True,
                answers=True,
            )
            return replies.frame(markup, click.lang, 410)
        markup = self._pages.frame(
            lang=click.lang, prefix=prefix, url=click.url, title=self._names[click.service]
        )
        return replies.frame(markup, click.lang, embed=str(URL(click.url).origin))

    def _click(self, token: str) -> Click | None:
        try:
            click = Click(*self._serializer.loads(token))
        except (BadSignature, TypeError, ValueError):
            return None
        # What it names may have left the configuration since.
        known = rebuilt(self._embeds.get(click.service, ()), click.url)
        return click if known == click.url else None

    def _use(self, click: Click, method: str) -> bool:
        """Use the token up, if it is fresh; asking for the head alone uses nothing (E3)."""
        now = int(self._clock().timestamp())
        ends = click.at + int(LIFETIME.total_seconds())
        if not click.at <= now <= ends or click.record in self._used:
            return False
        if method != "HEAD":
            self._used = {one: end for one, end in self._used.items() if end >= now}
            if len(self._used) >= MOST_USED:
                return False
            self._used[click.record] = ends
        return True


def _is_framed(headers: Mapping[str, str]) -> bool:
    """Does it come for a frame of the site's own page, as far as the browser says?"""
    return (
        headers.get("sec-fetch-dest", "iframe") == "iframe"
        and headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )
