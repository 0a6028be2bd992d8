"""Each test on a loop of its own; both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from consent.log import sequencer
from tests.log.postgresql import Server, programs, running


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/consent.db"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed: what the log promises there is NOT tested")
    with running(where) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("url"))
    server: Server = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records come into the tree when the test says so."""
    monkeypatch.setattr(sequencer, "PAUSE", 10_000)
