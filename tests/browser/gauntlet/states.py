"""The states of things in which all ways are gone, and what came through in each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, StorageState

from tests.browser.gauntlet.run import Seen, Walk
from tests.browser.gauntlet.site import PAGES, Arrived
from tests.browser.gauntlet.way import WAYS, Way
from tests.browser.sink import Sink

SCRIPTLESS = frozenset(n for n, ways in enumerate(PAGES) if ways[0].family == "noscript")
"""Pages that are opened with scripts switched off."""
HELD = ("undecided", "refused", "withdrawn")
PATIENCE = 2.0
"""Seconds without news after which no more is expected of the bare site."""
CHOOSING = """(action) => fetch("/consent/choice", {method: "POST", body: JSON.stringify({action}),
  headers: {"content-type": "application/json"}}).then((answer) => answer.status)"""
LEAST = 0.5
"""Seconds that are waited in any case."""


@dataclass
class Gauntlet:
    """One browser that goes all the ways again and again."""

    browser: Browser
    sink: Sink
    arrived: Arrived
    patience: float = PATIENCE
    pages: Collection[int] = range(len(PAGES))
    """Their numbers; all, unless one is content with fewer."""

    def bare(self) -> Seen:
        """Without the middleware: what does not lead anywhere here proves nothing elsewhere."""
        with self.browser.new_context() as context:
            seen = self.walk(context, "https://bare.test/bare")
        # As long as it took here is waited where nothing comes.
        self.patience = max(LEAST, seen.slowest)
        return seen

    def undecided(self, site: str) -> Seen:
        """Before any choice."""
        with self.browser.new_context() as context:
            return self.walk(context, f"{site}/undecided")

    def kept(self, site: str) -> dict[str, Seen]:
        """Before any choice; refused; accepted; and withdrawn in the same browser."""
        seen = {"undecided": self.undecided(site)}
        with self.browser.new_context() as context:
            choose(context, site, "refuse_all")
            seen["refused"] = self.walk(context, f"{site}/refused")
        with self.browser.new_context() as context:
            choose(context, site, "accept_all")
            seen["accepted"] = self.walk(context, f"{site}/accepted")
            choose(context, site, "refuse_all")
            seen["withdrawn"] = self.walk(context, f"{site}/withdrawn")
        return seen

    def walk(self, context: BrowserContext, address: str) -> Seen:
        """All pages in this state of things: ``https://site.test/refused``."""
        walk = Walk(context, address, self.sink, self.arrived, self.patience)
        walk.go(n for n in self.pages if n not in SCRIPTLESS)
        with self._scriptless(context.storage_state()) as walk.context:
            return walk.go(n for n in self.pages if n in SCRIPTLESS)

    def _scriptless(self, state: StorageState) -> BrowserContext:
        return self.browser.new_context(java_script_enabled=False, storage_state=state)


def choose(context: BrowserContext, site: str, action: str) -> None:
    """As the banner would: ``accept_all`` or ``refuse_all``."""
    page = context.new_page()
    page.goto(f"{site}/")
    said = page.evaluate(CHOOSING, action)
    assert said == 200, said
    page.close()


def named(ways: Iterable[Way]) -> list[str]:
    """In the order of the files."""
    found = set(ways)
    return [way.title for way in WAYS if way in found]
