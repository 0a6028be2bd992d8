"""Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) over a WebSocket."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, Request, TextMessage

BINARY = shutil.which("firefox-esr") or shutil.which("firefox") or "firefox"
LONGEST = 10.0
"""Seconds until an element is there, or an answer."""
QUIET: dict[str, bool | int | str] = {
    # What the driver itself would switch off, hints of pages among it.
    "remote.prefs.recommended": False,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.suggest.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.topsites.contile.enabled": False,
    "browser.urlbar.speculativeConnect.enabled": False,
    "browser.newtabpage.activity-stream.unifiedAds.adsFeed.enabled": False,
    "browser.newtabpage.activity-stream.unifiedAds.spocs.enabled": False,
    "browser.newtabpage.activity-stream.unifiedAds.tiles.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.usage.uploadEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "geo.provider.network.url": "",
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.trr.mode": 5,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    # As in the Chromium of the tests: windows without a gesture, calls over the loopback.
    "dom.disable_open_during_load": False,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "permissions.default.desktop-notification": 1,
    "network.dns.forceResolve": "127.0.0.1",
    "network.http.http3.enable": True,
}


class Firefox:
    """One session."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), LONGEST)
        self._talk = WSConnection(ConnectionType.CLIENT)
        self._socket.sendall(self._talk.send(Request(f"127.0.0.1:{port}", "/session")))
        self._number, self._text = 0, ""
        self.events: list[dict[str, Any]] = []
        """What it told without being asked, as errors of pages."""
        while not any(isinstance(each, AcceptConnection) for each in self._heard()):
            pass
        wanted = {"acceptInsecureCerts": True, "unhandledPromptBehavior": {"default": "accept"}}
        self.call("session.new", capabilities={"alwaysMatch": wanted})
        self.call("session.subscribe", events=["log.entryAdded"])
        self.tab = self.tabs()[0]

    def call(self, method: str, **params: Any) -> Any:
        """A command, and its result."""
        self._number += 1
        said = json.dumps({"id": self._number, "method": method, "params": params})
        self._socket.sendall(self._talk.send(Message(data=said)))
        while True:
            for event in self._heard():
                if isinstance(event, CloseConnection):
                    raise ConnectionError(method)
                if not isinstance(event, TextMessage):
                    continue
                self._text += event.data
                if not event.message_finished:
                    continue
                told, self._text = json.loads(self._text), ""
                if told.get("id") == self._number:
                    if told["type"] == "error":
                        raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
                    return told["result"]
                if told["type"] == "event":
                    self.events.append(told)

    def _heard(self) -> list[Any]:
        self._talk.receive_data(self._socket.recv(65536) or None)
        return list(self._talk.events())

    def tabs(self) -> list[str]:
        """Also windows that pages have opened."""
        tree = self.call("browsingContext.getTree", maxDepth=0)["contexts"]
        return [each["context"] for each in tree]

    def open(self, url: str) -> None:
        """As ``Driven`` says it."""
        for other in self.tabs():
            if other != self.tab:
                # It may have closed itself meanwhile.
                with suppress(RuntimeError):
                    self.call("browsingContext.close", context=other)
        self.call("browsingContext.navigate", context=self.tab, url=url, wait="none")

    def evaluate(self, js: str) -> Any:
        """As ``Driven`` says it."""
        result = self.call(
            "script.evaluate",
            expression=f"Promise.resolve({js}).then((it) => JSON.stringify(it) ?? 'null')",
            target={"context": self.tab},
            awaitPromise=True,
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def click(self, selector: str) -> None:
        """As ``Driven`` says it."""
        until = time.monotonic() + LONGEST
        while True:
            with suppress(RuntimeError):
                return self._click(selector)
            if time.monotonic() > until:
                raise TimeoutError(selector)
            time.sleep(0.1)

    def _click(self, selector: str) -> None:
        locator = {"type": "css", "value": selector}
        found = self.call("browsingContext.locateNodes", context=self.tab, locator=locator)
        if not found["nodes"]:
            raise RuntimeError(selector)
        shared = {"sharedId": found["nodes"][0]["sharedId"]}
        # In a world of its own: the page may have no scripts.
        self.call(
            "script.callFunction",
            functionDeclaration="(it) => it.scrollIntoView({block: 'center', behavior: 'instant'})",
            arguments=[shared],
            target={"context": self.tab, "sandbox": "driver"},
            awaitPromise=False,
        )
        node = {"type": "element", "element": shared}
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": node},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self.call("input.performActions", context=self.tab, actions=[mouse])


@contextmanager
def started(port: int, *, scripts: bool = True) -> Iterator[Firefox]:
    """A headless one, with a profile of its own; ``port`` is the router's."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        own = {"network.socket.forcePort": f"80={port};443={port}", "javascript.enabled": scripts}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in (QUIET | own).items()]
        (Path(profile) / "user.js").write_text("\n".join(lines))
        process = subprocess.Popen(
            [
                BINARY,
                "--headless",
                "--remote-debugging-port=0",
                "--profile",
                profile,
                "about:blank",
            ],
            stderr=subprocess.PIPE,
            text=True,
            # Its maker's settings are asked for whatever their preference says, but for this.
            env={**os.environ, "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"},
        )
        try:
            told = (line.rpartition(":")[2] for line in process.stderr or () if "BiDi" in line)
            yield Firefox(int(next(told)))
        finally:
            process.kill()
            process.wait()
