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
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]], *, deadline: float) -> T:
        """The result of ``work``, which goes on when nobody waits for it any more.

        Raises:
            TimeoutError: the deadline, in seconds, has passed; the outcome is not known.
        """
        future = self._submit(work)
        async with asyncio.timeout(deadline):
            return await asyncio.wrap_future(future)

    def stop(self, last: Callable[[], Coroutine[Any, Any, None]], *, deadline: float) -> None:
        """Do one last thing, then end the thread; blocks for the deadline, in seconds, at most."""
        if self._loop is None:
            return
        loop = self._loop
        done = self._submit(last)
        done.add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))
        # A log may be collected by the very thread that this would wait for.
        if self._thread is not current_thread():
            self._thread.join(deadline)

    def _submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                # A daemon: a process that never closes its log must still be able to end.
                self._thread = Thread(
                    target=_run, args=(self._loop,), name="consent-log", daemon=True
                )
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(_unhurried(work), self._loop)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


async def _unhurried(work: Callable[[], Awaitable[T]]) -> T:
    """The caller may be cancelled, or its loop be closed: the work is not."""
    return await asyncio.shield(asyncio.ensure_future(work()))
