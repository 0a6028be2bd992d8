"""Go all ways in one browser: bare, with each manager, with asgi-consent; print the table.

``--whole`` goes all ways that share a page, and once more after refusal: many
minutes.
Counts are of ways that led to declared hosts, then of those that led to any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from starlette.types import ASGIApp

from bench.managers.manager import MANAGERS, Manager, install
from bench.managers.site import Shown, managed
from tests.browser import sink as sinks
from tests.browser.gauntlet.run import Seen, chromium, thrice
from tests.browser.gauntlet.site import PAGES, Arrived, Ports
from tests.browser.gauntlet.states import Gauntlet, choose
from tests.browser.gauntlet.way import WAYS, ZONES, Way

OURS = {"asgi-consent": "site.test", 'asgi-consent, seal = "strict"': "strict.test"}
BANNER = "#consent-ui .cc-banner"
TOGETHER = {n: ways[0].family for n, ways in enumerate(PAGES) if not ways[0].is_alone}
"""Pages of many ways: those that need a page of their own would take most of the time."""
SAMPLE = sorted({family: n for n, family in reversed(TOGETHER.items())}.values())
"""The first page of each family."""
NOSCRIPT = {n for n, family in TOGETHER.items() if family == "noscript"}
"""Opened without scripts, where no manager can do anything: not asked of them in the sample."""


@dataclass
class Row:
    """One manager, before a choice and after refusal."""

    name: str
    undecided: Seen
    refused: Seen | None


@dataclass
class Comparison:
    """All sites in one browser."""

    gauntlet: Gauntlet
    shown: dict[str, Shown]
    is_whole: bool

    def manager(self, manager: Manager) -> Row:
        """Before a choice; and in another profile after refusal, which has to be remembered."""
        site = f"https://{manager.host}"
        with self.gauntlet.browser.new_context() as context:
            self._meet(context, site, manager.banner)
        undecided = self.gauntlet.undecided(site)
        name = f"{manager.name} {manager.version}"
        if not self.is_whole:
            return Row(name, undecided, None)
        with self.gauntlet.browser.new_context() as context:
            self._refuse(context, site, manager)
            refused = self.gauntlet.walk(context, f"{site}/refused")
        return Row(name, undecided, refused)

    def ours(self, name: str, host: str) -> Row:
        """The same for asgi-consent."""
        site = f"https://{host}"
        with self.gauntlet.browser.new_context() as context:
            self._meet(context, site, BANNER)
        undecided = self.gauntlet.undecided(site)
        if not self.is_whole:
            return Row(name, undecided, None)
        with self.gauntlet.browser.new_context() as context:
            choose(context, site, "refuse_all")
            return Row(name, undecided, self.gauntlet.walk(context, f"{site}/refused"))

    def _meet(self, context: BrowserContext, site: str, banner: str) -> None:
        page = context.new_page()
        page.goto(f"{site}/")
        page.locator(banner).wait_for(state="visible")

    def _refuse(self, context: BrowserContext, site: str, manager: Manager) -> None:
        page = context.new_page()
        page.goto(f"{site}/")
        banner = page.locator(manager.banner)
        banner.wait_for(state="visible")
        page.evaluate(manager.refuse)
        banner.wait_for(state="hidden")
        page.goto(f"{site}/", wait_until="networkidle")
        assert not banner.is_visible(), f"{manager.name} has forgotten the refusal"
        page.close()

    def banners(self, manager: Manager) -> int:
        """On how many pages its banner was seen before a choice."""
        return sum(path.startswith("/undecided/") for path in self.shown[manager.name])


def main() -> None:
    """Install, measure, print."""
    install()
    is_whole = "--whole" in sys.argv
    pages = list(TOGETHER) if is_whole else [n for n in SAMPLE if n not in NOSCRIPT]
    arrived: Arrived = {}
    shown: dict[str, Shown] = {manager.name: set() for manager in MANAGERS}

    def sites(ports: Ports, arrived: Arrived) -> dict[str, ASGIApp]:
        others = {m.host: managed(m, ports, arrived, shown[m.name]) for m in MANAGERS}
        return {**thrice(ports, arrived), **others}

    with (
        sinks.opened() as sink,
        sync_playwright() as playwright,
        chromium(playwright.chromium, sink, arrived, sites) as browser,
    ):
        gauntlet = Gauntlet(browser, sink, arrived, pages=pages)
        comparison = Comparison(gauntlet, shown, is_whole)
        for line in _report(comparison, browser):
            print(line, flush=True)


def _report(comparison: Comparison, browser: Browser) -> Iterator[str]:
    pages = comparison.gauntlet.pages
    bare = comparison.gauntlet.bare()
    firing = {way for way in WAYS if _came(bare, way, ZONES)}
    gone = sum(len(PAGES[number]) for number in pages)
    yield f"{len(firing)} ways of {gone}, {len(pages)} pages, Chromium {browser.version}\n"
    yield "| | asked | connected only | refused: asked | connected only | banner seen |"
    yield "|---|---:|---:|---:|---:|---:|"
    yield _line(Row("nothing", bare, None), firing, "")
    for manager in MANAGERS:
        row = comparison.manager(manager)
        yield _line(row, firing, f"{comparison.banners(manager)} / {len(pages)}")
    for name, host in OURS.items():
        yield _line(comparison.ours(name, host), firing, "")


def _line(row: Row, firing: Iterable[Way], banners: str) -> str:
    cells = [
        f"{_count(seen, firing, ZONES[:1], kind)} / {_count(seen, firing, ZONES, kind)}"
        if seen
        else ""
        for seen in (row.undecided, row.refused)
        for kind in ("asked", "connected")
    ]
    return f"| {row.name} | {' | '.join([*cells, banners])} |"


def _count(seen: Seen, ways: Iterable[Way], zones: Iterable[str], kind: str) -> int:
    return sum(_came(seen, way, zones) == kind for way in ways)


def _came(seen: Seen, way: Way, zones: Iterable[str]) -> str:
    """The most that this way came to, in any of these zones."""
    if any((way, zone) in seen.requests for zone in zones):
        return "asked"
    return "connected" if any((way, zone) in seen.connections for zone in zones) else ""


main()
