"""Which screen was clicked on, and that it is kept before a record names it."""

from __future__ import annotations

from typing import NamedTuple

from consent.asgi.submission import Submission
from consent.banner import Pages
from consent.banner.screens import Screens
from consent.log import ProofLog
from consent.log.screens import Screens as KeepsScreens
from consent.model import Screen
from consent.objections import Objection
from consent.record import Interface, Record


class Shown(NamedTuple):
    """What stood before the visitor who clicked, and what the browser said besides."""

    screen: str | None = None
    """Hash of the screen; none where it was none of ours."""
    scripts: str | None = None
    """Hash of the browser code."""
    signals: tuple[str, ...] = ()


class Archive:
    """The screens of one site, on their way to its log."""

    def __init__(self, log: ProofLog, pages: Pages) -> None:
        self._log = log if isinstance(log, KeepsScreens) else None
        self._screens = Screens(pages)
        self._languages = pages.languages
        self._notices = ("", pages.config.notice.hash)
        self._kept: set[str] = set()

    def shown(self, submitted: Submission, *, decided: bool, objection: Objection) -> Shown:
        """What was on screen, by what was sent from there."""
        screen = self._screen(submitted, decided, objection)
        scripts = self._screens.scripts()
        return Shown(screen.hash if screen else None, scripts.hash, objection.names)

    async def keep(self, record: Record) -> None:
        """Return once all that the record names is durable: a hash alone shows nobody anything.

        Raises:
            LogUnavailable: it is not known to be.
        """
        for digest in (record.screen, record.scripts):
            if self._log and digest and digest not in self._kept:
                await self._log.keep_screen(self._screens.find(digest))
                self._kept.add(digest)

    def _screen(self, submitted: Submission, decided: bool, objection: Objection) -> Screen | None:
        if submitted.notice not in self._notices:
            # A refusal from a page of before: what it showed then is not known here.
            return None
        lang = submitted.lang or self._languages[0]
        match submitted.shown:
            case Interface.BANNER:
                return self._screens.banner(lang, objection.holds)
            case Interface.PREFERENCES:
                return self._screens.preferences(lang, objection)
            case Interface.PLACEHOLDER if len(submitted.services) == 1:
                (service,) = submitted.services
                opens = bool(submitted.embed)
                answers = opens or submitted.in_frame
                return self._screens.placeholder(lang, service, decided, opens, answers)
        return None
