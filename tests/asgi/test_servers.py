"""Uvicorn as sites run it: several worker processes, ``--reload``, below a ``root_path``."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest

from tests.asgi.exchange import HELD, NAVIGATION, PLAIN

ROOT = Path(__file__).parents[2]
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
PATIENCE = 180.0
"""Seconds for a server to start on however busy a machine."""


@dataclass
class Server:
    """One that runs, and the folder that it keeps its things in."""

    url: str
    folder: Path

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        """A navigation on a connection of its own, so that any worker may take it."""
        return httpx.get(f"{self.url}{path}", headers={**NAVIGATION, **headers}, timeout=PATIENCE)

    def choose(self, action: str, *, key: str = "", cookie: str = "") -> httpx.Response:
        """Sent again, as one click, while a busy machine's log needs more than two seconds."""
        headers = {**SAME_ORIGIN, "cookie": cookie, "idempotency-key": key or str(uuid4())}
        while True:
            answer = httpx.post(
                f"{self.url}/consent/choice",
                json={"action": action},
                headers=headers,
                timeout=PATIENCE,
            )
            if answer.status_code != 503:
                return answer

    def records(self) -> int:
        with closing(sqlite3.connect(self.folder / "consent.db")) as database:
            return int(database.execute("SELECT count(*) FROM record").fetchone()[0])

    def told(self) -> list[str]:
        file = self.folder / "told"
        return file.read_text().split() if file.exists() else []


def until(holds: Callable[[], bool]) -> None:
    """Ask again until it is so; the test fails where it never is."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def serve(
    folder: Path, *options: str, app: str = "tests.asgi.frameworks.served:app"
) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--lifespan", "off"]
    path = os.pathsep.join([str(folder), str(ROOT)])
    process = subprocess.Popen(
        [*command, "--log-level", "warning", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "SHOP_FOLDER": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    server = Server(f"http://127.0.0.1:{port}", folder)

    def answers() -> bool:
        assert process.poll() is None
        try:
            return server.get().status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(answers)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def four_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from serve(tmp_path_factory.mktemp("four"), "--workers", "4")


def test_a_choice_made_at_one_worker_is_honoured_by_the_others(four_workers: Server) -> None:
    assert HELD in four_workers.get().content
    answer = four_workers.choose("accept_all")
    assert answer.json()["recorded"] is True
    workers = set()

    def met() -> bool:
        page = four_workers.get(cookie=cookie_of(answer))
        assert (PLAIN in page.content, page.headers["x-allowed"]) == (True, "True")
        workers.add(page.headers["x-worker"])
        return len(workers) > 1

    until(met)


def test_each_record_is_there_once_and_each_is_told_once(four_workers: Server) -> None:
    """E9, EU-06: the same click sent to several workers is one choice."""
    four_workers.choose("refuse_all")
    before = four_workers.records()
    keys = [f"a-click-of-its-own-{number:02}" for number in range(12)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda key: four_workers.choose("accept_all", key=key), keys * 2))
    assert {answer.status_code for answer in answers} == {200}
    assert four_workers.records() == before + len(keys)
    until(lambda: len(four_workers.told()) == four_workers.records())
    assert set(Counter(four_workers.told()).values()) == {1}


RELOADED = """
from tests.asgi.frameworks import served
served.TITLE = b"{title}"
app = served.made()
"""


@pytest.fixture
def reloading(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "shop.py").write_text(RELOADED.format(title="Before"))
    options = ("--reload", "--reload-dir", str(tmp_path), "--root-path", "/fr")
    yield from serve(tmp_path, *options, app="shop:app")


def test_below_a_root_path_and_over_a_reload_choices_hold(reloading: Server) -> None:
    page = reloading.get().content
    assert (b"Before" in page, b'action="/fr/consent/choice"' in page) == (True, True)
    cookie = cookie_of(reloading.choose("accept_all"))
    (reloading.folder / "shop.py").write_text(RELOADED.format(title="After "))
    pages: list[bytes] = []

    def reloaded() -> bool:
        try:
            pages.append(reloading.get(cookie=cookie).content)
        except httpx.TransportError:
            return False
        return b"After" in pages[-1]

    until(reloaded)
    assert all(PLAIN in page for page in pages)
    again = reloading.choose("refuse_all", cookie=cookie)
    assert (again.json()["seq"], reloading.records()) == (2, 2)
    assert HELD in reloading.get(cookie=cookie_of(again)).content
