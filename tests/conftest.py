"""For every test."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from types import FrameType

import greenlet
import pytest
import time_machine
from hypothesis import settings

from tests.noon import noon as noon
from tests.processes import starts_processes

# A slow machine is not a broken promise: no test here depends on how long it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collected a day before they run, as they are where midnight comes in between: what a test
    took from the clock too early is then wrong on every day."""
    with time_machine.travel(datetime.now(UTC) - timedelta(days=1)):
        return (yield)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Said before tests are chosen by their marks."""
    if isinstance(item, pytest.Function) and starts_processes(item):
        item.add_marker(pytest.mark.processes)


# When a thread ends, greenlet looks through every object there is for what still refers to it. That
# is for programs that run for long; here it took 14 ms for each thread.
greenlet._greenlet.enable_optional_cleanup(False)

FIRST: deque[tuple[threading.Thread, object]] = deque()


def _keep(_frame: FrameType, _event: str, _arg: object) -> None:
    """The greenlet that a thread begins with, until some time after the thread has ended."""
    sys.setprofile(None)
    FIRST.append((threading.current_thread(), greenlet.getcurrent()))
    while len(FIRST) > 100 and not FIRST[0][0].is_alive():
        FIRST.popleft()


# Coverage refers weakly to these greenlets. Where one goes together with its thread, the callback
# runs in a pending call of the interpreter; and Python 3.11, while another such call waits, begins
# a function that is traced there again and again.
if sys.version_info < (3, 12):
    threading.setprofile(_keep)
