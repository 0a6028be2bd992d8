"""A real Chromium, a site on the loopback, and a sink in the place of all other hosts."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright
from starlette.types import ASGIApp

from tests.browser import sink as sinks
from tests.browser.sink import Sink

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What Chromium does of its own accord: ask Google about forms, fetch hints and models.
    "--disable-features=AutofillServerCommunication,MediaRouter,OptimizationGuideModelDownloading,"
    "OptimizationHints,OptimizationHintsFetching,OptimizationTargetPrediction,Translate,"
    # Two pages of its own behind the address bar of each window: half of what a window costs.
    "WebUIOmniboxAimPopup,WebUIOmniboxPopup",
    "--ignore-certificate-errors",
)

LONGEST = "test_gauntlet.py"

Serve = Callable[[ASGIApp], str]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Everything in this folder needs a browser: said before tests are chosen by their marks."""
    if item.path.is_relative_to(Path(__file__).parent):
        item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser comes first, the longest file before all.

    Of two workers none is then left with it when the other has nothing more to do.
    """
    here = Path(__file__).parent
    items.sort(key=lambda item: (item.path.name != LONGEST, not item.path.is_relative_to(here)))


# Of the package, not of the session: while it lives, Playwright has an event loop in this thread,
# and no other test could start its own.
@pytest.fixture(scope="package")
def engine() -> Iterator[BrowserType]:
    """What starts a Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="module")
def _sink() -> Iterator[Sink]:
    """Of one file: what a browser of another one still has to say comes elsewhere."""
    with sinks.opened() as sink:
        yield sink


@pytest.fixture
def sink(_sink: Sink) -> Sink:
    """What reached any other host during this test."""
    _sink.clear()
    return _sink


@pytest.fixture(scope="module")
def browser(engine: BrowserType, _sink: Sink) -> Iterator[Browser]:
    """A Chromium for which every host but the loopback is the sink, whatever its port."""
    rules = f"MAP * 127.0.0.1:{_sink.port}, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    browser = engine.launch(
        executable_path=CHROMIUM, args=[*QUIET, f"--host-resolver-rules={rules}"]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new profile with one page, 1280 by 720, in French; a script error fails the test."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 720})
    errors: list[str] = []
    context.set_default_timeout(10_000)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert errors == []


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Runs an application on a free port of the loopback; gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: ASGIApp) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        running.append((server, thread))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()
