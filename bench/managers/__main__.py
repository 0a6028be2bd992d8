"""Go the ways in one browser: bare, with each manager, with asgi-consent; print the table.

Before a choice, after refusal, after acceptance. ``--whole`` goes all ways that share a page,
``--ours`` leaves the managers out.
Counts are of ways that led to declared hosts, then of those that led to any.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright
from starlette.types import ASGIApp

from bench.managers.manager import MANAGERS, Manager, install
from bench.managers.site import Shown, managed
from tests.browser import sink as sinks
from tests.browser.gauntlet.run import Seen, Spot, Walk, chromium, thrice
from tests.browser.gauntlet.site import PAGES, Arrived, Ports
from tests.browser.gauntlet.states import Gauntlet
from tests.browser.gauntlet.way import WAYS, ZONES, Way

OURS = {"asgi-consent": "site.test", 'asgi-consent, seal = "strict"': "strict.test"}
CHOOSING = """(action) => fetch("/consent/choice", {method: "POST", body: JSON.stringify({action}),
  headers: {"content-type": "application/json"}}).then((answer) => answer.status)"""
BANNER = "#consent-ui .cc-banner"
SAID = ("undecided", "refused", "accepted")
TOGETHER = {n: ways[0].family for n, ways in enumerate(PAGES) if not ways[0].is_alone}
"""Pages of many ways: those that need a page of their own would take most of the time."""
SAMPLE = sorted({family: n for n, family in reversed(TOGETHER.items())}.values())
"""The first page of each family."""
NOSCRIPT = {n for n, family in TOGETHER.items() if family == "noscript"}
"""Opened without scripts, where no manager can do anything: not asked of them in the sample."""
Choose = Callable[[Page, str], None]
"""Makes one of the choices that ``SAID`` names on a page that shows the banner."""


@dataclass
class Row:
    """One manager: what came in the states of ``SAID``, in this order."""

    name: str
    seen: list[Seen]


@dataclass
class Comparison:
    """All sites in one browser."""

    gauntlet: Gauntlet
    shown: dict[str, Shown]
    wanted: frozenset[Spot]
    """What came on the bare site, and so is waited for once all is granted."""

    def manager(self, manager: Manager) -> Row:
        """Each state in a profile of its own; what was chosen has to be remembered."""

        def choose(page: Page, said: str) -> None:
            page.evaluate(manager.refuse if said == "refused" else manager.accept)
            page.locator(manager.banner).wait_for(state="hidden")

        name = f"{manager.name} {manager.version}"
        return self._row(name, f"https://{manager.host}", manager.banner, choose)

    def ours(self, name: str, host: str) -> Row:
        """The same for asgi-consent."""
        return self._row(name, f"https://{host}", BANNER, _choose_ours)

    def _row(self, name: str, site: str, banner: str, choose: Choose) -> Row:
        return Row(name, [self._seen(said, site, banner, choose) for said in SAID])

    def _seen(self, said: str, site: str, banner: str, choose: Choose) -> Seen:
        with self.gauntlet.browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{site}/")
            page.locator(banner).wait_for(state="visible")
            if said != SAID[0]:
                choose(page, said)
                page.goto(f"{site}/", wait_until="networkidle")
                assert not page.locator(banner).is_visible(), f"{site} has forgotten: {said}"
            page.close()
            with self.gauntlet.walk(context, site, f"{said}{slug(site)}") as walk:
                self._go(walk, said)
        return walk.seen

    def _go(self, walk: Walk, said: str) -> None:
        if said == "accepted":
            self.gauntlet.accepted(walk, self.wanted, frozenset())
        else:
            self.gauntlet.go(walk)

    def banners(self, manager: Manager) -> int:
        """On how many pages its banner was seen before a choice."""
        return sum(path.startswith("/undecided") for path in self.shown[manager.name])


def slug(site: str) -> str:
    """A name that states are told apart by, out of an address: part of a host name."""
    return "".join(filter(str.isalnum, site.partition("//")[2]))


def _choose_ours(page: Page, said: str) -> None:
    action = {"refused": "refuse_all", "accepted": "accept_all"}[said]
    status = page.evaluate(CHOOSING, action)
    assert status == 200, status


def main() -> None:
    """Install, measure, print."""
    managers = () if "--ours" in sys.argv else MANAGERS
    if managers:
        install()
    is_whole = "--whole" in sys.argv
    pages = list(TOGETHER) if is_whole else [n for n in SAMPLE if n not in NOSCRIPT]
    arrived: Arrived = {}
    shown: dict[str, Shown] = {manager.name: set() for manager in managers}

    def sites(ports: Ports, arrived: Arrived) -> dict[str, ASGIApp]:
        others = {m.host: managed(m, ports, arrived, shown[m.name]) for m in managers}
        return {**thrice(ports, arrived), **others}

    hosts = [*(manager.host for manager in managers), *OURS.values()]
    states = [f"{said}{slug(f'//{host}')}" for host in hosts for said in SAID]
    with (
        sinks.opened() as sink,
        sync_playwright() as playwright,
        chromium(playwright.chromium, sink, arrived, sites, ["bare", *states]) as browser,
    ):
        gauntlet = Gauntlet(browser, sink, arrived, pages=pages)
        for line in _report(gauntlet, managers, shown):
            print(line, flush=True)


def _report(
    gauntlet: Gauntlet, managers: Iterable[Manager], shown: dict[str, Shown]
) -> Iterator[str]:
    pages = list(gauntlet.pages)
    bare = gauntlet.bare()
    wanted = frozenset(spot for spot in bare.reached if spot[1] == ZONES[0])
    comparison = Comparison(gauntlet, shown, wanted)
    firing = {way for way in WAYS if _came(bare, way, ZONES)}
    gone = sum(len(PAGES[number]) for number in pages)
    version = gauntlet.browser.version
    yield f"{len(firing)} ways of {gone}, {len(pages)} pages, Chromium {version}\n"
    yield "| | " + " | ".join(f"{said}: asked | connected" for said in SAID) + " | banner seen |"
    yield "|---|" + "---:|" * (2 * len(SAID) + 1)
    yield _line(Row("nothing", [bare]), firing, "")
    for manager in managers:
        row = comparison.manager(manager)
        yield _line(row, firing, f"{comparison.banners(manager)} / {len(pages)}")
    for name, host in OURS.items():
        yield _line(comparison.ours(name, host), firing, "")


def _line(row: Row, firing: Iterable[Way], banners: str) -> str:
    cells = [
        f"{_count(seen, firing, ZONES[:1], kind)} / {_count(seen, firing, ZONES, kind)}"
        for seen in row.seen
        for kind in ("asked", "connected")
    ]
    cells += [""] * (2 * (len(SAID) - len(row.seen)))
    return f"| {row.name} | {' | '.join([*cells, banners])} |"


def _count(seen: Seen, ways: Iterable[Way], zones: Iterable[str], kind: str) -> int:
    return sum(_came(seen, way, zones) == kind for way in ways)


def _came(seen: Seen, way: Way, zones: Iterable[str]) -> str:
    """The most that this way came to, in any of these zones."""
    if any((way, zone) in seen.requests for zone in zones):
        return "asked"
    return "connected" if any((way, zone) in seen.connections for zone in zones) else ""


main()
