"""The states of things in which all ways are gone, and what came through in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext

from consent.testing import signed_cookie
from tests.browser.gauntlet.run import ALL, LEAST, LONGEST, Runner, Seen, Spot, Walk
from tests.browser.gauntlet.site import PAGES, Arrived, Ports, config
from tests.browser.gauntlet.way import WAYS, ZONES, Way
from tests.browser.sink import Sink

PATIENCE = 2.0
"""Seconds without news after which no more is expected of the bare site."""
SPARE = 1.5
"""How much longer than on the bare site is waited where nothing comes."""
EVERY = range(len(PAGES))


def _few() -> Iterator[int]:
    first: dict[tuple[str, bool], int] = {}
    for number, ways in enumerate(PAGES):
        first.setdefault((ways[0].family, len(ways) > 1), number)
    yield from first.values()


FEW = frozenset(_few())
"""Of each family one page with many ways, and one with a single one."""


Limits = Mapping[str, Iterable[str]]
"""Titles of ways."""


@dataclass
class Gauntlet:
    """One browser that goes all the ways again and again."""

    browser: Browser
    sink: Sink
    arrived: Arrived
    ports: Ports = field(default_factory=dict)
    """Of hosts that are told one; whoever chooses, chooses about them too."""
    pages: Iterable[int] = EVERY
    """Their numbers; all, unless one is content with fewer."""
    patience: Mapping[int, float] = field(default_factory=dict)
    """Seconds that are waited for more of a page where nothing comes."""

    def bare(self) -> Seen:
        """Without the middleware: what does not lead anywhere here proves nothing elsewhere."""
        with self.visitor("https://bare.test", "bare") as walk:
            walk.patience, walk.enough = dict.fromkeys(EVERY, PATIENCE), ALL
            self.go(walk)
            # A page with many ways, none of which led anywhere, has not had its turn yet.
            came = pages_of(way for way, _ in walk.seen.came)
            walk.todo = [page for page in walk.todo if len(PAGES[page]) > 1 and page not in came]
            self.go(walk)
        self.patience = {
            number: min(max(LEAST, SPARE * took), LONGEST)
            for number, took in walk.seen.took.items()
        }
        return walk.seen

    def go(self, *walks: Walk, tabs: int | None = None) -> None:
        """Side by side, since most of the time is waiting."""
        runner = Runner(self.sink, self.arrived)
        runner.go(walks, **({"tabs": tabs} if tabs else {}))

    @contextmanager
    def visitor(self, site: str, state: str, pages: Iterable[int] = EVERY) -> Iterator[Walk]:
        """A profile that nothing was chosen in, and the pages that it will open."""
        with self._profile() as context, self.walk(context, site, state, pages) as walk:
            yield walk

    def _profile(self) -> BrowserContext:
        """One that has let sites show notifications, since they have pictures."""
        return self.browser.new_context(permissions=["notifications"])

    @contextmanager
    def decided(
        self, site: str, state: str, pages: Iterable[int] = EVERY, *, purposes: bool
    ) -> Iterator[Walk]:
        """Another one, that has the cookie of a choice."""
        with self._profile() as context:
            name, value = signed_cookie(config(self.ports, seal=True), purposes=purposes)
            context.add_cookies([{"name": name, "value": value, "url": f"{site}/", "secure": True}])
            with self.walk(context, site, state, pages) as walk:
                yield walk

    @contextmanager
    def walk(
        self, context: BrowserContext, site: str, state: str, pages: Iterable[int] = EVERY
    ) -> Iterator[Walk]:
        """What this profile will open."""
        kept = context.storage_state()
        with self.browser.new_context(java_script_enabled=False, storage_state=kept) as scriptless:
            todo = sorted(set(pages) & set(self.pages))
            yield Walk(state, site, context, scriptless, todo, self.patience)

    def accepted(self, walk: Walk, wanted: frozenset[Spot], hoped: frozenset[Spot]) -> None:
        """Goes it, until what is wanted has come; what is hoped for gets the usual time."""
        walk.due, walk.enough = wanted, wanted | hoped
        self.go(walk)
        # With less to do at a time, as a visitor's browser.
        walk.todo = sorted(pages_of(way for way, _ in wanted - walk.seen.reached))
        self.go(walk, tabs=2)


@contextmanager
def all_states(gauntlet: Gauntlet, limits: Limits) -> Iterator[dict[str, Seen]]:
    """Every state, those that hold side by side.

    Args:
        gauntlet: the browser.
        limits: titles of ways, by what is known of them (``tests/corpus/gauntlet.json``).
    """
    bare = gauntlet.bare()
    known = spots({*limits["requests"], *limits["connections"]})
    strict = FEW | pages_of(way for way, _ in known)
    lasting = {spot for spot in bare.reached if "idle" not in spot[0].marks}
    hoped = spots(limits["granted"])
    wanted = frozenset(spot for spot in lasting if spot[1] == ZONES[0]) - hoped
    site = "https://site.test"
    with ExitStack() as stack:
        undecided = stack.enter_context(gauntlet.visitor(site, "undecided"))
        refused = stack.enter_context(gauntlet.decided(site, "refused", FEW, purposes=False))
        held = stack.enter_context(gauntlet.visitor("https://strict.test", "strict", strict))
        undecided.due = refused.due = known
        held.due = spots(limits["strict"])
        gauntlet.go(undecided, refused, held)
        accepted = stack.enter_context(gauntlet.decided(site, "accepted", purposes=True))
        gauntlet.accepted(accepted, wanted, hoped & bare.reached)
        withdraw(accepted.context, site)
        withdrawn = stack.enter_context(gauntlet.walk(accepted.context, site, "withdrawn", FEW))
        withdrawn.due = known
        gauntlet.go(withdrawn)
        walks = (undecided, refused, held, accepted, withdrawn)
        yield {"bare": bare, **{walk.state: walk.seen for walk in walks}}


def spots(titles: Iterable[str]) -> frozenset[Spot]:
    """Wherever these ways lead."""
    found = set(titles)
    return frozenset(spot for spot in ALL if spot[0].title in found)


def pages_of(ways: Iterable[Way]) -> set[int]:
    """The pages on which they are gone."""
    found = set(ways)
    return {number for number, page in enumerate(PAGES) if found.intersection(page)}


def withdraw(context: BrowserContext, site: str) -> None:
    """By a click, in the profile of a visitor who had granted everything."""
    page = context.new_page()
    page.goto(f"{site}/")
    page.locator(".cc-reopen").click()
    with page.expect_response("**/consent/choice") as said, page.expect_navigation():
        page.locator("dialog [value=refuse_all]").click()
    assert said.value.status == 200
    page.close()


def named(ways: Iterable[Way]) -> list[str]:
    """In the order of the files."""
    found = set(ways)
    return [way.title for way in WAYS if way in found]
