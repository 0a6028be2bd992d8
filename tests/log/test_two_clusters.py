"""A failover under two application processes, as ``bench/two_clusters.py`` shows it."""

from __future__ import annotations

import pytest

from bench.two_clusters import fail_over
from tests.log.postgresql import pair, programs


def test_no_choice_that_was_answered_is_lost_when_the_primary_dies() -> None:
    """With the standby deaf before: it has what was answered, and nothing else was answered."""
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed: what the log promises there is NOT tested")
    # The machine lives on, so nothing has to wait for its disk.
    with pair(where, "fsync=off", "synchronous_commit=on") as servers:
        outcome = fail_over(servers, choices=20, tell=lambda _: None)
    assert outcome.holds, outcome.report
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert outcome.answered >= 40
    assert outcome.refused > 0
