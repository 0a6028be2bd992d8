"""Pages through the rewriter, for a visitor who has not answered unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from consent.config import ConsentConfig
from consent.html import Insertions
from consent.html.rewriter import HtmlRewriter
from consent.model import Choice
from consent.policy import Policy, Ruling
from tests.sites import service, site

ORIGIN = "https://www.example.fr"
URL = f"{ORIGIN}/shop/page"
THEM = "https://t.test/x"
"""An address that nobody declared."""
COUNTER = "https://counter.example.net/x"
"""An address of a declared service."""
HELD = " data-consent-held=undeclared"
"""What stands in a tag that is held because nobody declared the host."""
UNREAD = " data-consent-held=unreadable"
COUNTED = " data-consent-held=undecided data-consent-service=counter data-consent-purpose=analytics"
CONFIG = site(
    services=(
        {"use": "google-analytics"},
        {"use": "youtube"},
        service("counter", "analytics", snippets=("counter\\.start\\(",)),
        service("maps", "necessary", hosts=["both.example"], exempt_reason="security"),
        service("ads", "analytics", hosts=["both.example/ads/"]),
        service("till", "necessary", exempt_reason="payment"),
    ),
    languages=["en", "fr"],
)


@cache
def policy(config: ConsentConfig | None = None) -> Policy:
    """Compiled once: the configuration above."""
    return Policy(config or CONFIG)


def ruling(*, granted: bool | None = None) -> Ruling:
    """What this answer to every question means; None is no answer."""
    answers = dict.fromkeys(policy().asked, bool(granted))
    choice = Choice(UUID(int=1), 1, datetime(2026, 1, 1, tzinfo=UTC), answers)
    return policy().ruling(None if granted is None else choice, origin=ORIGIN, path="/shop/page")


def rewriter(
    *,
    by: Ruling | None = None,
    url: str = URL,
    charset: str | None = "utf-8",
    insertions: Insertions | None = None,
    insert: str = "always",
) -> HtmlRewriter:
    """A rewriter for one page."""
    return HtmlRewriter(
        by or ruling(), url=url, charset=charset, insertions=insertions, insert=insert
    )


def streamed(reader: HtmlRewriter, pieces: Iterable[bytes]) -> bytes:
    """All that comes out for these pieces."""
    return b"".join([*map(reader.feed, pieces), reader.close()])


def rewritten(
    page: bytes,
    *,
    by: Ruling | None = None,
    url: str = URL,
    charset: str | None = "utf-8",
    insertions: Insertions | None = None,
    insert: str = "always",
) -> bytes:
    """A whole page, fed at once."""
    reader = rewriter(by=by, url=url, charset=charset, insertions=insertions, insert=insert)
    return streamed(reader, [page])


def held(markup: str, **how: bool) -> str:
    """Markup as it leaves for a visitor who has not answered, or answered so."""
    return rewritten(markup.encode(), by=ruling(**how)).decode()


class Marks:
    """Insertions that are easy to see."""

    def head(self) -> str:
        return "[head]"

    def body(self, lang: str | None) -> str:
        return f"[body {lang}]"

    def placeholder(self, service: str, url: str, lang: str | None) -> str:
        return f"<p>{service}&{lang}"
