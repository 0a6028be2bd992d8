"""A log that holds, to be tampered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.built import Built


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Made once; it is signed, so making it takes longer than looking at it."""
    return Built().write(tmp_path_factory.mktemp("log") / "consent.db").read_bytes()


@pytest.fixture
def path(tmp_path: Path, untouched: bytes) -> Path:
    path = tmp_path / "consent.db"
    path.write_bytes(untouched)
    return path
