"""Uvicorn as sites run it: several worker processes, ``--reload``, below a ``root_path``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.asgi.exchange import HELD, PLAIN
from tests.asgi.serving import Server, cookie_of, serving, until


@pytest.fixture(scope="module")
def four_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("four"), "--workers", "4") as (server,):
        yield server


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
    with serving(tmp_path, *options, app="shop:app") as (server,):
        yield server


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
