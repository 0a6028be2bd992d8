"""A log in a file, to be exported."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

import pytest

from consent.record import Record
from tests.export.full import fill


class Filled(NamedTuple):
    url: str
    records: list[Record]


class Untouched(NamedTuple):
    content: bytes
    records: list[Record]


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Untouched:
    """Made once; each test has a copy."""
    path = tmp_path_factory.mktemp("log") / "consent.db"
    records = asyncio.run(fill(f"sqlite:///{path}"))
    return Untouched(path.read_bytes(), records)


@pytest.fixture
def filled(tmp_path: Path, untouched: Untouched) -> Filled:
    (tmp_path / "consent.db").write_bytes(untouched.content)
    return Filled(f"sqlite:///{tmp_path}/consent.db", untouched.records)
