"""What comes after a choice: the same click again, others' posts, and whether it is honoured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from consent.config import ConsentConfig
from consent.config.addresses import is_loopback
from consent.doctor.choice import TEST, Click
from consent.doctor.findings import Trouble, warning
from consent.doctor.page import Page
from consent.doctor.site import NAVIGATION, Answer, Site

TIMES = 8
"""How often the choice is asked for again: of two processes that disagree, both answer."""
STRANGER = "https://elsewhere.invalid"
VARY = "cookie"


@dataclass(slots=True)
class Again:
    """Further posts beside the first one; whatever is recorded by them is the same subject's."""

    site: Site
    path: str
    click: Click
    cookie: str
    """The pair that the first answer has set."""
    first: Answer

    def by_origin(self) -> Answer:
        """The same click, as a browser sends it that knows no ``Sec-Fetch-Site``."""
        return self._post(self.click.headers(self.site.origin))

    def once(self) -> Answer:
        """The same click again."""
        return self._post(self.click.headers(self.site.origin, "same-origin"))

    def reused(self) -> Answer:
        """Its key with another body."""
        headers = self.click.headers(self.site.origin, "same-origin")
        return self._post(headers, self.click.body + b"\n")

    def cross_site(self) -> Answer:
        """From another site, which a broken one would take for the visitor's own."""
        headers = self.click.headers(STRANGER, "cross-site")
        return self._post({**headers, "Idempotency-Key": f"{TEST}{uuid4()}"})

    def _post(self, headers: dict[str, str], body: bytes | None = None) -> Answer:
        return self.site.post(
            self.path, body or self.click.body, {**headers, "Cookie": self.cookie}
        )


def addressed(answer: Answer, site: Site, config: ConsentConfig | None) -> Iterator[Trouble]:
    """Does the application know the address that visitors use (edges.md E1, E2)?"""
    if answer.status == 403:
        yield Trouble(
            f"a post from {site.origin} itself is refused where the browser sends Origin alone",
            "Set site.url to this address (and site.trusted_origins, if set), or let the proxy"
            " pass Host and X-Forwarded-Proto on.",
        )
    elif config and not config.site.url.rstrip("/").lower().startswith(site.origin):
        told = f"site.url is {config.site.url}: records and the cookie's signature name that host"
        fix = "Give the public address" if is_loopback(site.host) else "Set site.url to this one"
        yield warning(told, f"{fix}, unless several hosts are meant.")


def repeated(answer: Answer, first: Answer) -> Iterator[Trouble]:
    """Is one click sent twice one record (edges.md E9)?"""
    was, now = first.document(), answer.document()
    same = all(was.get(each) == now.get(each) for each in ("subject", "seq", "made_at"))
    if answer.status != 200 or not same:
        fix = "Let Idempotency-Key pass; processes that share no log cannot know each other's."
        yield Trouble(f"the same click again: {answer.status}, another choice", fix)


def told_apart(answer: Answer) -> Iterator[Trouble]:
    """Is a key with another body refused?"""
    if answer.status != 422:
        fix = "Let Idempotency-Key pass; processes that share no log cannot know each other's."
        yield Trouble(f"the same key with another body: {answer.status}, not 422", fix)


def turned_away(answer: Answer) -> Iterator[Trouble]:
    """Are posts of other sites refused (edges.md E1)?"""
    if answer.status != 403:
        fix = "Let Origin and Sec-Fetch-Site pass; see site.trusted_origins."
        yield Trouble(f"a post from another site: {answer.status}, not 403", fix)


def honoured(answers: list[Answer], subject: str) -> Iterator[Trouble]:
    """Does every process know the choice by its cookie?"""
    known = sum(each.document().get("subject") == subject for each in answers)
    if known == 0:
        fix = "Does something take Cookie off the request, or Set-Cookie apart?"
        yield Trouble("the choice is not known on the next request", fix)
    elif known < len(answers):
        fix = (
            "Give all processes the same cookie.secrets (one that is not set is made anew by each)."
        )
        yield Trouble(f"the choice is known in {known} of {len(answers)} answers", fix)


def kept(before: Page, target: str, site: Site, cookie: str) -> Iterator[Trouble]:
    """May a cache keep the page of one visitor for another, and does one (edges.md C17, K1)?"""
    yield from _allowed(before.answer)
    # In this order: a cache that keeps what it should not has the page of nobody first, and then
    # of this visitor under an address that nobody else asks for.
    pages = [Page.of(site.get(target, NAVIGATION, cookie=each)) for each in ("", cookie, "")]
    seen = [page.state.get("decided") for page in pages]
    cache = "Let the cache heed Cache-Control and Vary, or pass pages by, and empty it."
    if seen[1] is not True:
        yield Trouble("who has chosen is sent the page of who has not", cache)
    if seen[2] is not False:
        yield Trouble("who has not chosen is sent the page of who has", cache)


def _allowed(answer: Answer) -> Iterator[Trouble]:
    """By its headers: the visitor's own browser is a cache, too."""
    said, vary = answer.tokens("cache-control"), answer.tokens("vary")
    own = "A proxy replaces these headers: let them pass."
    shared = [each for each in said if each == "public" or each.startswith("s-maxage")]
    if shared or not said & {"private", "no-store"}:
        what = f"Cache-Control is {answer.first('cache-control')!r}: shared caches may keep pages"
        yield Trouble(what, own)
    if not vary & {VARY, "*"} and "no-store" not in said:
        yield Trouble("Vary does not name Cookie: browsers show old pages after a choice", own)
