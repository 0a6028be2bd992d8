"""Markup of everything visitors see of us, made from the templates; nothing here knows HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from markupsafe import escape

from consent.banner.signals import vendor_signals
from consent.banner.templates import ANY_PAGE, Templates, address, placed
from consent.banner.words import spoken
from consent.config import ConsentConfig
from consent.model import Choice
from consent.months import end_of_life
from consent.objections import NONE, Objection

# As the marks in ``templates``.
_STATE, _NONCE, _EMBED = map(chr, range(0xF8F2, 0xF8F5))
_STYLE_NONCE = "\uf8f4"


class Release(StrEnum):
    """What the page's script may release in place after a grant (docs/release.md)."""

    NEVER = "never"
    """A policy of ours is in force, or one of the site's refuses text as code: load it anew."""
    NONCED = "nonced"
    """Only scripts with the page's nonce: what we insert would be trusted without one."""
    ALL = "all"


class Pages:
    """The banner and the pages of one configuration.

    What is the same for all visitors is rendered once per language and kept.
    """

    def __init__(self, config: ConsentConfig) -> None:
        self.config = config
        self.languages = config.site.languages
        self._templates = Templates(config)
        self.shown = self._templates.shown
        self.assets = self._templates.assets
        """The static files as this site sends them."""
        self.upcoming = Pages(config.upcoming.config) if config.upcoming else None
        """Those of what is announced."""
        if self.upcoming:
            # A page of the one version may ask when the other holds.
            self.assets.keep(self.upcoming.assets)
            self.upcoming.assets.keep(self.assets)
        signals = vendor_signals(config.services, config.purposes)
        self._signals = json.dumps(signals, separators=(",", ":")) if signals else ""

    def language(self, *wanted: str | None) -> str:
        """The first of the wanted languages (BCP 47) that is offered, else the site's first."""
        found = (spoken(lang, self.languages) for lang in wanted)
        return next((lang for lang in found if lang), self.languages[0])

    def head(
        self,
        *,
        state_json: Mapping[str, object],
        prefix: str,
        nonce: str = "",
        release: Release = Release.NEVER,
        style_nonce: str = "",
    ) -> str:
        """Style sheet, state and script: no inline code, so any CSP accepts us (style.md 14)."""
        data = json.dumps(state_json, separators=(",", ":"))
        for sign in "<>&":
            data = data.replace(sign, f"\\u{ord(sign):04x}")
        kept = self._templates.kept(
            "head",
            self.languages[0],
            prefix,
            state=_STATE,
            nonce=_NONCE * bool(nonce),
            style_nonce=_STYLE_NONCE * bool(style_nonce),
            signals=self._signals,
            release=release,
        )
        for mark, value in ((_NONCE, nonce), (_STYLE_NONCE, style_nonce)):
            kept = kept.replace(mark, str(escape(value)))
        return kept.replace(_STATE, data)

    def banner(
        self,
        *,
        lang: str | None,
        decided: bool,
        prefix: str,
        next: str,
        reloadable: bool = True,
        objects: bool = False,
    ) -> str:
        """The first layer while undecided, and on every page the control that reopens it.

        ``reloadable`` is false where the page answered a POST: its forms are then answered with a
        page of ours, since it cannot be shown again. ``objects``: the browser objects by a signal
        that holds; then the control says so (law.md US-02), and where the configuration wants it,
        nothing else is asked.
        """
        kept = self._templates.kept(
            "banner",
            self.language(lang),
            prefix,
            decided=decided,
            asks=self.config.asks,
            reloadable=reloadable,
            objects=objects,
            silent=objects and not self.config.signals.banner,
            **ANY_PAGE,
        )
        return placed(kept, next)

    def preferences(
        self,
        *,
        lang: str | None,
        choice: Choice | None,
        prefix: str,
        next: str = "",
        message: str = "",
        objection: Objection = NONE,
    ) -> str:
        """The second layer as a page; ``message`` is ``""`` or one of ``saved``, ``error``."""
        months = self.config.cookie.lifetime_months
        until = end_of_life(choice.made_at, months) if choice else None
        more = {"choice": choice, "until": until, "message": message, "objection": objection}
        return self._page("preferences", lang, prefix, next, more)

    def policy(
        self,
        *,
        lang: str | None,
        prefix: str,
        next: str = "",
        in_force_since: date | None = None,
        takes_effect: bool = False,
    ) -> str:
        """The cookie policy (law.md FR-08, FR-25, EU-03, EU-24).

        ``in_force_since``: the day, where it is known (P-19). ``takes_effect``: it is shown before
        its day, so that whoever it concerns can read all of it (P-11).
        """
        more = {"in_force_since": in_force_since, "takes_effect": takes_effect}
        query = "upcoming=1&" * takes_effect
        return self._page("policy", lang, prefix, next, {**more, "query": query})

    def mine(self, *, lang: str | None, prefix: str, next: str = "", **more: object) -> str:
        """What is kept of one visitor's choices; see ``mine.html`` for what it is given."""
        return self._page("mine", lang, prefix, next, more)

    def confirmation(
        self,
        *,
        lang: str | None,
        prefix: str,
        next: str = "",
        saved: bool = True,
    ) -> str:
        """After a form whose page cannot be shown again, or (``saved=False``) one that failed."""
        return self._page("confirmation", lang, prefix, next, {"saved": saved})

    def placeholder(
        self,
        *,
        lang: str | None,
        service: str,
        prefix: str,
        decided: bool = False,
        next: str = "",
        url: str = "",
        opens: bool = False,
        here: bool = True,
        unframed: bool = False,
        answers: bool = False,
        failed: bool = False,
        saved: bool = False,
    ) -> str:
        """A small document for a held frame: who would receive what, and how to allow it.

        Its buttons answer for this service alone; what is ``decided`` otherwise stays. Only a page
        known to be ``unframed`` has them: under another site's page, one stolen click would grant.
        The link leads out of all frames, to a page that none may hold.

        Args:
            lang: of the page (BCP 47).
            service: whose frame it is; "" where nobody declared it.
            prefix: what our addresses start with.
            decided: whether the visitor has answered for every purpose.
            next: the page's own path and query.
            url: the frame's address as ``rebuilt``, if it can be opened in its place.
            opens: whether it can, where the address is left out.
            here: whether the service may act on this page at all.
            unframed: whether no frame is known to hold the page.
            answers: whether the frame may show the answer: the page around it then keeps its place.
            failed: whether a click could not be recorded.
            saved: whether one was, for a frame that cannot be opened in its place.
        """
        kept = self._templates.kept(
            "placeholder",
            self.language(lang),
            prefix,
            service_id=service,
            decided=decided,
            here=here,
            unframed=unframed,
            answers=answers,
            failed=failed,
            saved=saved,
            embed=_EMBED * (opens or bool(url)),
            **ANY_PAGE,
        )
        return placed(kept, next).replace(_EMBED, str(escape(url)))

    def frame(self, *, lang: str | None, prefix: str, url: str, title: str) -> str:
        """The document around an embed that the visitor has opened."""
        return self._templates.render("frame", self.language(lang), prefix, url=url, title=title)

    def _page(
        self, name: str, lang: str | None, prefix: str, page: str, more: Mapping[str, object]
    ) -> str:
        own = address(page)
        return self._templates.render(
            name,
            self.language(lang),
            prefix,
            next=own,
            next_quoted=quote(own, safe="/"),
            home=own or self.config.site.url,
            **{"query": "", **more},
        )
