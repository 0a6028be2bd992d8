"""WebKitGTK's MiniBrowser, driven by WebDriver (https://w3c.github.io/webdriver/), in Xvfb."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from glob import glob
from http.client import HTTPConnection
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any

BINARY = next(iter(glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")), "MiniBrowser")
LONGEST = 10.0
"""Seconds until an element is there."""
# As root there is no sandbox; and a network that leads nowhere counts as one.
QUIET = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "GIO_USE_NETWORK_MONITOR": "base"}


class WebKit:
    """One session."""

    def __init__(self, driver: int, capabilities: dict[str, Any]) -> None:
        self._driver, self._path = driver, ""
        session = self.call("POST", "/session", capabilities={"alwaysMatch": capabilities})
        self._path = f"/session/{session['sessionId']}"
        self._tab = self.call("GET", "/window")

    def call(self, method: str, path: str, **params: Any) -> Any:
        """A command, and its result."""
        connection = HTTPConnection("127.0.0.1", self._driver, timeout=60)
        body = json.dumps(params) if method == "POST" else None
        connection.request(method, self._path + path, body)
        answer = connection.getresponse()
        value = json.load(answer)["value"]
        if answer.status != 200:
            raise RuntimeError(f"{path}: {value['error']}: {value['message']}")
        return value

    def open(self, url: str) -> None:
        """As ``Driven`` says it; in a new tab, since a page may hang."""
        others = self.call("GET", "/window/handles")
        others.remove(self._tab)
        self._tab = self.call("POST", "/window/new", type="tab")["handle"]
        self.call("DELETE", "/window")
        for other in others:
            # It may have closed itself meanwhile.
            with suppress(RuntimeError):
                self.call("POST", "/window", handle=other)
                self.call("DELETE", "/window")
        self.call("POST", "/window", handle=self._tab)
        self.call("POST", "/url", url=url)

    def evaluate(self, js: str) -> Any:
        """As ``Driven`` says it."""
        script = f"Promise.resolve({js}).then(arguments[0])"
        return self.call("POST", "/execute/async", script=script, args=[])

    def click(self, selector: str) -> None:
        """As ``Driven`` says it."""
        until = time.monotonic() + LONGEST
        while True:
            with suppress(RuntimeError):
                found = self.call("POST", "/element", using="css selector", value=selector)
                self.call("POST", f"/element/{next(iter(found.values()))}/click")
                return
            if time.monotonic() > until:
                raise TimeoutError(selector)
            time.sleep(0.1)


@contextmanager
def started(port: int, *, scripts: bool = True) -> Iterator[WebKit]:
    """One with a screen and a profile of its own; ``port`` is the router's."""
    args = (
        "--automation",
        f"--proxy=http://127.0.0.1:{port}",
        f"--enable-javascript={scripts}",
        "--javascript-can-open-windows-automatically=True",
    )
    capabilities = {
        "acceptInsecureCerts": True,
        "pageLoadStrategy": "none",
        "unhandledPromptBehavior": "accept",
        "webkitgtk:browserOptions": {"binary": BINARY, "args": args},
    }
    with ExitStack() as stack:
        home = stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        screen = stack.enter_context(Popen(["Xvfb", "-displayfd", "1"], stdout=PIPE, text=True))
        stack.callback(screen.terminate)
        display = next(iter(screen.stdout or ())).strip()
        with socket.create_server(("127.0.0.1", 0)) as free:
            own = free.getsockname()[1]
        env = os.environ | QUIET | {"HOME": home, "DISPLAY": f":{display}"}
        driver = stack.enter_context(Popen(["WebKitWebDriver", f"--port={own}"], env=env))
        stack.callback(driver.terminate)
        while socket.socket().connect_ex(("127.0.0.1", own)):
            time.sleep(0.1)
        yield WebKit(own, capabilities)
