"""Fixtures for pytest: name this module in ``pytest_plugins`` of the site's ``conftest.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from consent.log.memory import MemoryLog
from consent.testing import in_memory


@pytest.fixture
def consent_log() -> Iterator[MemoryLog]:
    """The proofs of one test, in ``.records``; no database is touched."""
    with in_memory() as log:
        yield log
