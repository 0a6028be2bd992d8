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


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    url = f"sqlite:///{tmp_path}/consent.db"
    return Filled(url, asyncio.run(fill(url)))
