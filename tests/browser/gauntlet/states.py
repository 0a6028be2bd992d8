"""The states of things in which all ways are gone, and what came through in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, StorageState

from consent.testing import signed_cookie
from tests.browser.gauntlet.run import ALL, LONGEST, Seen, Spot, Walk
from tests.browser.gauntlet.site import PAGES, Arrived, Ports, config
from tests.browser.gauntlet.way import WAYS, ZONES, Way
from tests.browser.sink import Sink

SCRIPTLESS = frozenset(n for n, ways in enumerate(PAGES) if ways[0].family == "noscript")
"""Pages that are opened with scripts switched off."""
PATIENCE = 2.0
"""Seconds without news after which no more is expected of the bare site."""
CHOOSING = """(action) => fetch("/consent/choice", {method: "POST", body: JSON.stringify({action}),
  headers: {"content-type": "application/json"}}).then((answer) => answer.status)"""
LEAST = 0.5
"""Seconds that are waited in any case."""
EVERY = range(len(PAGES))


def _few() -> Iterator[int]:
    first: dict[tuple[str, bool], int] = {}
    for number, ways in enumerate(PAGES):
        first.setdefault((ways[0].family, len(ways) > 1), number)
    yield from first.values()


FEW = frozenset(_few())
"""Of each family one page with many ways, and one with a single one."""


@dataclass
class Gauntlet:
    """One browser that goes all the ways again and again."""

    browser: Browser
    sink: Sink
    arrived: Arrived
    ports: Ports = field(default_factory=dict)
    """Of hosts that are told one; whoever chooses, chooses about them too."""
    patience: float = PATIENCE
    pages: Iterable[int] = EVERY
    """Their numbers; all, unless one is content with fewer."""

    def bare(self) -> Seen:
        """Without the middleware: what does not lead anywhere here proves nothing elsewhere."""
        with self.browser.new_context() as context:
            seen = self.walk(context, "https://bare.test/bare")
        # As long as it took here is waited where nothing comes.
        self.patience = min(max(LEAST, seen.slowest), LONGEST)
        return seen

    def undecided(self, site: str, pages: Iterable[int] = EVERY) -> Seen:
        """Before any choice."""
        with self.browser.new_context() as context:
            return self.walk(context, f"{site}/undecided", pages)

    def refused(self, site: str, pages: Iterable[int] = EVERY) -> Seen:
        """Once everything was refused."""
        with self.browser.new_context() as context:
            self._decided(context, site, purposes=False)
            return self.walk(context, f"{site}/refused", pages)

    def accepted(self, site: str, bare: Seen) -> tuple[Seen, StorageState]:
        """Once everything was granted; and what the browser keeps of it."""
        wanted = frozenset(spot for spot in bare.reached if spot[1] == ZONES[0])
        with self.browser.new_context() as context:
            self._decided(context, site, purposes=True)
            seen = self.walk(context, f"{site}/accepted", wanted=wanted)
            missed = {way for way, _ in wanted - seen.reached}
            # With less to do at a time, as a visitor's browser.
            again = self.walk(context, f"{site}/accepted", pages_of(missed), wanted=wanted)
            seen.requests |= again.requests
            seen.connections |= again.connections
            return seen, context.storage_state()

    def withdrawn(self, site: str, kept: StorageState, pages: Iterable[int]) -> Seen:
        """Once a visitor who had granted everything has clicked on the refusal."""
        with self.browser.new_context(storage_state=kept) as context:
            _withdraw(context, site)
            return self.walk(context, f"{site}/withdrawn", pages)

    def walk(
        self,
        context: BrowserContext,
        address: str,
        pages: Iterable[int] = EVERY,
        wanted: frozenset[Spot] = ALL,
    ) -> Seen:
        """These pages in this state of things: ``https://site.test/refused``."""
        numbers = set(pages) & set(self.pages)
        walk = Walk(context, address, self.sink, self.arrived, self.patience, wanted)
        walk.go(numbers - SCRIPTLESS)
        with self._scriptless(context.storage_state()) as walk.context:
            return walk.go(numbers & SCRIPTLESS)

    def _decided(self, context: BrowserContext, site: str, *, purposes: bool) -> None:
        """By the cookie alone."""
        name, value = signed_cookie(config(self.ports, seal=True), purposes=purposes)
        context.add_cookies([{"name": name, "value": value, "url": f"{site}/", "secure": True}])

    def _scriptless(self, state: StorageState) -> BrowserContext:
        return self.browser.new_context(java_script_enabled=False, storage_state=state)


def pages_of(ways: Iterable[Way]) -> set[int]:
    """The pages on which they are gone."""
    found = set(ways)
    return {number for number, page in enumerate(PAGES) if found.intersection(page)}


def _withdraw(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/")
    page.locator(".cc-reopen").click()
    with page.expect_response("**/consent/choice") as said:
        page.locator("dialog [value=refuse_all]").click()
    assert said.value.status == 200
    page.close()


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
