"""Static files and where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from consent import assets
from consent.assets import Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "consent.js").write_text("ask()")
    (tmp_path / "inside" / "notes.txt").write_text("ours")
    (tmp_path / "secret.js").write_text("secret")
    return tmp_path / "inside"


def test_an_address_names_the_content(folder: Path) -> None:
    before = Assets(folder).address("consent.js")
    (folder / "consent.js").write_text("ask(again)")
    after = Assets(folder)
    assert after.address("consent.js") != before
    assert after.find(before) is None


def test_a_file_is_found_by_its_address_with_its_type(folder: Path) -> None:
    found = Assets(folder).find(Assets(folder).address("consent.js"))
    assert found is not None
    assert (found.body, found.media_type) == (b"ask()", "text/javascript; charset=utf-8")


@pytest.mark.parametrize(
    "address",
    ["assets/consent.js", "assets/../secret.js", "assets/notes.txt", "assets/", "", "assets/..%2f"],
)
def test_nothing_else_is_found(folder: Path, address: str) -> None:
    assert Assets(folder).find(address) is None


def test_a_file_of_an_unknown_kind_has_no_address(folder: Path) -> None:
    with pytest.raises(KeyError):
        Assets(folder).address("notes.txt")


def test_the_wheel_is_looked_into_before_the_checkout(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(assets.FOLDERS, "static", (tmp_path / "wheel", folder))
    assert assets.folder("static") == folder
    (tmp_path / "wheel").mkdir()
    assert assets.folder("static") == tmp_path / "wheel"


def test_a_package_without_its_files_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(assets.FOLDERS, "static", (tmp_path / "nowhere",))
    with pytest.raises(FileNotFoundError, match="static"):
        assets.folder("static")


def test_the_package_ships_its_script_and_style() -> None:
    assert assets.url("/shop/consent", "consent.js").startswith("/shop/consent/assets/consent.")
    assert assets.shipped().find(assets.shipped().address("consent.css")) is not None
