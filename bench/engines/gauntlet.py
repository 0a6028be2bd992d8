"""Every way to reach a host, gone in another browser than the tests' in every state of things.

    python -m bench.engines.gauntlet firefox|webkit [STATE ...]

Pages, hosts and names of ways are those of ``tests/browser/gauntlet``; a choice is made by a click
in the banner. Each state has a browser, a site and a sink of its own. A way counts that led
somewhere on the bare site, in the same run; under ``strict`` what a browser knows of it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module

from bench.engines import Driven, Start
from bench.engines.router import routed
from tests.browser import sink as sinks
from tests.browser.gauntlet.run import LONGEST, STATES, STEP, Seen, heard
from tests.browser.gauntlet.site import PAGES, Arrived, kept, site
from tests.browser.gauntlet.states import PATIENCE, SPARE
from tests.browser.gauntlet.table import table
from tests.browser.gauntlet.way import WAYS, ZONES
from tests.browser.sink import Sink, ears
from tests.browser.world import tls_server

SITE = "https://site.test"
LEAST = 1.0
"""Seconds that are waited for more of a page in any case."""
SETTLED = 3.0
"""Seconds after which a choice is stored, and the page loaded anew."""
TOGETHER = (("undecided",), ("refused",), ("strict",), ("accepted", "withdrawn"))
"""States that one profile comes through."""
CLICKS = {
    "refused": (".cc-actions [value=refuse_all]",),
    "accepted": (".cc-actions [value=accept_all]",),
    "withdrawn": (".cc-reopen", "[value=refuse_all]"),
}
Patience = Mapping[int, float]
"""Seconds without news of a page, by its number, after which no more is expected of it."""


def world(start: Start, states: tuple[str, ...], patience: Patience) -> dict[str, Seen]:
    """What the ways did in these states, one after the other."""
    arrived: Arrived = {}
    with ExitStack() as stack:
        sink = stack.enter_context(sinks.opened())
        deaf = [way for way in WAYS if "port" in way.marks]
        named = [f"{way.id}.{state}.{zone}" for state in states for way in deaf for zone in ZONES]
        ports = stack.enter_context(ears(sink, named))
        seal = "strict" if "strict" in states else True
        app = site(ports, arrived) if "bare" in states else kept(ports, arrived, seal)
        port = stack.enter_context(tls_server(app))
        router = stack.enter_context(routed({"site.test": port}, sink))
        found = {}
        for state in states:
            so_far = states[: states.index(state) + 1]
            found[state] = seen = Seen()
            todo = sorted(range(len(PAGES)), key=is_scriptless)
            while todo:
                scriptless = is_scriptless(todo[0])
                with start(router, scripts=not scriptless) as browser:
                    choose(browser, so_far)
                    while todo and is_scriptless(todo[0]) == scriptless:
                        number = todo.pop(0)
                        try:
                            gone(browser, sink, seen, state, number, arrived, patience)
                        except OSError:
                            # The browser stands still: another one goes on.
                            seen.crashed.extend(way.title for way in PAGES[number])
                            break
    return found


def is_scriptless(number: int) -> bool:
    """Whether this page is for browsers that run no scripts."""
    return PAGES[number][0].family == "noscript"


def choose(browser: Driven, states: Iterable[str]) -> None:
    """As a visitor does who came to the last of these states."""
    browser.open(f"{SITE}/")
    time.sleep(SETTLED)
    for selector in (each for state in states for each in CLICKS.get(state, ())):
        browser.click(selector)
        time.sleep(SETTLED)


def gone(
    browser: Driven,
    sink: Sink,
    seen: Seen,
    state: str,
    number: int,
    arrived: Arrived,
    patience: Patience,
) -> None:
    """Opens a page, and waits until nothing more comes of it."""
    ways = PAGES[number]
    marks, scripts = ways[0].marks, sum(way.kind == ".js" for way in ways)
    opened, news, whole = time.monotonic(), 0.0, 0.0
    browser.open(f"{SITE}/{state}/{number}")
    while True:
        time.sleep(STEP / 1000)
        now = time.monotonic()
        requests = {spot for _, spot in heard(sink.requests)} - seen.requests
        connections = {spot for _, spot in heard(sink.connections)} - seen.connections
        seen.requests |= requests
        seen.connections |= connections
        count = scripts if marks & {"document", "unheard"} else arrived.get((state, number))
        if not whole and count == scripts:
            whole = news = now
        if any(way in ways for way, _ in requests | connections):
            news = now
        is_there = whole or ("navigates" in marks and news)
        if is_there and now - news > patience.get(number, PATIENCE):
            break
        if now - max(news, opened) > LONGEST:
            if not is_there:
                seen.lost.append(ways[0].title)
            break
    seen.gone.update(ways)
    seen.took[number] = max(news - (whole or opened), 0.0)
    # Where the page has the browser stand still, this says so.
    browser.open("about:blank")


def measured(start: Start, states: tuple[str, ...]) -> dict[str, Seen]:
    """The bare site first: what does not lead anywhere there proves nothing elsewhere."""
    found = world(start, ("bare",), {})
    patience = {
        number: min(max(LEAST, SPARE * took), LONGEST)
        for number, took in found["bare"].took.items()
    }
    wanted = [each for each in TOGETHER if set(each) & set(states)]
    with ThreadPoolExecutor(3) as pool:
        worlds = [pool.submit(world, start, each, patience) for each in wanted]
    for each in worlds:
        found.update(each.result())
    return {state: found[state] for state in STATES if state in found}


def told(found: Mapping[str, Seen], say: Callable[[str], None] = print) -> None:
    """Each way, and per state what came through of what leads somewhere on the bare site."""
    for line in table(found):
        say(line)
    bare = found["bare"].of(ZONES[0])
    say(f"{len(bare)} of {len(WAYS)} ways lead somewhere on the bare site")
    for state, seen in found.items():
        asked = {way for way, _ in seen.requests}
        silent = {way for way, _ in seen.connections} - asked
        missed = bare - seen.of(ZONES[0]) if state == "accepted" else set()
        say(f"\n{state}: {len(asked)} with a request, {len(silent)} with a connection alone")
        for what, ways in (("REQUEST", asked), ("connection", silent), ("MISSED", missed)):
            if state != "bare" and (what != "REQUEST" or state != "accepted"):
                for way in sorted(ways, key=lambda each: each.number):
                    say(f"  {what}: {way.title}")
        for title in seen.lost:
            say(f"  did not arrive whole: {title}")
        for title in seen.crashed:
            say(f"  the browser stood still: {title}")


if __name__ == "__main__":
    engine, *rest = sys.argv[1:]
    told(measured(import_module(f"bench.engines.{engine}").started, tuple(rest) or STATES))
