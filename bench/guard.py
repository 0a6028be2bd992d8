"""What the guard costs: single calls, and whole pages, beside the same without it.

    python bench/guard.py [FOLDER]

``FOLDER`` holds ``*.html``: by default the saved pages beside the checkout. Both sides run in one
Chromium, turn by turn, and the median of the rounds counts. The pages of both sides are rewritten
and sealed alike; only the guard's tag is missing on one, so what differs is the guard.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests.browser import sink as sinks
from tests.browser.guarded import config
from tests.browser.world import world

SAVED = Path(__file__).parents[2] / "shared" / "pages"
ROUNDS, LOADS = 31, 5
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


def calls(bare: Page, guarded: Page) -> None:
    """Print the table of single calls."""
    print("| call | without, µs | with, µs | ratio |\n|---|--:|--:|--:|")
    for name, code in CALLS.items():
        times = 2000
        spent: dict[Page, list[float]] = {bare: [], guarded: []}
        for _ in range(ROUNDS):
            for page, each in spent.items():
                each.append(page.evaluate(MEASURE, [code, times]) / times * 1000)
        without, by = median(spent[bare]), median(spent[guarded])
        print(f"| {name} | {without:.2f} | {by:.2f} | {by / without:.2f} |", flush=True)


def load(page: Page, address: str) -> float:
    """Milliseconds from the first byte to the end of the load event; 0 where there was none."""
    page.goto(address, wait_until="commit")
    try:
        page.wait_for_function(LOADED, timeout=8000)
    except Exception:  # some pages wait for ever for what they do not get
        return 0
    return float(page.evaluate(LOADED))


def whole(bare: Page, guarded: Page, count: int) -> None:
    """Print what whole pages take longer."""
    sums = {bare: 0.0, guarded: 0.0}
    ratios = []
    for number in range(count):
        spent: dict[Page, list[float]] = {bare: [], guarded: []}
        for _ in range(LOADS):
            spent[bare].append(load(bare, f"https://bare.site.test/{number}"))
            spent[guarded].append(load(guarded, f"https://site.test/{number}"))
        if min(map(min, spent.values())):
            for page, each in spent.items():
                sums[page] += median(each)
            ratios.append(median(spent[guarded]) / median(spent[bare]))
    if ratios:
        slower = (sums[guarded] / sums[bare] - 1) * 100
        print(f"\n{len(ratios)} pages: {sums[bare]:.0f} ms without, {sums[guarded]:.0f} ms with:")
        print(f"{slower:+.1f} % in all, {(median(ratios) - 1) * 100:+.1f} % for the median page.")


def main(folder: str | None) -> None:
    paths = sorted((Path(folder) if folder else SAVED).glob("*.html"))
    pages = [path.read_bytes() for path in paths]
    with (
        sinks.opened() as sink,
        sync_playwright() as playwright,
        world(playwright.chromium, site(pages), sink) as chromium,
    ):
        bare, guarded = chromium.new_page(), chromium.new_page()
        bare.goto("https://bare.site.test/")
        guarded.goto("https://site.test/")
        calls(bare, guarded)
        whole(bare, guarded, len(pages))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
