"""Sites as real servers run them, in processes of their own."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx

from tests.asgi.exchange import NAVIGATION

ROOT = Path(__file__).parents[2]
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
PATIENCE = 180.0
"""Seconds for a server to start on however busy a machine."""


@dataclass
class Server:
    """One that runs, and the folder that it keeps its things in."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        """A navigation on a connection of its own, so that any worker may take it."""
        return httpx.get(f"{self.url}{path}", headers={**NAVIGATION, **headers}, timeout=PATIENCE)

    def post(
        self, action: str, *, key: str = "", cookie: str = "", below: str = ""
    ) -> httpx.Response:
        """A choice, sent once."""
        return httpx.post(
            f"{self.url}{below}/consent/choice",
            json={"action": action},
            headers={**SAME_ORIGIN, "cookie": cookie, "idempotency-key": key or str(uuid4())},
            timeout=PATIENCE,
        )

    def choose(self, action: str, *, key: str = "", cookie: str = "") -> httpx.Response:
        """Sent again, as one click, while a busy machine's log needs more than two seconds: a
        grant is refused then, and a refusal honoured without being recorded yet."""
        key = key or str(uuid4())
        while (answer := self.post(action, key=key, cookie=cookie)).status_code in (202, 503):
            pass
        return answer

    def records(self) -> int:
        with closing(sqlite3.connect(self.folder / "consent.db")) as database:
            return int(database.execute("SELECT count(*) FROM record").fetchone()[0])

    def told(self) -> list[str]:
        file = self.folder / "told"
        return file.read_text().split() if file.exists() else []

    def answers(self) -> bool:
        """Does it, by now?"""
        assert self.process.poll() is None
        try:
            return self.get().status_code == 200
        except httpx.TransportError:
            return False


def until(holds: Callable[[], bool]) -> None:
    """Ask again until it is so; the test fails where it never is."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@contextmanager
def serving(
    folder: Path,
    *options: str,
    app: str = "tests.asgi.frameworks.served:app",
    servers: int = 1,
    **environment: str,
) -> Iterator[list[Server]]:
    """So many servers of the same site, each ready to answer."""
    running = [_begun(folder, options, app, environment) for _ in range(servers)]
    try:
        for server in running:
            until(server.answers)
        yield running
    finally:
        for server in running:
            server.process.terminate()
        for server in running:
            server.process.wait(PATIENCE)


def _begun(folder: Path, options: tuple[str, ...], app: str, environment: dict[str, str]) -> Server:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--lifespan", "off"]
    path = os.pathsep.join([str(folder), str(ROOT)])
    process = subprocess.Popen(
        [*command, "--log-level", "warning", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "SHOP_FOLDER": str(folder), **environment},
        stderr=subprocess.DEVNULL,
    )
    return Server(f"http://127.0.0.1:{port}", folder, process)
