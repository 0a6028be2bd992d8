"""Go all ways in one browser: bare, with each manager, with asgi-consent; print the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from starlette.types import ASGIApp

from bench.managers.manager import MANAGERS, Manager, install
from bench.managers.site import Shown, managed
from tests.browser import sink as sinks
from tests.browser.conftest import CHROMIUM
from tests.browser.gauntlet.run import Seen, chromium, thrice
from tests.browser.gauntlet.site import PAGES, Arrived, Ports
from tests.browser.gauntlet.states import Gauntlet, choose
from tests.browser.gauntlet.way import WAYS, ZONES, Way

OURS = {"asgi-consent": "site.test", 'asgi-consent, seal = "strict"': "strict.test"}
BANNER = "#consent-ui"
TOGETHER = [number for number, ways in enumerate(PAGES) if not ways[0].is_alone]
"""Pages of many ways: those that need a page of their own would take most of the time."""


@dataclass
class Row:
    """One manager, before a choice and after refusal."""

    name: str
    undecided: Seen
    refused: Seen


@dataclass
class Comparison:
    """All sites in one browser."""

    gauntlet: Gauntlet
    shown: dict[str, Shown]

    def manager(self, manager: Manager) -> Row:
        """Before a choice; and in another profile after refusal, which has to be remembered."""
        site = f"https://{manager.host}"
        with self.gauntlet.browser.new_context() as context:
            self._meet(context, site, manager.banner)
        undecided = self.gauntlet.undecided(site)
        with self.gauntlet.browser.new_context() as context:
            self._refuse(context, site, manager)
            refused = self.gauntlet.walk(context, f"{site}/refused")
        return Row(f"{manager.name} {manager.version}", undecided, refused)

    def ours(self, name: str, host: str) -> Row:
        """The same for asgi-consent."""
        site = f"https://{host}"
        with self.gauntlet.browser.new_context() as context:
            self._meet(context, site, BANNER)
        undecided = self.gauntlet.undecided(site)
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

    def banners(self, manager: Manager, state: str) -> int:
        """On how many pages its banner was seen."""
        return sum(path.startswith(f"/{state}/") for path in self.shown[manager.name])


def main() -> None:
    """Install, measure, print."""
    install()
    arrived: Arrived = {}
    shown: dict[str, Shown] = {manager.name: set() for manager in MANAGERS}

    def sites(ports: Ports, arrived: Arrived) -> dict[str, ASGIApp]:
        others = {m.host: managed(m, ports, arrived, shown[m.name]) for m in MANAGERS}
        return {**thrice(ports, arrived), **others}

    with sinks.opened() as sink, sync_playwright() as playwright:
        some = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with chromium(some, sink, arrived, sites) as browser:
            comparison = Comparison(Gauntlet(browser, sink, arrived, pages=TOGETHER), shown)
            for line in _report(comparison, browser):
                print(line, flush=True)
        some.close()


def _report(comparison: Comparison, browser: Browser) -> Iterator[str]:
    bare = comparison.gauntlet.bare()
    firing = {way for way in WAYS if _came(bare, way, ZONES)}
    yield f"{len(firing)} ways of {len(WAYS)}, {len(TOGETHER)} pages, Chromium {browser.version}\n"
    yield "| before consent | asked | connected only | refused: asked | connected only |"
    yield "|---|---:|---:|---:|---:|"
    yield _line(Row("nothing", bare, bare), firing)
    for manager in MANAGERS:
        yield _line(comparison.manager(manager), firing)
    for name, host in OURS.items():
        yield _line(comparison.ours(name, host), firing)
    yield ""
    for manager in MANAGERS:
        yield (
            f"{manager.name}: banner seen on {comparison.banners(manager, 'undecided')} pages"
            f" before a choice, on {comparison.banners(manager, 'refused')} after refusal"
        )


def _line(row: Row, firing: Iterable[Way]) -> str:
    cells = [
        f"{sum(_came(seen, way, ZONES[:1]) == kind for way in firing)}"
        f" / {sum(_came(seen, way, ZONES) == kind for way in firing)}"
        for seen in (row.undecided, row.refused)
        for kind in ("asked", "connected")
    ]
    return f"| {row.name} | {' | '.join(cells)} |"


def _came(seen: Seen, way: Way, zones: Iterable[str]) -> str:
    """The most that this way came to, in any of these zones."""
    if any((way, zone) in seen.requests for zone in zones):
        return "asked"
    return "connected" if any((way, zone) in seen.connections for zone in zones) else ""


main()
