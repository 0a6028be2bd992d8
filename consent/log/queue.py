"""Group commit: what many callers append at once is written by one writer, in one transaction.

A COMMIT waits for the disk, and that is nearly all that a choice costs; so whatever comes while one
transaction is under way goes into the next, together. The writer runs where the store lives;
callers come from any event loop of the process and are answered there, after COMMIT.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any

from consent.errors import LogUnavailable
from consent.log.batch import Deliveries, Entry, refuse
from consent.model import Notice
from consent.record import Record

MOST = 256
"""Records in one transaction."""
BOUND = 4096
"""Records that may wait; more could not be written before their callers give up."""

Write = Callable[[Sequence[Entry]], Awaitable[None]]
"""Gives each entry its answer."""


class Queue:
    """One for each process and log."""

    def __init__(
        self, start: Callable[[Coroutine[Any, Any, None]], object], write: Write, deadline: float
    ) -> None:
        """``start`` runs a coroutine where the store lives."""
        self._start = start
        self._write = write
        self._deadline = deadline
        self._waiting: deque[_Waiting] = deque()
        self._lock = Lock()
        self._draining = False

    async def append(self, record: Record, notice: Notice, deliveries: Deliveries = ()) -> Record:
        """See ``ProofLog.append``; the deliveries are stored with the record."""
        until = monotonic() + self._deadline
        waiting = _Waiting(Entry(record, notice, deliveries, until), asyncio.get_running_loop())
        self._join(waiting)
        try:
            async with asyncio.timeout(self._deadline):
                return await waiting.answer
        except TimeoutError as error:
            raise LogUnavailable(f"not done within {self._deadline} s") from error

    def _join(self, waiting: _Waiting) -> None:
        with self._lock:
            if len(self._waiting) >= BOUND:
                raise LogUnavailable(f"{BOUND} records are waiting already")
            self._waiting.append(waiting)
            if self._draining:
                return
            self._draining = True
        self._start(self._drain())

    async def _drain(self) -> None:
        try:
            while batch := self._take():
                await self._settle(batch)
        except BaseException:
            # Whatever it was, the next caller must find a writer again.
            self._draining = False
            raise

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        entries = [waiting.entry for waiting in batch]
        try:
            await self._write(entries)
        except LogUnavailable as error:
            refuse(entries, error)
        finally:
            _answer(batch)

    def _take(self) -> list[_Waiting]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            self._draining = bool(batch)
            return batch


class _Waiting:
    """An entry, and who waits for its answer."""

    __slots__ = ("answer", "entry", "loop")

    def __init__(self, entry: Entry, loop: asyncio.AbstractEventLoop) -> None:
        self.entry = entry
        self.loop = loop
        self.answer: asyncio.Future[Record] = loop.create_future()

    def tell(self) -> None:
        if self.answer.done():
            return
        outcome = self.entry.outcome
        if isinstance(outcome, Record):
            self.answer.set_result(outcome)
        else:
            self.answer.set_exception(outcome or LogUnavailable("not done in time"))


def _answer(batch: Sequence[_Waiting]) -> None:
    """Each loop is woken once."""
    by_loop = defaultdict(list)
    for waiting in batch:
        by_loop[waiting.loop].append(waiting)
    for loop, theirs in by_loop.items():
        # A loop that has ended has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, theirs)


def _tell(theirs: Sequence[_Waiting]) -> None:
    for waiting in theirs:
        waiting.tell()
