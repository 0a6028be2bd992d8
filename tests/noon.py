"""A day that does not turn while a test runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> Iterator[None]:
    """The clock of this process starts at noon; those of others go on as they are."""
    with time_machine.travel(NOON):
        yield
