"""Every check, in the order of a visit: a page, a choice, what comes after it, and its record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from uuid import UUID

from consent.config import ConsentConfig
from consent.doctor import again, choice, page, stored
from consent.doctor.again import Again
from consent.doctor.choice import Click, SetCookie
from consent.doctor.findings import Check, Report, Trouble
from consent.doctor.page import Page
from consent.doctor.site import NAVIGATION, Answer, Site
from consent.errors import SiteUnreachable
from consent.log.sql import SqlLog


def examine(
    url: str,
    *,
    config: ConsentConfig | None = None,
    log: SqlLog | None = None,
    no_log: str = "",
    patience: float = stored.PATIENCE,
) -> Report:
    """Visit a site, refuse, and look at everything that comes of it.

    Grants nothing. With ``log``, the test choice is looked up there and who made it erased.

    Args:
        url: a page of the site, as visitors address it.
        config: what the site is meant to run with.
        log: where it is meant to record.
        no_log: why there is none.
        patience: seconds until the record has to be in the tree.
    """
    report = Report(url)
    try:
        _Visit(Site(url), config, report).run()
    except SiteUnreachable as error:
        fix = "Is it running, at this address, with a certificate that this machine trusts?"
        report.add(Check.SITE, [Trouble(str(error), fix)], fine="")
    if report.subjects and log:
        asyncio.run(stored.inspect(log, report, config, patience=patience))
    elif report.subjects:
        stored.unseen(report, no_log)
    return report


@dataclass(slots=True)
class _Visit:
    site: Site
    config: ConsentConfig | None
    report: Report

    def run(self) -> None:
        """Stops where nothing more can be said."""
        answer = self.site.get(self.site.page, NAVIGATION)
        if not self.report.add(Check.SITE, page.arrived(answer), fine="it answers"):
            return
        opened = Page.of(answer)
        self._look(opened)
        prefix = opened.prefix(self.config)
        # A site that asks nothing takes no choice; a page that is not ours says nothing of that.
        if self._find(opened, prefix) and (opened.asks or not opened.state):
            self._choose(opened, prefix)

    def _look(self, opened: Page) -> None:
        add = self.report.add
        add(Check.PAGE, page.inserted(opened), fine="guard, banner and state are in the page")
        if opened.state:
            add(Check.SEAL, page.sealed(opened, self.config), fine="the seal is in the headers")
        compression = page.compressed(opened, self.site)
        add(Check.COMPRESSION, compression, fine="it is the same page where gzip is accepted")
        add(Check.ASSETS, page.assets(opened, self.site), fine="they arrive as they are, and stay")

    def _find(self, opened: Page, prefix: str) -> bool:
        """Are our own paths there?"""
        answer = self.site.get(f"{prefix}/state")
        reached = list(page.reached(answer, prefix, self.config))
        self.report.add(Check.PREFIX, reached, fine=f"our paths are below {prefix}")
        state = answer.document()
        if answer.status != 200 or "decided" not in state:
            return False
        fine = "it is kept nowhere, and of the page's notice"
        self.report.add(Check.STATE, page.state_of(answer, page=opened), fine=fine)
        if self.config:
            shown = self._shown(str(state.get("notice")), self.config)
            fine = "the site shows the notice that this configuration gives"
            self.report.add(Check.CONFIGURATION, shown, fine=fine)
        return True

    def _shown(self, notice: str, config: ConsentConfig) -> Iterator[Trouble]:
        if notice != config.notice.hash:
            fix = "Start it anew, or name the file that it was started with."
            yield Trouble("the site shows another notice than this configuration gives", fix)

    def _choose(self, opened: Page, prefix: str) -> None:
        click = Click.on(self.config.site.languages[0] if self.config else "")
        headers = click.headers(self.site.origin, "same-origin")
        answer = self._post(click, prefix, headers)
        fine = "a refusal was taken and recorded"
        made_at = choice.moment(answer.document())
        if not self.report.add(Check.CHOICE, choice.taken(answer), fine=fine) or made_at is None:
            return
        self.report.add(
            Check.CLOCK, choice.timed(answer, made_at), fine="record and answer have the same time"
        )
        cookie = choice.cookie_of(answer)
        fine = "name, attributes and size are right"
        self.report.add(Check.COOKIE, choice.shaped(cookie, self.config), fine=fine)
        if cookie:
            self._inspect(cookie, made_at)
        pair = cookie.pair if cookie else ""
        # First what changes nothing: a broken site may take what follows for another choice.
        if cookie:
            self._return(opened, prefix, pair, str(answer.document().get("subject")))
        self._repeat(Again(self.site, f"{prefix}/choice", click, pair, answer))

    def _post(self, click: Click, prefix: str, headers: dict[str, str]) -> Answer:
        answer = self.site.post(f"{prefix}/choice", click.body, headers)
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        """Whoever a test choice was recorded for is to be erased."""
        with suppress(ValueError):
            subject = str(UUID(str(answer.document().get("subject"))))
            if subject not in self.report.subjects:
                self.report.subjects.append(subject)

    def _inspect(self, cookie: SetCookie, made_at: datetime) -> None:
        add, scheme = self.report.add, "https" if self.site.secure else "plain HTTP"
        fine = f"the application knows that it is asked over {scheme}"
        add(Check.SCHEME, choice.transported(cookie, self.site), fine=fine)
        add(Check.LIFETIME, choice.lives(cookie, made_at), fine="within 13 calendar months")
        if self.config:
            fine = "by a secret of this configuration"
            add(Check.SIGNATURE, choice.signed(cookie, self.config, made_at), fine=fine)

    def _repeat(self, more: Again) -> None:
        add = self.report.add
        by_origin = more.by_origin()
        fine = "the application knows the address that it is asked at"
        add(Check.ADDRESS, again.addressed(by_origin, self.site, self.config), fine=fine)
        once, reused, foreign = more.once(), more.reused(), more.cross_site()
        for answer in (by_origin, once, reused, foreign):
            self._note(answer)
        fine = "the same click again is the same choice"
        add(Check.ONCE, again.repeated(once, more.first), fine=fine)
        add(Check.REUSED, again.told_apart(reused), fine="a key with another body is refused")
        add(Check.CROSS_SITE, again.turned_away(foreign), fine="a post of another site is refused")

    def _return(self, opened: Page, prefix: str, pair: str, subject: str) -> None:
        states = [self.site.get(f"{prefix}/state", cookie=pair) for _ in range(again.TIMES)]
        fine = f"the choice is known in each of {again.TIMES} answers"
        self.report.add(Check.HONOURED, again.honoured(states, subject), fine=fine)
        if opened.asks:
            joint = "&" if "?" in self.site.page else "?"
            target = f"{self.site.page}{joint}consent-doctor={token_hex(8)}"
            kept = again.kept(opened, target, self.site, pair)
            self.report.add(Check.CACHING, kept, fine="each visitor is sent their own page")
