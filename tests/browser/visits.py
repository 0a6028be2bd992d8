"""Opens the saved pages, several at a time, and tells what each of them did."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, TimeoutError

from tests.browser.world import DOMAIN
from tests.saved import PAGES

TABS = 8
SETTLING = 1000
"""Milliseconds for what starts after the page and all that it loads are there."""
LONGEST = 10_000
"""Milliseconds after which a page that is still loading is taken as it is."""
TO_THE_END = "scrollTo(0, document.documentElement.scrollHeight)"


@dataclass
class Visit:
    """One page in one tab."""

    tab: Page
    number: int
    address: str
    others: set[str] = field(default_factory=set)
    """Addresses of other hosts that answered this page."""

    def open(self) -> None:
        """Begin to load it; the page is not waited for."""
        self.tab.goto(self.address, wait_until="commit")

    def settle(self) -> None:
        """Wait until all is loaded, and go to the end, where pictures load late."""
        with suppress(TimeoutError):
            # Some pages wait for ever for what they do not get.
            self.tab.wait_for_load_state("load", timeout=LONGEST)
        self.tab.evaluate(TO_THE_END)

    @property
    def name(self) -> str:
        """Of the file."""
        return PAGES[self.number].name

    @property
    def is_whole(self) -> bool:
        """Has the last byte become part of the document?"""
        return self.tab.locator("#arrived-whole").count() == 1


def visit(context: BrowserContext, kind: str, number: int) -> Visit:
    """A new tab for this page, at an address that no other page shares: ``bare7.site.test``."""
    tab = context.new_page()
    made = Visit(tab, number, f"https://{kind}{number}.{DOMAIN}/{number}")
    tab.on("dialog", lambda dialog: dialog.dismiss())
    tab.on("response", lambda answer: _note(made, answer.url))
    return made


def _note(made: Visit, url: str) -> None:
    if url.startswith("http") and f".{DOMAIN}/" not in url:
        made.others.add(url)


def load(visits: list[Visit]) -> None:
    """Load these pages beside each other, and give their scripts time."""
    for each in visits:
        each.open()
    for each in visits:
        each.settle()
    visits[0].tab.wait_for_timeout(SETTLING)


def batches() -> list[range]:
    """The numbers of all pages, as many at a time as there are tabs."""
    last = len(PAGES)
    return [range(start, min(start + TABS, last)) for start in range(0, last, TABS)]
