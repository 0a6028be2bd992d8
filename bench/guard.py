"""What the guard costs: single calls, and whole pages, beside the same without it.

    python -m bench.guard [calls | pages [FOLDER]]

``FOLDER`` holds ``*.html``: by default the saved pages beside the checkout. Both sides run in one
Chromium, in pairs: one right after the other, now this one first and now that. What counts is the
median of the ratios of such pairs, since what else goes on meets both alike; its interval of 95 %
is that of resampling the pairs (of calls) or the pages. The pages of both sides are rewritten and
sealed alike; only the guard's tag is missing on one, so what differs is the guard.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median

from playwright.sync_api import Page, sync_playwright
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser import sink as sinks
from tests.browser.guarded import config
from tests.browser.world import world

Pair = tuple[float, float]
"""Without and with."""

SAVED = Path(__file__).parents[2] / "shared" / "pages"
ROUNDS, LOADS, TIMES = 31, 5, 5000
TAG = re.compile(rb"<script src=\"[^\"]*/guard\.[^>]*></script>")
CALLS = {
    "setAttribute of a div": "d.setAttribute('title', i)",
    "setAttribute of a link": "l.setAttribute('title', i)",
    "title of a link": "l.title = i",
    "appendChild of text": "p.appendChild(t)",
    "appendChild of an element": "p.appendChild(d)",
    "append of a small tree": "p.append(q)",
    "innerHTML": "p.innerHTML = '<b>a</b><i>' + i + '</i>'",
    "insertAdjacentHTML": "e.insertAdjacentHTML('beforeend', '<b>a</b>'); e.lastChild.remove()",
    "textContent": "d.textContent = i",
    "read of document.cookie": "x += document.cookie.length",
    "write of document.cookie": "document.cookie = 'free=' + i",
    "localStorage.setItem": "localStorage.setItem('free', i)",
    "localStorage.getItem": "x += localStorage.getItem('free')",
    "click of a button": "u.click()",
    "Function.prototype.toString": "x += document.createElement.toString().length",
}
MEASURE = """([code, times]) => {
  const run = new Function('times', `
    const make = (name) => document.createElement(name);
    const p = document.body.appendChild(make('section')), d = make('div'), l = make('link');
    const e = p.appendChild(make('div')), q = make('ul'), t = new Text('x'), u = make('button');
    q.innerHTML = '<li><a href=/a>a</a><li><a href=/b>b</a>'; let x = 0;
    const start = performance.now();
    for (let i = 0; i < times; i++) { ${code}; }
    const spent = performance.now() - start; p.remove(); return spent;`);
  return run(times);
}"""
LOADED = """() => {
  const {loadEventEnd, responseStart} = performance.getEntriesByType('navigation')[0];
  return loadEventEnd ? loadEventEnd - responseStart : 0;
}"""


class Without:
    """The same pages, but for the guard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def passed(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = TAG.sub(lambda tag: b" " * len(tag[0]), message.get("body", b""))
                message = {**message, "body": body}
            await send(message)

        await self.app(scope, receive, passed)


def site(pages: list[bytes]) -> ASGIApp:
    """The pages by number, guarded, and under ``bare.`` not."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        at = scope["path"].strip("/")
        body = pages[int(at)] if at.isdigit() else b"<!doctype html><title>x</title><body>"
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    guarded = ConsentMiddleware(answer, config=config(), log=MemoryLog())
    bare = Without(guarded)

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        is_bare = dict(scope["headers"])[b"host"].startswith(b"bare")
        await (bare if is_bare else guarded)(scope, receive, send)

    return both


def pairs(bare: Callable[[], float], guarded: Callable[[], float], count: int) -> list[Pair]:
    """What both sides took, in turn."""
    found = []
    for number in range(count):
        if number % 2:
            without = bare()
            found.append((without, guarded()))
        else:
            by = guarded()
            found.append((bare(), by))
    return [pair for pair in found if min(pair) > 0]


def interval(ratios: Sequence[float]) -> tuple[float, float]:
    """Where 95 % of the medians lie when the ratios are drawn anew from themselves."""
    draw = Random(1).choices
    medians = sorted(median(draw(ratios, k=len(ratios))) for _ in range(1000))
    return medians[25], medians[974]


def calls(bare: Page, guarded: Page) -> None:
    """Print the table of single calls."""
    print("| call | without, µs | with, µs | ratio | 95 % |\n|---|--:|--:|--:|--:|")
    for name, code in CALLS.items():

        def side(page: Page, code: str = code) -> Callable[[], float]:
            return lambda: float(page.evaluate(MEASURE, [code, TIMES])) / TIMES * 1000

        found = pairs(side(bare), side(guarded), ROUNDS)
        ratios = [by / without for without, by in found]
        without, by = (median(side) for side in zip(*found, strict=True))
        low, high = interval(ratios)
        row = f"{name} | {without:.2f} | {by:.2f} | {median(ratios):.2f} | {low:.2f} to {high:.2f}"
        print(f"| {row} |", flush=True)


def load(page: Page, address: str) -> float:
    """Milliseconds from the first byte to the end of the load event; 0 where there was none."""
    page.goto(address, wait_until="commit")
    try:
        page.wait_for_function(LOADED, timeout=4000)
    except Exception:  # some pages wait for ever for what they do not get
        return 0
    return float(page.evaluate(LOADED))


def whole(bare: Page, guarded: Page, count: int) -> None:
    """Print what whole pages take longer: the median of the pages' medians."""
    ratios, taken = [], []
    for number in range(count):

        def side(page: Page, host: str, at: int = number) -> Callable[[], float]:
            return lambda: load(page, f"https://{host}/{at}")

        first = (side(bare, "bare.site.test"), side(guarded, "site.test"))
        if not min(run() for run in first):
            continue  # of what is there already, nothing is fetched in the rounds that count
        found = pairs(*first, LOADS)
        if len(found) > LOADS // 2:
            ratios.append(median(by / without for without, by in found))
            taken.append([median(side) for side in zip(*found, strict=True)])
    low, high = ((each - 1) * 100 for each in interval(ratios))
    slower = (median(ratios) - 1) * 100
    sums = [sum(side) for side in zip(*taken, strict=True)]
    print(
        f"\n{len(ratios)} pages, {LOADS} pairs each: {sums[0]:.0f} ms without, {sums[1]:.0f} with."
    )
    print(f"The median page is {slower:+.1f} % slower (95 %: {low:+.1f} to {high:+.1f}).")


def main(part: str = "", folder: str = str(SAVED)) -> None:
    paths = sorted(Path(folder).glob("*.html"))
    pages = [path.read_bytes() for path in paths]
    with (
        sinks.opened() as sink,
        sync_playwright() as playwright,
        world(playwright.chromium, site(pages), sink) as chromium,
    ):
        print(f"Chromium {chromium.version}, load {os.getloadavg()[0]:.1f}\n")
        bare, guarded = chromium.new_page(), chromium.new_page()
        bare.goto("https://bare.site.test/")
        guarded.goto("https://site.test/")
        if part != "pages":
            calls(bare, guarded)
        if part != "calls":
            whole(bare, guarded, len(pages))
        print(f"\nLoad at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
