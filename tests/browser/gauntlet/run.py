"""Opens the pages, many at a time, and tells which ways have led somewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page
from starlette.types import ASGIApp

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.gauntlet.site import PAGES, Arrived, Ports, kept, site
from tests.browser.gauntlet.way import WAYS, ZONES, Way
from tests.browser.sink import Sink, ears
from tests.browser.world import tls_server

HOST = re.compile(r"w(\d+)\.(?:\w+\.)?(tracker|stranger)(?:\.test)?(?:/|$)")
STEP = 50
"""Milliseconds between two looks."""
TABS = 12
"""Pages at a time: a browser has 256 sockets, and what waits for one proves nothing."""
LONGEST = 20.0
"""Seconds in which a page arrives whole, or never does."""
FLAGS = (
    *QUIET,
    # Reports of the page's own leave within a minute otherwise.
    "--short-reporting-delay",
    "--allow-loopback-in-peer-connection",
)

Spot = tuple[Way, str]
"""A way, and the zone it led to."""
ALL = frozenset((way, zone) for way in WAYS for zone in way.zones)
CALLING = tuple(way for way in WAYS if way.calls)


@dataclass
class Seen:
    """What the ways did in one state of things."""

    requests: set[Spot] = field(default_factory=set)
    connections: set[Spot] = field(default_factory=set)
    """Connections without a request included."""
    gone: set[Way] = field(default_factory=set)
    """Ways of all pages that were opened."""
    lost: list[str] = field(default_factory=list)
    """Pages that did not arrive whole: what they did proves nothing."""
    slowest: float = 0.0
    """Seconds from the opening of a page to the last news of it, at most."""

    def of(self, zone: str) -> set[Way]:
        """The ways that reached this zone, each in the manner of its own."""
        return {way for way, where in self.reached if where == zone}

    @property
    def reached(self) -> set[Spot]:
        """Where ways led to, each in the manner of its own."""
        return self.requests | {spot for spot in self.connections if "connects" in spot[0].marks}


Sites = Callable[[Ports, Arrived], Mapping[str, ASGIApp]]
"""The same site in many forms, each under a host name of its own."""


def thrice(ports: Ports, arrived: Arrived) -> dict[str, ASGIApp]:
    """Bare, with the seal (``site.test``), with the strict one."""
    return {
        "bare.test": site(ports, arrived),
        "site.test": kept(ports, arrived, seal=True),
        "strict.test": kept(ports, arrived, seal="strict"),
    }


@contextmanager
def chromium(
    engine: BrowserType, sink: Sink, arrived: Arrived, sites: Sites = thrice
) -> Iterator[Browser]:
    """Knows the sites by their names, and nobody else."""
    with ExitStack() as stack:
        spoken = [f"{way.id}.{zone}" for way in WAYS if "port" in way.marks for zone in way.zones]
        ports = stack.enter_context(ears(sink, spoken))
        rules = [
            f"MAP {name.replace('.', '.*.')}.test 127.0.0.1:{port}" for name, port in ports.items()
        ]
        for name, app in sites(ports, arrived).items():
            rules.append(f"MAP {name} 127.0.0.1:{stack.enter_context(tls_server(app))}")
        rules.append(f"MAP * 127.0.0.1:{sink.port}")
        started = engine.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, "--host-resolver-rules=" + ", ".join(rules)],
        )
        yield started
        started.close()


@dataclass
class Tab:
    """A page that is open."""

    page: Page
    number: int
    opened: float
    wanted: frozenset[Spot]
    whole: float = 0.0
    """When it had arrived; 0 before that."""
    news: float = 0.0
    """When there was something new of it last."""


@dataclass
class Walk:
    """Pages that are opened in one state of things, some at a time."""

    context: BrowserContext
    address: str
    """Of the site, and the state: ``https://site.test/refused``."""
    sink: Sink
    arrived: Arrived
    patience: float
    """Seconds without news of a page after which no more is expected of it."""
    wanted: frozenset[Spot] = ALL
    """What there is to be waited for: a page whose ways have led there is closed at once."""
    seen: Seen = field(default_factory=Seen)
    tabs: list[Tab] = field(default_factory=list)

    def go(self, numbers: Iterable[int]) -> Seen:
        """Open the pages of these numbers."""
        todo = list(numbers)
        self.sink.clear()
        while todo or self.tabs:
            while todo and len(self.tabs) < TABS:
                self.tabs.append(self._open(todo.pop(0)))
            self.tabs[0].page.wait_for_timeout(STEP)
            self._hear()
            for tab in [tab for tab in self.tabs if self._is_done(tab)]:
                self._close(tab)
        for popup in self.context.pages:
            popup.close()
        return self.seen

    def _open(self, number: int) -> Tab:
        page, now = self.context.new_page(), time.monotonic()
        with suppress(Error):
            # It may lead elsewhere before it is there.
            page.goto(f"{self.address}/{number}", wait_until="commit")
        if "asked" in PAGES[number][0].marks:
            with suppress(Error):
                # A page that is not there yet has none.
                self.context.new_cdp_session(page).send("Page.getAppManifest")
        wanted = frozenset(spot for spot in self.wanted if spot[0] in PAGES[number])
        return Tab(page, number, now, wanted)

    def _close(self, tab: Tab) -> None:
        ways = PAGES[tab.number]
        self.seen.gone.update(ways)
        if not tab.whole:
            self.seen.lost.append(ways[0].title)
        self.seen.slowest = max(self.seen.slowest, tab.news - (tab.whole or tab.opened))
        tab.page.close()
        self.tabs.remove(tab)

    def _is_whole(self, number: int) -> bool:
        """Did all of the page arrive, and were its ways gone?"""
        ways = PAGES[number]
        gone = self.arrived.get((self.address.rpartition("/")[2], number))
        silent = not ways[0].marks.isdisjoint({"document", "unheard"})
        return silent or gone == sum(way.kind == ".js" for way in ways)

    def _is_done(self, tab: Tab) -> bool:
        now = time.monotonic()
        if tab.wanted <= self.seen.reached:
            return True
        return now - (tab.news or tab.opened) > (self.patience if tab.whole else LONGEST)

    def _hear(self) -> None:
        """Takes down what is new."""
        requests = set(_spots(self.sink.requests)) - self.seen.requests
        connections = set(_spots(self.sink.connections)) - self.seen.connections
        self.seen.requests |= requests
        self.seen.connections |= connections
        for tab in self.tabs:
            if not tab.whole and self._is_whole(tab.number):
                tab.whole = tab.news = time.monotonic()
            if any(way in PAGES[tab.number] for way, _ in requests | connections):
                tab.news = time.monotonic()


def _spots(called: list[str]) -> Iterator[Spot]:
    """Takes out what was called."""
    taken = called[:]
    del called[: len(taken)]
    for each in taken:
        if found := HOST.match(each):
            yield WAYS[int(found[1])], found[2]
        for way in CALLING:
            if each.startswith(way.calls) or way.calls.startswith(f"{each}/"):
                yield way, ZONES[0]
