"""What one process has open of a log in a database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from consent.errors import LogUnavailable, LogUnfit
from consent.log.background import Background
from consent.log.batch import Entry
from consent.log.queue import Queue
from consent.log.rounds import Rounds
from consent.log.sequencer import Sequencer, Sequencing
from consent.log.store import Store

logger = logging.getLogger("consent")

T = TypeVar("T")

UNFIT = (
    "nothing can be recorded in the proof log from here. Until it can, accepting is answered 503"
    " and nothing is activated; refusals are honoured. %s"
)


class Home:
    """What one process has open: the store, and the thread that it lives in."""

    def __init__(self, store: Store, rounds: Rounds, sequencer: Sequencer, deadline: float) -> None:
        self._deadline = deadline
        self._is_of_site = sequencer.is_of_site
        self._store = store
        self._background = Background()
        self._rounds = rounds
        self._sequencing = Sequencing(self._sequence) if sequencer.has_keys else None
        self.queue = Queue(self._background.begin, self._append, deadline)

    async def run(self, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        """Do it in the thread of the store.

        Raises:
            TimeoutError: the deadline has passed; the outcome is not known.
        """
        return await self._background.run(lambda: work(self._store), deadline=self._deadline)

    def leave(self, *, wait: bool) -> None:
        """End what is begun, and the thread; to wait blocks for the deadline at most."""
        self._background.stop(self._end, self._store.close, deadline=self._deadline, wait=wait)

    def look(self) -> None:
        """Others may have left records that are not in the tree."""
        self._background.begin(self._wake())

    def try_out(self) -> None:
        """Say it when the site starts, and not only when somebody chooses, if it cannot write."""
        if self._is_of_site:
            self._background.begin(self._try_out())

    async def _try_out(self) -> None:
        try:
            await self._store.try_out()
        except LogUnfit as error:
            logger.error(UNFIT, error)
        except LogUnavailable:
            pass  # which those say who need it

    async def _end(self) -> None:
        if self._sequencing is not None:
            await self._sequencing.end()
            await self._rounds.end()

    async def _append(self, entries: Sequence[Entry]) -> None:
        await self._store.append(entries)
        await self._wake()

    async def _sequence(self) -> int:
        if done := await self._store.sequence():
            self._rounds.wake()
        return done

    async def _wake(self) -> None:
        if self._sequencing is not None:
            self._sequencing.wake()
