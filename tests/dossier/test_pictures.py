"""Where no browser is at hand, and pictures that are not what they say (FR-24)."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, BrowserType, Error

from consent.cli import main
from consent.dossier.album import kept, taken
from consent.dossier.pictures import Camera, _found
from consent.dossier.release import screens
from consent.errors import NoPictures
from consent.tree.keys import Signer
from tests.dossier.conftest import Place
from tests.dossier.tampered import unpacked
from tests.dossier.world import toml
from tests.written import config

KEY, OTHER = (
    Signer("www.example.fr/consent", bytes(32)),
    Signer("www.example.fr/consent", b"1" * 32),
)
PICTURES = {"phone": b"a phone", "desktop": b"a desktop"}
WHEN, BROWSER = "2026-01-01T00:00:00.000Z", "Chromium 1"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    taken("hash", PICTURES, taken_at=WHEN, browser=BROWSER, signer=KEY).put(tmp_path, "hash")
    return tmp_path


def test_pictures_come_back_as_they_were_put(album: Path) -> None:
    found = kept(album, "hash", [KEY.key])
    assert found and (found.pictures, found.taken_at, found.browser) == (PICTURES, WHEN, BROWSER)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a picture is gone": lambda place: (place / "hash-phone.png").unlink(),
    "a picture is another": lambda place: (place / "hash-phone.png").write_bytes(b"other"),
    "the note is gone": lambda place: (place / "hash.note").unlink(),
    "the note is none": lambda place: (place / "hash.note").write_text("no note"),
    "the note is of another screen": lambda place: taken(
        "other", PICTURES, taken_at=WHEN, browser=BROWSER, signer=KEY
    ).put(place, "hash"),
    "the note is by another key": lambda place: taken(
        "hash", PICTURES, taken_at=WHEN, browser=BROWSER, signer=OTHER
    ).put(place, "hash"),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_not_whole_is_photographed_again(how: str, album: Path) -> None:
    DAMAGES[how](album)
    assert kept(album, "hash", [KEY.key]) is None


def test_without_a_browser_the_dossier_is_made_and_says_so_with_status_3(place: Place) -> None:
    result = place.dossier("blind.zip", "--chromium", "/no/such/browser")
    assert result.exit_code == 3
    assert "WITHOUT screenshots of 8 screens" in result.stderr
    files = unpacked((place.folder / "blind.zip").read_bytes())
    assert "Il n’y a pas de captures d’écran" in files["report.html"].decode()
    assert not any("pictures" in each for each in json.loads(files["dossier.json"])["screens"])


def test_without_playwright_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    result = place.dossier("blind.zip")
    assert result.exit_code == 3
    assert "asgi-consent[screenshots]" in result.stderr


def test_who_wants_none_gets_none_with_status_0(place: Place) -> None:
    result = place.dossier("blind.zip", "--no-screenshots", "--lang", "en")
    assert result.exit_code == 0
    report = unpacked((place.folder / "blind.zip").read_bytes())["report.html"].decode()
    assert "There are no screenshots" in report


def test_a_release_without_a_browser_is_status_1(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    arguments = ["screens", tmp_path / "album", "--config", place.config]
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == 1
    assert "no pictures can be taken" in result.stderr


def test_what_a_release_cannot_do_is_status_1(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "consent.db").write_text("no database")
    (tmp_path / "consent.toml").write_text(toml(f"sqlite:///{tmp_path}/consent.db"))
    (tmp_path / "first.toml").write_text(toml(f"sqlite:///{tmp_path}/none.db"))
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    for file, folder, why in (
        (tmp_path / "first.toml", "album", "no pictures can be taken"),
        (tmp_path / "consent.toml", "album", "the log cannot be used"),
        (place.config, "file/album", "Not a directory"),
    ):
        arguments = ["screens", tmp_path / folder, "--config", file]
        result = CliRunner().invoke(main, [str(each) for each in arguments])
        assert result.exit_code == 1
        assert why in result.stderr


def test_a_release_shows_what_its_visitors_will_see() -> None:
    """Also where their browser objects, and where the site asks nothing then."""
    signals = {"gpc": True, "dnt": True, "purposes": ["analytics"]}
    asks, silent = (
        [
            json.loads(each.content)
            for each in screens(config(signals={**signals, "banner": banner}))
        ]
        for banner in (True, False)
    )
    assert (len(asks), len(silent)) == (2 * 4, 2 * 3)
    assert any("Global Privacy Control" in each["html"] for each in silent)


class Broken:
    """A browser, and what starts one, that is not there."""

    version = "1"
    executable_path = "/no/such/browser"

    async def new_context(self, **_: object) -> object:
        raise Error("it has gone\nmore of it")


def test_a_browser_that_breaks_off_is_told_in_a_line() -> None:
    with pytest.raises(NoPictures, match="^it has gone$"):
        asyncio.run(Camera(cast("Browser", Broken())).take(""))


@pytest.mark.parametrize("there", [None, "/usr/bin/chromium"])
def test_where_playwright_has_brought_no_browser_the_machine_s_is_taken(
    there: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: there if name == "chromium" else None)
    assert _found(cast("BrowserType", Broken())) == there


def test_what_playwright_has_brought_comes_first(tmp_path: Path) -> None:
    engine = Broken()
    engine.executable_path = str(tmp_path)
    assert _found(cast("BrowserType", engine)) is None
