"""A private event loop in a thread of its own, so that connections outlive their callers' loops.

Hosts start requests on any loop, and tests on a new one each; connections belong to the loop that
opened them. It also lets a write go on when the request it came with is cancelled (E11).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from threading import Lock, Thread, current_thread
from typing import Any, TypeVar

T = TypeVar("T")


class Background:
    """Runs coroutines for callers on other loops; starts with the first."""

    def __init__(self) -> None:
        self._starting = Lock()
        self._runner: asyncio.Runner | None = None
        # A loop only holds weakly what nobody awaits.
        self._going_on: set[asyncio.Future[Any]] = set()

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]], *, deadline: float) -> T:
        """The result of ``work``, which goes on when nobody waits for it any more.

        Raises:
            TimeoutError: the deadline, in seconds, has passed; the outcome is not known.
        """
        future = self._submit(self._unhurried(work))
        async with asyncio.timeout(deadline):
            return await asyncio.wrap_future(future)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start what nobody waits for."""
        self._submit(self._unhurried(lambda: work))

    def stop(
        self,
        first: Callable[[], Coroutine[Any, Any, None]],
        last: Callable[[], Coroutine[Any, Any, None]],
        *,
        deadline: float,
        wait: bool = True,
    ) -> None:
        """Say so with ``first``, let work end, do ``last``, end the thread.

        Args:
            deadline: seconds that work may take to end.
            wait: until the thread has ended, for the deadline at most; never in the thread itself.
        """
        if self._runner is None:
            return
        loop = self._loop
        done = self._submit(_finish(first, last, deadline))
        done.add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))
        if wait and self._thread is not current_thread():
            self._thread.join(deadline)

    async def _unhurried(self, work: Callable[[], Awaitable[T]]) -> T:
        """The caller may be cancelled, or its loop be closed: the work is not."""
        going_on = asyncio.ensure_future(work())
        self._going_on.add(going_on)
        going_on.add_done_callback(self._done)
        return await asyncio.shield(going_on)

    def _done(self, gone: asyncio.Future[Any]) -> None:
        """Takes note of a failure that nobody waits for, lest the loop reports it as a mistake."""
        self._going_on.discard(gone)
        if not gone.cancelled():
            gone.exception()

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._starting:
            if self._runner is None:
                self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
                self._loop = self._runner.get_loop()
                # A daemon: a process that never closes its log must still be able to end.
                self._thread = Thread(
                    target=_live, args=(self._runner,), name="consent-log", daemon=True
                )
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)


def _live(runner: asyncio.Runner) -> None:
    with runner:
        runner.get_loop().run_forever()


async def _finish(
    first: Callable[[], Awaitable[None]], last: Callable[[], Awaitable[None]], deadline: float
) -> None:
    await first()
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=deadline)
    await last()
