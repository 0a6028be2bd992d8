"""Which choice of a subject is the newest, so that one that was replaced cannot be replayed."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from consent.errors import LogUnavailable
from consent.log import ProofLog

logger = logging.getLogger("consent")

SUBJECTS = 100_000
"""Subjects remembered, those longest unchanged forgotten first; about 200 bytes each."""

INTERVAL = 5.0
"""Seconds between two questions to the log: how long a replaced cookie may still pass elsewhere."""

PATIENCE = 10.0
"""Seconds after which a question without an answer is given up."""

UNUSABLE = (
    "the proof log (log.url) cannot be used: %s. Until it can, no consent is recorded: accepting is"
    " answered 503 and nothing is activated; refusals are honoured."
)


class Sequence:
    """The newest sequence number per subject, as far as this process knows (edges.md C12).

    What it does not know it does not refuse: an unreachable log costs freshness, nothing else.
    """

    def __init__(
        self,
        log: ProofLog,
        *,
        subjects: int = SUBJECTS,
        interval: float = INTERVAL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._log = log
        self._subjects = subjects
        self._interval = interval
        self._clock = clock
        self._newest: OrderedDict[UUID, int] = OrderedDict()
        self._cursor = ""
        self._due = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._silent = False
        """Is the log down, and has that been said?"""

    def newest(self, subject: UUID) -> int:
        """The highest sequence number known of ``subject``; 0 if none is."""
        return self._newest.get(subject, 0)

    def note(self, subject: UUID, seq: int) -> None:
        """Remember a choice: at once what this process wrote, later what others did."""
        self._newest[subject] = max(seq, self.newest(subject))
        self._newest.move_to_end(subject)
        if len(self._newest) > self._subjects:
            self._newest.popitem(last=False)

    def keep_fresh(self) -> None:
        """Ask the log in the background if it is time to; called with each request, costs nothing.

        Started from a request, since many hosts never send a lifespan. The time is set before the
        question, so a slow log is asked no more often than a fast one; one question at a time.
        """
        now = self._clock()
        if now < self._due:
            return
        self._due = now + self._interval
        if self._task is None or self._task.done() or self._task.get_loop().is_closed():
            self._task = asyncio.get_running_loop().create_task(self.refresh())

    async def refresh(self) -> None:
        """Ask the log what others wrote since the last answer; say once when there is none."""
        try:
            async with asyncio.timeout(PATIENCE):
                self._cursor, found = await self._log.newer(self._cursor)
        except (LogUnavailable, TimeoutError) as error:
            if not self._silent:
                logger.error(UNUSABLE, error)
            self._silent = True
            return
        self._silent = False
        for subject, seq in found.items():
            self.note(subject, seq)
