"""Opens the pages, many at a time, and tells which ways have led somewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Error
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
FLAGS = (
    *QUIET,
    # Reports of the page's own leave within a minute otherwise.
    "--short-reporting-delay",
    "--allow-loopback-in-peer-connection",
)

Spot = tuple[Way, str]
"""A way, and the zone it led to."""


@dataclass
class Seen:
    """What the ways did in one state of things."""

    requests: set[Spot] = field(default_factory=set)
    connections: set[Spot] = field(default_factory=set)
    """Connections without a request included."""
    lost: list[str] = field(default_factory=list)
    """Pages that did not arrive whole: what they did proves nothing."""
    slowest: float = 0.0
    """Seconds from the last page that was opened to the last news of it."""

    def of(self, zone: str) -> set[Way]:
        """The ways that reached this zone, each in the manner of its own."""
        return {way for way, where in self.requests if where == zone} | {
            way for way, where in self.connections if where == zone and "connects" in way.marks
        }


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
    browser: Browser, sink: Sink, arrived: Arrived, sites: Sites = thrice
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
        started = browser.browser_type.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, "--host-resolver-rules=" + ", ".join(rules)],
        )
        yield started
        started.close()


@dataclass
class Walk:
    """All pages, opened in one state of things, some at a time."""

    context: BrowserContext
    address: str
    """Of the site, and the state: ``https://site.test/refused``."""
    sink: Sink
    arrived: Arrived
    patience: float
    """Seconds to wait for news, and then for more."""
    seen: Seen = field(default_factory=Seen)

    def go(self, numbers: Iterable[int]) -> Seen:
        """Open the pages of these numbers."""
        todo = list(numbers)
        for start in range(0, len(todo), TABS):
            self._batch(todo[start : start + TABS])
        return self.seen

    def _batch(self, numbers: list[int]) -> None:
        self.sink.clear()
        for number in numbers:
            self._open(number)
        opened = time.monotonic()
        last = self._wait()
        self.seen.slowest = max(self.seen.slowest, last - opened)
        self.seen.lost += [PAGES[n][0].title for n in numbers if not self._is_whole(n)]
        self.seen.requests |= set(_spots(self.sink.requests))
        self.seen.connections |= set(_spots(self.sink.connections))
        for page in self.context.pages:
            page.close()

    def _open(self, number: int) -> None:
        tab = self.context.new_page()
        with suppress(Error):
            # It may lead elsewhere before it is there.
            tab.goto(f"{self.address}/{number}", wait_until="commit")
        if "asked" in PAGES[number][0].marks:
            self.context.new_cdp_session(tab).send("Page.getAppManifest")

    def _is_whole(self, number: int) -> bool:
        """Did all of the page arrive, and were its ways gone?"""
        ways = PAGES[number]
        gone = self.arrived.get((self.address.rpartition("/")[2], number))
        silent = not ways[0].marks.isdisjoint({"document", "unheard"})
        return silent or gone == sum(way.kind == ".js" for way in ways)

    def _wait(self) -> float:
        """Until there is no news any more; gives the time of the last."""
        last, known = time.monotonic(), 0
        while time.monotonic() - last < self.patience:
            self.context.pages[0].wait_for_timeout(STEP)
            # Some go on calling for ever; that is no news.
            if (now := len({*self.sink.requests, *self.sink.connections})) != known:
                last, known = time.monotonic(), now
        return last


def _spots(called: Iterable[str]) -> Iterator[Spot]:
    for each in called:
        if found := HOST.match(each):
            yield WAYS[int(found[1])], found[2]
        for way in WAYS:
            if way.calls and (each.startswith(way.calls) or way.calls.startswith(f"{each}/")):
                yield way, ZONES[0]
