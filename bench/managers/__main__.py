"""Go all ways in one browser: bare, with each manager, with asgi-consent; print the table.

``--whole`` goes all ways that share a page, and once more after refusal: many
minutes.
Counts are of ways that led to declared hosts, then of those that led to any.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from starlette.types import ASGIApp

from bench.managers.manager import MANAGERS, Manager, install
from bench.managers.site import Shown, managed
from tests.browser import sink as sinks
from tests.browser.gauntlet.run import Seen, chromium, thrice
from tests.browser.gauntlet.site import PAGES, Arrived, Ports
from tests.browser.gauntlet.states import Gauntlet
from tests.browser.gauntlet.way import WAYS, ZONES, Way

OURS = {"asgi-consent": "site.test", 'asgi-consent, seal = "strict"': "strict.test"}
CHOOSING = """(action) => fetch("/consent/choice", {method: "POST", body: JSON.stringify({action}),
  headers: {"content-type": "application/json"}}).then((answer) => answer.status)"""
Refuse = Callable[[BrowserContext, str], None]
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
        name = f"{manager.name} {manager.version}"
        refuse = partial(self._refuse, manager=manager)
        return self._row(name, f"https://{manager.host}", manager.banner, refuse)

    def ours(self, name: str, host: str) -> Row:
        """The same for asgi-consent."""
        return self._row(name, f"https://{host}", BANNER, _refuse_ours)

    def _row(self, name: str, site: str, banner: str, refuse: Refuse) -> Row:
        with self.gauntlet.browser.new_context() as context:
            self._meet(context, site, banner)
        with self.gauntlet.visitor(site, f"undecided{slug(site)}") as undecided:
            self.gauntlet.go(undecided)
        if not self.is_whole:
            return Row(name, undecided.seen, None)
        with self.gauntlet.browser.new_context() as context:
            refuse(context, site)
            with self.gauntlet.walk(context, site, f"refused{slug(site)}") as refused:
                self.gauntlet.go(refused)
        return Row(name, undecided.seen, refused.seen)

    def _meet(self, context: BrowserContext, site: str, banner: str) -> None:
        page = context.new_page()
        page.goto(f"{site}/")
        page.locator(banner).wait_for(state="visible")

    @staticmethod
    def _refuse(context: BrowserContext, site: str, manager: Manager) -> None:
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
        return sum(path.startswith("/undecided") for path in self.shown[manager.name])


def slug(site: str) -> str:
    """A name that states are told apart by, out of an address: part of a host name."""
    return "".join(filter(str.isalnum, site.partition("//")[2]))


def _refuse_ours(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/")
    said = page.evaluate(CHOOSING, "refuse_all")
    assert said == 200, said
    page.close()


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

    hosts = [*(manager.host for manager in MANAGERS), *OURS.values()]
    states = [f"{said}{slug(f'//{host}')}" for host in hosts for said in ("undecided", "refused")]
    with (
        sinks.opened() as sink,
        sync_playwright() as playwright,
        chromium(playwright.chromium, sink, arrived, sites, ["bare", *states]) as browser,
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
