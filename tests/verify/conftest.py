"""A log that holds, to be tampered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.built import Built


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Built().write(tmp_path / "consent.db")
