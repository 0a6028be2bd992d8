"""``on_choice``: telling the site's own functions of each recorded choice, surely and in no hurry.

What is to be told is in the log's database before the visitor is answered (``consent.log.outbox``);
from there a task of the server's own loop takes it. Nothing waits for it, and nothing of it depends
on the lifespan protocol: it starts with a request, goes on while something is to be told, and is
looked after with the requests that follow.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any
from uuid import UUID

from consent.asgi.event import ChoiceEvent, event_of, event_of_erasure
from consent.config import ConsentConfig
from consent.errors import LogUnavailable
from consent.log import Delivery, Farewell, LogWithOutbox, ProofLog
from consent.log.screens import Screens
from consent.model import Notice, Screen
from consent.record import Record

logger = logging.getLogger("consent")

Hook = Callable[[ChoiceEvent], Any]
"""A function of the site's, async or not; it has taken the event when it returns."""
Hooks = Hook | Sequence[Hook] | Mapping[str, Hook]

PATIENCE = 30.0
"""Seconds that a hook is given."""
LEASE = 90.0
"""Seconds after which an attempt that nobody has heard of is made again."""
CHECK = 60.0
"""Seconds between two looks at what others, or a process before this one, may have left."""
AT_ONCE = 8
LONGEST_NAME = 100
PAUSES = (2.0, 10.0, 60.0, 300.0, 1800.0, 7200.0, 21_600.0, 43_200.0, 86_400.0)
"""Seconds between the attempts at one delivery: ten within two days, then it is given up."""


def named(hooks: Hooks) -> dict[str, Hook]:
    """The hooks by name: that of a mapping, else where the function stands in the site's code.

    What a hook is still to be told is kept under its name, over restarts.

    Raises:
        ValueError: a hook has no name of its own, two have the same, or one is too long.
    """
    if isinstance(hooks, Mapping):
        found = dict(hooks)
    else:
        several = hooks if isinstance(hooks, Sequence) else [hooks]
        found = {_place(hook): hook for hook in several}
        if len(found) < len(several) or any(name.endswith(("<lambda>", ".")) for name in found):
            raise ValueError("each hook needs a name of its own: on_choice={'crm': …, 'ads': …}")
    if not all(1 <= len(name) <= LONGEST_NAME for name in found):
        raise ValueError(f"the name of a hook has 1 to {LONGEST_NAME} characters")
    return found


def _place(hook: Hook) -> str:
    return f"{getattr(hook, '__module__', '')}.{getattr(hook, '__qualname__', '')}"


class Courier:
    """Takes what is in the outbox to the hooks; one per middleware and process."""

    def __init__(
        self,
        hooks: Mapping[str, Hook],
        log: LogWithOutbox,
        config: ConsentConfig,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._hooks = hooks
        self._names = tuple(hooks)
        self._log = log
        self._config = config
        self._clock = clock
        self._due = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._threads = ThreadPoolExecutor(AT_ONCE, "consent-hook")

    def look(self) -> None:
        """Called with each request: now and then, see what there is to tell."""
        now = self._clock()
        if now >= self._due:
            self._due = now + CHECK
            self.wake()

    def wake(self) -> None:
        """There may be something to tell: start, or let the task that runs know."""
        here = asyncio.get_running_loop()
        task = self._task
        if task is None or task.done() or task.get_loop().is_closed():
            self._news = asyncio.Event()
            self._task = here.create_task(self._run(self._news))
        elif task.get_loop() is here:
            # At once: the task may be about to find that nothing is left.
            self._news.set()
        else:
            task.get_loop().call_soon_threadsafe(self._news.set)

    async def _run(self, news: asyncio.Event) -> None:
        """Until nothing is left. A log that fails is asked again; ``Sequence`` tells of it."""
        while True:
            news.clear()
            try:
                while claimed := await self._claim():
                    await asyncio.gather(*map(self._deliver, claimed))
                wait = await self._log.outbox.wait(self._names)
            except LogUnavailable:
                wait = CHECK
            if wait is not None:
                await _either(news, min(wait, CHECK))
            elif not news.is_set():
                return

    async def _claim(self) -> list[Delivery | Farewell]:
        return await self._log.outbox.claim(self._names, lease=LEASE, most=AT_ONCE)

    async def _deliver(self, delivery: Delivery | Farewell) -> None:
        """One attempt, and its outcome. Whatever a hook raises is a failure to be tried again."""
        try:
            error = await self._told(delivery)
        except asyncio.CancelledError:
            # The server ends. The next process, or another worker, need not wait for the lease.
            await self._log.outbox.settle(delivery, error="CancelledError", again_in=0)
            raise
        again = None
        if error is not None:
            if not _is_late(delivery) and delivery.number <= len(PAUSES):
                again = PAUSES[delivery.number - 1]
            self._report(delivery, error, again)
        kind = None if error is None else type(error).__name__
        await self._log.outbox.settle(delivery, error=kind, again_in=again)

    async def _told(self, delivery: Delivery | Farewell) -> BaseException | None:
        try:
            event = self._event(delivery)
            async with asyncio.timeout(PATIENCE):
                await self._call(self._hooks[delivery.hook], event)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # The hook's own, as of a library that gave up: a failure like any other.
            return error
        except Exception as error:
            return error
        return None

    def _event(self, delivery: Delivery | Farewell) -> ChoiceEvent:
        if isinstance(delivery, Farewell):
            return event_of_erasure(delivery, self._config)
        if _is_late(delivery):
            raise LookupError("the subject has been erased, so nobody can be named")
        return event_of(delivery.record, delivery.previous, self._config)

    async def _call(self, hook: Hook, event: ChoiceEvent) -> None:
        """What is not async runs in a thread, so that it keeps no visitor waiting."""
        if inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(type(hook).__call__):
            await hook(event)
            return
        # Threads of its own: a hook that never returns must not use up those of the site.
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, hook, event)
        if inspect.isawaitable(answer):
            await answer

    def _report(
        self, delivery: Delivery | Farewell, error: BaseException, again: float | None
    ) -> None:
        what = f"tried again in {again:.0f} s" if again is not None else "given up"
        logger.log(
            logging.ERROR if again is None else logging.WARNING,
            "on_choice: attempt %d of the hook %s at %s %s failed, %s",
            delivery.number,
            delivery.hook,
            "erasure" if isinstance(delivery, Farewell) else "record",
            delivery.id,
            what,
            exc_info=error,
        )


class ToldLog:
    """A proof log whose records the hooks are told of."""

    def __init__(self, log: LogWithOutbox, courier: Courier, hooks: Sequence[str]) -> None:
        self._log = self.log = log
        self._courier = courier
        self._hooks = tuple(hooks)

    async def append(self, record: Record, notice: Notice) -> Record:
        """With what is to be told of it, in one transaction; then the telling begins."""
        stored = await self._log.outbox.append(record, notice, self._hooks)
        self._courier.wake()
        return stored

    def wake(self) -> None:
        """There may be something to tell that was not appended here."""
        self._courier.wake()

    def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
        """See ``ProofLog.read``."""
        return self._log.read(subject=subject)

    async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
        """See ``ProofLog.newer``."""
        return await self._log.newer(cursor)

    async def notice(self, digest: str) -> Notice | None:
        """See ``ProofLog.notice``."""
        return await self._log.notice(digest)

    async def keep_screen(self, shown: Screen) -> None:
        """See ``Screens``; a log that keeps none is not asked to."""
        if isinstance(self._log, Screens):
            await self._log.keep_screen(shown)

    async def screen(self, digest: str) -> Screen | None:
        """See ``Screens``."""
        return await self._log.screen(digest) if isinstance(self._log, Screens) else None

    async def close(self) -> None:
        """See ``ProofLog.close``."""
        await self._log.close()


def kept_in(log: ProofLog) -> ProofLog:
    """The log itself, with all that it can do besides."""
    return log.log if isinstance(log, ToldLog) else log


def telling(
    log: ProofLog, hooks: Hooks, config: ConsentConfig, *, clock: Callable[[], float] = monotonic
) -> tuple[ToldLog, Courier]:
    """The log that writes down what is to be told, and who tells it.

    Raises:
        TypeError: the log has no outbox.
        ValueError: a hook has no name.
    """
    if not isinstance(log, LogWithOutbox):
        raise TypeError(f"on_choice needs a log with an outbox, and {log!r} has none")
    by_name = named(hooks)
    courier = Courier(by_name, log, config, clock=clock)
    return ToldLog(log, courier, list(by_name)), courier


def tell_of_erasure(log: ProofLog) -> None:
    """What was erased by this process is told now, and not with the next look."""
    if isinstance(log, ToldLog):
        log.wake()


def _is_late(delivery: Delivery | Farewell) -> bool:
    return isinstance(delivery, Delivery) and delivery.record.erased


async def _either(news: asyncio.Event, seconds: float) -> None:
    """Until there are news, or so many seconds have passed."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        pass
