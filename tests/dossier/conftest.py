"""A log of ten days, and a dossier of six of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from tests.dossier.world import FIRST_DAY, LAST_DAY, world, written_config


class Place(NamedTuple):
    """Where everything is."""

    url: str
    config: Path
    folder: Path

    def dossier(self, name: str, *options: object) -> Result:
        """Make one."""
        arguments = ("--from", FIRST_DAY, "--to", LAST_DAY, "--config", self.config, *options)
        out = self.folder / name
        return CliRunner().invoke(main, ["dossier", str(out), *map(str, arguments)])


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Made once, and only read."""
    folder = tmp_path_factory.mktemp("dossier")
    url = f"sqlite:///{folder}/consent.db"
    world(url)
    return Place(url, written_config(folder, url), folder)


@pytest.fixture(scope="session")
def untouched(place: Place) -> bytes:
    """A dossier with a sample that is not all, without pictures."""
    result = place.dossier("untouched.zip", "--sample", 12, "--no-screenshots")
    assert result.exit_code == 0, result.output
    return (place.folder / "untouched.zip").read_bytes()


@pytest.fixture(scope="session")
def complete(place: Place) -> bytes:
    """One whose sample is all there is."""
    result = place.dossier("complete.zip", "--no-screenshots")
    assert result.exit_code == 0, result.output
    return (place.folder / "complete.zip").read_bytes()
