"""Screenshots of every screen, for phone and desktop, and the report that shows them (FR-24)."""

from __future__ import annotations

import asyncio
import json
import struct
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner, Result
from playwright.sync_api import Page

from consent.cli import main
from consent.config import ConsentConfig
from consent.dossier.pictures import camera
from consent.dossier.release import screens
from consent.verify.dossier import verify_dossier
from consent.verify.report import Code
from tests.browser.conftest import CHROMIUM
from tests.browser.sink import Sink
from tests.dossier.tampered import STRANGER, Files, found_in, packed, saying, signed, unpacked
from tests.dossier.world import world, written_config

pytestmark = pytest.mark.measured

LATEST = "2026-01-02"


T = TypeVar("T")


def apart(work: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """In a thread of its own: this one has Playwright's event loop in it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *arguments, **options).result()


class Made:
    """A directory of pictures from a release, and a dossier with them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.album, self.file = folder, folder / "album", folder / "out.zip"
        self.url = f"sqlite:///{folder}/consent.db"
        apart(world, self.url, days=2, each_day=2)
        self.toml = written_config(folder, self.url)
        self.config = ConsentConfig.from_toml(self.toml)

    def run(self, *arguments: object) -> Result:
        """A command."""
        options = [*map(str, arguments), "--config", str(self.toml), "--chromium", str(CHROMIUM)]
        return apart(CliRunner().invoke, main, options)

    def said(self) -> Any:
        with zipfile.ZipFile(self.file) as archive:
            return json.loads(archive.read("dossier.json"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    made = Made(tmp_path_factory.mktemp("pictured"))
    for arguments in (
        ["screens", made.album],
        ["dossier", made.file, "--from", "2026-01-01", "--to", LATEST, "--screens", made.album],
    ):
        result = made.run(*arguments)
        assert result.exit_code == 0, result.output
    return made


def size(png: bytes) -> tuple[int, int]:
    """Of a PNG, in pixels (ISO/IEC 15948, 11.2.2)."""
    width, height = struct.unpack(">2I", png[16:24])
    return width, height


def test_every_screen_of_a_release_is_photographed_in_each_language_and_viewport(
    made: Made,
) -> None:
    shown = list(screens(made.config))
    assert {json.loads(each.content)["language"] for each in shown} == {"fr", "en"}
    for each in shown:
        phone, desktop = (
            size((made.album / f"{each.hash}-{name}.png").read_bytes())
            for name in ("phone", "desktop")
        )
        assert phone[0] == 2 * 390 and phone[1] >= 2 * 844
        assert desktop[0] == 1280 and desktop[1] >= 800


def test_a_second_time_nothing_is_photographed_again(made: Made) -> None:
    before = {path: path.read_bytes() for path in made.album.iterdir()}
    assert "0 screens" in made.run("screens", made.album).stdout
    assert {path: path.read_bytes() for path in made.album.iterdir()} == before


def test_a_dossier_has_the_pictures_of_the_release_and_takes_those_that_are_missing(
    made: Made,
) -> None:
    report, said = verify_dossier(made.file), made.said()
    assert report.holds, report.examples
    assert not report.found
    taken = {each["taken_at"] == said["made_at"] for each in said["screens"]}
    assert taken == {False, True}
    assert report.counts["pictures"] == 2 * len(said["screens"])


def swapped(said: dict[str, Any]) -> None:
    first, second = (each["pictures"][0] for each in said["screens"][:2])
    first["file"], second["file"] = second["file"], first["file"]


TAMPERED: dict[str, Callable[[Files], Files]] = {
    "two pictures are swapped": lambda files: saying(files, swapped),
    "another time": lambda files: saying(
        files, lambda said: said["screens"][0].update(taken_at="2020-01-01T00:00:00.000Z")
    ),
    "only one viewport": lambda files: saying(
        files, lambda said: said["screens"][0]["pictures"].pop()
    ),
    "another size": lambda files: saying(
        files, lambda said: said["screens"][0]["pictures"][0].update(width=391)
    ),
    "no picture": lambda files: signed(
        {name: b"PNG" if name.endswith("-phone.png") else each for name, each in files.items()}
    ),
    "signed by another key": lambda files: signed(
        {
            name: STRANGER.note(each.decode().rpartition("\n\n")[0] + "\n").encode()
            if name.startswith("screens/") and name.endswith(".note")
            else each
            for name, each in files.items()
        }
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_other_pictures_than_were_taken_are_found_out(how: str, made: Made, tmp_path: Path) -> None:
    files = TAMPERED[how](unpacked(made.file.read_bytes()))
    assert Code.PICTURE in found_in(packed(files), tmp_path)


def test_a_picture_that_was_changed_from_outside_is_found_out(made: Made, tmp_path: Path) -> None:
    files = unpacked(made.file.read_bytes())
    name = next(name for name in files if name.endswith(".png"))
    other = next(each for each in files if each.endswith(".png") and each != name)
    assert Code.ARCHIVE in found_in(packed({**files, name: files[other]}), tmp_path)


def test_what_is_photographed_reaches_no_host(sink: Sink) -> None:
    page = f'<img src="http://127.0.0.1:{sink.port}/a.png"><link rel=preconnect href="//a.example">'

    async def take() -> dict[str, bytes]:
        async with camera(CHROMIUM) as browser:
            return await browser.take(page)

    pictures = apart(asyncio.run, take())
    assert pictures.keys() == {"phone", "desktop"}
    assert not sink.requests and not sink.connections


@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_is_readable_on_any_device(width: int, made: Made, page: Page) -> None:
    folder = made.folder / "unpacked"
    with zipfile.ZipFile(made.file) as archive:
        archive.extractall(folder)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((folder / "report.html").as_uri())
    assert Axe().run(page).response["violations"] == []
    loaded = page.evaluate("[...document.images].map(each => each.complete && each.naturalWidth)")
    assert loaded and all(loaded)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("html").get_attribute("lang") == "fr"
