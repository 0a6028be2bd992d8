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

HOST = re.compile(r"w(\d+)\.(\w+)\.(tracker|stranger)(?:\.test)?(?:/|$)")
STEP = 50
"""Milliseconds between two looks."""
TABS = 16
"""Pages at a time: a browser has 256 sockets, and what waits for one proves nothing."""
LONGEST = 20.0
"""Seconds in which a page arrives whole, or never does."""
LEAST = 0.5
"""Seconds that are waited for more of a page in any case."""
FLAGS = (
    *QUIET,
    # Reports of the page's own leave within a minute otherwise.
    "--short-reporting-delay",
    "--allow-loopback-in-peer-connection",
)
STATES = ("bare", "undecided", "refused", "strict", "accepted", "withdrawn")
"""Every host is that of one state, so what comes late is not taken for another's."""

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
    crashed: list[str] = field(default_factory=list)
    """Ways of pages that the browser ended, whole or not."""
    took: dict[int, float] = field(default_factory=dict)
    """Seconds from the arrival of a page to the last news of it, by its number."""

    def of(self, zone: str) -> set[Way]:
        """The ways that reached this zone, each in the manner of its own."""
        return {way for way, where in self.reached if where == zone}

    @property
    def reached(self) -> set[Spot]:
        """Where ways led to, each in the manner of its own."""
        return self.requests | {spot for spot in self.connections if "connects" in spot[0].marks}

    @property
    def came(self) -> set[Spot]:
        """Where ways led to, in whatever manner."""
        return self.requests | self.connections


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
    engine: BrowserType,
    sink: Sink,
    arrived: Arrived,
    sites: Sites = thrice,
    states: Iterable[str] = STATES,
) -> Iterator[Browser]:
    """Knows the sites by their names, and nobody else."""
    with served(sink, arrived, sites, states) as flags:
        started = engine.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


@contextmanager
def served(
    sink: Sink, arrived: Arrived, sites: Sites = thrice, states: Iterable[str] = STATES
) -> Iterator[list[str]]:
    """The sites, and what tells a Chromium of them."""
    with ExitStack() as stack:
        deaf = [way for way in WAYS if "port" in way.marks]
        named = [f"{way.id}.{state}.{zone}" for state in states for way in deaf for zone in ZONES]
        ports = stack.enter_context(ears(sink, named))
        rules = [f"MAP {name}.test 127.0.0.1:{port}" for name, port in ports.items()]
        for name, app in sites(ports, arrived).items():
            rules.append(f"MAP {name} 127.0.0.1:{stack.enter_context(tls_server(app))}")
        rules.append(f"MAP * 127.0.0.1:{sink.port}")
        yield [*FLAGS, "--host-resolver-rules=" + ", ".join(rules)]


@dataclass
class Walk:
    """Pages that are to be opened in one state of things."""

    state: str
    site: str
    """``https://site.test``"""
    context: BrowserContext
    scriptless: BrowserContext
    """The same visitor, for pages that are opened with scripts switched off."""
    todo: list[int]
    patience: Mapping[int, float] = field(default_factory=dict)
    """Seconds without news of a page, by its number, after which no more is expected of it."""
    enough: frozenset[Spot] = frozenset()
    """What a page is closed for at once, when all of it has been seen."""
    due: frozenset[Spot] = frozenset()
    """What is known to come, and waited for."""
    seen: Seen = field(default_factory=Seen)


@dataclass
class Tab:
    """A page that is open."""

    walk: Walk
    page: Page
    number: int
    opened: float
    whole: float = 0.0
    """When it had arrived; 0 before that."""
    news: float = 0.0
    """When there was something new of it last; 0 before that."""
    crashed: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        """That it goes."""
        return PAGES[self.number]

    def is_done(self, now: float) -> bool:
        """Has all come that is expected of it?"""
        if self.crashed or now - max(self.news, self.opened) > LONGEST:
            return True
        if not self.whole and not (self.leads_away and self.news):
            return False
        seen, walk = self.walk.seen, self.walk
        if self._of(walk.enough) and self._of(walk.enough) <= seen.reached:
            return True
        quiet = now - self.news > walk.patience.get(self.number, LEAST)
        return quiet and self._of(walk.due) <= seen.came

    @property
    def leads_away(self) -> bool:
        """Whether it may be gone before it was whole."""
        return "navigates" in self.ways[0].marks

    def ask(self) -> None:
        """Has the browser go what it goes only when it is asked to, once the page is there."""
        if "asked" in self.ways[0].marks:
            self.page.context.new_cdp_session(self.page).send("Page.getAppManifest")

    def _of(self, spots: frozenset[Spot]) -> set[Spot]:
        return {spot for spot in spots if spot[0] in self.ways}


@dataclass
class Runner:
    """Opens the pages of some walks side by side."""

    sink: Sink
    arrived: Arrived
    tabs: list[Tab] = field(default_factory=list)

    def go(self, walks: Iterable[Walk], tabs: int = TABS) -> None:
        """Until all that they have to do is done."""
        self.sink.clear()
        walking = list(walks)
        todo = [(walk, number) for walk in walking for number in walk.todo]
        # A page of its own to wait on: one that goes ways may crash.
        clock = walking[0].context.new_page()
        while todo or self.tabs:
            while todo and len(self.tabs) < tabs:
                self.tabs.append(_opened(*todo.pop(0)))
            clock.wait_for_timeout(STEP)
            self._hear(walking)
            for tab in [tab for tab in self.tabs if tab.is_done(time.monotonic())]:
                self._close(tab)
        for walk in walking:
            for popup in walk.context.pages:
                popup.close()

    def _hear(self, walks: Iterable[Walk]) -> None:
        """Takes down what is new."""
        now = time.monotonic()
        requests, connections = heard(self.sink.requests), heard(self.sink.connections)
        for walk in walks:
            asked = _in(walk.state, requests) - walk.seen.requests
            connected = _in(walk.state, connections) - walk.seen.connections
            walk.seen.requests |= asked
            walk.seen.connections |= connected
            for tab in (tab for tab in self.tabs if tab.walk is walk):
                if not tab.whole and self._is_whole(tab):
                    tab.whole = tab.news = now
                    tab.ask()
                if any(way in tab.ways for way, _ in asked | connected):
                    tab.news = now

    def _is_whole(self, tab: Tab) -> bool:
        """Did all of the page arrive, and were its ways gone?"""
        gone = self.arrived.get((tab.walk.state, tab.number))
        silent = not tab.ways[0].marks.isdisjoint({"document", "unheard"})
        return silent or gone == sum(way.kind == ".js" for way in tab.ways)

    def _close(self, tab: Tab) -> None:
        seen = tab.walk.seen
        seen.gone.update(tab.ways)
        if tab.crashed:
            seen.crashed.extend(way.title for way in tab.ways)
        elif not tab.whole and not (tab.leads_away and tab.news):
            seen.lost.append(tab.ways[0].title)
        seen.took[tab.number] = tab.news - (tab.whole or tab.opened)
        tab.page.close()
        self.tabs.remove(tab)


def _opened(walk: Walk, number: int) -> Tab:
    is_scriptless = PAGES[number][0].family == "noscript"
    page = (walk.scriptless if is_scriptless else walk.context).new_page()
    tab = Tab(walk, page, number, time.monotonic())
    page.on("crash", lambda _: setattr(tab, "crashed", True))
    with suppress(Error):
        # It may lead elsewhere before it is there.
        page.goto(f"{walk.site}/{walk.state}/{number}", wait_until="commit")
    return tab


Heard = set[tuple[str, Spot]]
"""What was called, and in which state; "" where that cannot be told."""


def _in(state: str, heard: Heard) -> set[Spot]:
    """What was called in this state; what cannot be told apart is everybody's."""
    return {spot for told, spot in heard if told in {state, ""}}


def heard(called: list[str]) -> Heard:
    """Takes out what was called."""
    taken = called[:]
    del called[: len(taken)]
    return {spot for each in taken for spot in _read(each)}


def _read(called: str) -> Iterator[tuple[str, Spot]]:
    if found := HOST.match(called):
        yield found[2], (WAYS[int(found[1])], found[3])
    for way in CALLING:
        if called.startswith(way.calls) or way.calls.startswith(f"{called}/"):
            yield "", (way, ZONES[0])
