"""What goes into one response: banner, state and placeholders for this visitor on this page."""

from __future__ import annotations

from consent.banner.guard import below
from consent.banner.pages import Pages, Release
from consent.banner.state import page_state
from consent.catalog.embeds import rebuilt
from consent.objections import NONE, Objection
from consent.policy import Ruling


class PageInsertions:
    """Implements ``consent.html.Insertions`` for one response."""

    def __init__(
        self,
        pages: Pages,
        ruling: Ruling,
        *,
        prefix: str,
        url: str,
        lang: str | None = None,
        method: str = "GET",
        nonce: str = "",
        release: Release = Release.NEVER,
        style_nonce: str = "",
        unframed: bool = False,
        opens: bool = False,
        objection: Objection = NONE,
    ) -> None:
        """Hold what one page needs.

        Args:
            pages: the markup of this configuration.
            ruling: what the visitor's choice means here.
            prefix: ``root_path`` and the configured path.
            url: the page's path and query, to which a form leads back.
            lang: for pages that name no language of their own (BCP 47).
            method: of the request.
            nonce: the one that the page's own policies accept of scripts, if any.
            style_nonce: the same of style sheets.
            release: what may be released in place.
            objection: what the visitor's browser asks for by itself.
            unframed: whether the browser said that no frame holds the page; doubt means no.
            opens: whether the site's own policies let a frame show a page of ours.
        """
        elsewhere, answers = ruling.answers
        purposes, services = answers or ((), ())
        self._purposes, self._services = dict(purposes), dict(services)
        self._decided = self._purposes.keys() >= set(ruling.policy.asked)
        self._guard: dict[str, object] = {}
        """What the guard has to know beside the answers."""
        if elsewhere:
            self._guard["elsewhere"] = sorted(elsewhere)
        if ruling.domains != ruling.policy.domains:
            self._guard["domains"] = below(ruling.domains)
        self._pages = pages
        self._prefix = prefix
        self._url = url
        self._lang = lang
        self._method = method
        self._nonce = nonce
        self._release = release
        self._style_nonce = style_nonce
        self._unframed = unframed
        self._opens = opens
        self._embeds = ruling.policy.embeds
        self._elsewhere = elsewhere
        self._objects = objection.holds

    def head(self) -> str:
        """Goes first into ``<head>``."""
        state = page_state(
            self._pages.config,
            self._purposes,
            self._services,
            decided=self._decided,
            prefix=self._prefix,
            method=self._method,
        )
        return self._pages.head(
            state_json={**state, **self._guard},
            prefix=self._prefix,
            nonce=self._nonce,
            release=self._release,
            style_nonce=self._style_nonce,
        )

    def body(self, lang: str | None) -> str:
        """Goes first into ``<body>``, in the page's own language (law.md EU-22, A-10)."""
        return self._pages.banner(
            lang=self._pages.language(lang, self._lang),
            decided=self._decided,
            prefix=self._prefix,
            next=self._url,
            reloadable=self._method == "GET",
            objects=self._objects,
        )

    def placeholder(self, service: str, url: str, lang: str | None) -> str:
        """Shown inside a held frame of ``service`` ("" where nobody declared it)."""
        embed = rebuilt(self._embeds.get(service, ()), url) if self._opens else None
        return self._pages.placeholder(
            lang=self._pages.language(lang, self._lang),
            service=service,
            decided=self._decided,
            prefix=self._prefix,
            next=self._url,
            url=embed or "",
            answers=self._opens,
            here=service not in self._elsewhere,
            unframed=self._unframed,
        )
