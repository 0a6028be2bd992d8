"""Prints what each layer leaves over of the saved pages: ``python -m tests.browser.layers``."""

from __future__ import annotations

import sys

from playwright.sync_api import Browser, sync_playwright
from starlette.types import ASGIApp, Receive, Scope, Send

from consent import ConsentMiddleware
from consent.log.memory import MemoryLog
from tests import saved
from tests.browser import sink as sinks
from tests.browser.shop import config
from tests.browser.sink import Sink
from tests.browser.visits import load, visit
from tests.browser.world import world

Count = tuple[int, int]
"""Requests and connections."""

LAYERS: dict[str, ASGIApp] = {
    "bare": saved.site,
    "html": ConsentMiddleware(saved.site, config=config(blocking={"seal": False}), log=MemoryLog()),
    "seal": ConsentMiddleware(saved.site, config=config(), log=MemoryLog()),
}


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    host = dict(scope["headers"])[b"host"].decode()
    await LAYERS[host[:4]](scope, receive, send)


def counted(chromium: Browser, sink: Sink, layer: str, number: int) -> Count:
    """What one page, alone in a new profile and undecided, does to other hosts."""
    with chromium.new_context() as context:
        sink.clear()
        opened = visit(context, layer, number)
        load([opened])
        if not opened.is_whole:
            raise RuntimeError(f"{opened.name} did not arrive whole")
    own = sum(not call.startswith(("update.", "clients2.")) for call in sink.connections)
    return len(sink.requests), own


def main() -> None:
    """Print one row for each page that contacts anybody."""
    say = sys.stdout.write
    totals = {layer: [0, 0, 0] for layer in LAYERS}
    say("| page | requests | after the HTML layer | and the seal |\n|---|---:|---:|---:|\n")
    with (
        sinks.opened() as sink,
        sync_playwright() as playwright,
        world(playwright.chromium, _app, sink) as chromium,
    ):
        for number, path in enumerate(saved.PAGES):
            row = {layer: counted(chromium, sink, layer, number) for layer in LAYERS}
            for layer, (requests, connections) in row.items():
                totals[layer][0] += requests
                totals[layer][1] += connections
                totals[layer][2] += bool(requests)
            if row["bare"][0]:
                cells = " | ".join(str(requests) for requests, _ in row.values())
                say(f"| {path.stem} | {cells} |\n")
                sys.stdout.flush()
    for layer, (requests, connections, pages) in totals.items():
        say(f"{layer}: {requests} requests of {pages} pages, {connections} connections\n")


if __name__ == "__main__":
    main()
