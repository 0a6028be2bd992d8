"""For every test."""

from __future__ import annotations

import sys
import threading
from collections import deque
from types import FrameType

import greenlet
from hypothesis import settings

# A slow machine is not a broken promise: no test here depends on how long it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ENDED: deque[tuple[threading.Thread, greenlet.greenlet]] = deque()


def _keep(frame: FrameType, event: str, arg: object) -> None:
    sys.setprofile(None)
    ENDED.append((threading.current_thread(), greenlet.getcurrent()))
    while len(ENDED) > 100 and not ENDED[0][0].is_alive():
        ENDED.popleft()


# Coverage has a weak reference to each thread's first greenlet. Where that greenlet goes with its
# thread, the callback runs within a pending call of the interpreter; and Python 3.11 never returns
# from a function that is traced there while another such call waits. So it goes later.
if sys.version_info < (3, 12):
    threading.setprofile(_keep)
