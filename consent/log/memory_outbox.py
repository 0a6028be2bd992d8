"""The outbox in memory, for tests: it forgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from consent.log import Attempt, Delivery, Farewell, ProofLog
from consent.model import Notice
from consent.record import NOBODY, Record, new_id


@dataclass
class _Task:
    hook: str
    record: Record
    due: datetime | None
    attempts: int = 0


@dataclass
class _Leaving:
    hook: str
    id: str
    last: Record
    due: datetime
    attempts: int = 0

    def taken(self) -> Farewell:
        last = replace(self.last, subject=NOBODY, seq=0, salt=b"")
        me, seq = self.last.subject, self.last.seq + 1
        return Farewell(self.hook, self.attempts, self.id, me, seq, last)


def _now() -> datetime:
    return datetime.now(UTC)


class MemoryOutbox:
    """Keeps what ``Outbox`` promises, but for durability."""

    def __init__(self, log: ProofLog, *, clock: Callable[[], datetime] = _now) -> None:
        self._log = log
        self._clock = clock
        self._tasks: list[_Task] = []
        self._attempts: list[Attempt] = []
        self._leaving: list[_Leaving] = []

    async def append(self, record: Record, notice: Notice, hooks: Sequence[str]) -> Record:
        """See ``Outbox.append``."""
        stored = await self._log.append(record, notice)
        if stored.id == record.id:
            self._tasks += [_Task(hook, stored, self._clock()) for hook in hooks]
        return stored

    async def claim(
        self, hooks: Sequence[str], *, lease: float, most: int
    ) -> list[Delivery | Farewell]:
        """See ``Outbox.claim``."""
        now = self._clock()
        due = [task for task in self._pending(hooks) if task.due and task.due <= now]
        claimed = due[:most]
        for task in claimed:
            task.attempts += 1
            task.due = now + timedelta(seconds=lease)
        return [
            task.taken()
            if isinstance(task, _Leaving)
            else Delivery(task.hook, task.attempts, task.record, await self._previous(task.record))
            for task in claimed
        ]

    async def settle(
        self, delivery: Delivery | Farewell, *, error: str | None, again_in: float | None
    ) -> None:
        """See ``Outbox.settle``."""
        now = self._clock()
        if isinstance(delivery, Farewell):
            this = delivery.id, delivery.hook, delivery.number
            mine = [one for one in self._leaving if (one.id, one.hook, one.attempts) == this]
            for one in mine:
                if again_in is None:
                    self._leaving.remove(one)
                else:
                    one.due = now + timedelta(seconds=again_in)
            return
        told = delivery.record.id, delivery.hook, delivery.number
        there = (delivery.record.id, delivery.hook) in {(t.record.id, t.hook) for t in self._tasks}
        # What was erased meanwhile has no outcome any more.
        if not there or told in {(one.record_id, one.hook, one.number) for one in self._attempts}:
            return
        self._attempts.append(Attempt(*told, now, error))
        for task in self._tasks:
            if (task.record.id, task.hook, task.attempts) == told:
                task.due = None if again_in is None else now + timedelta(seconds=again_in)

    async def wait(self, hooks: Sequence[str]) -> float | None:
        """See ``Outbox.wait``."""
        now = self._clock()
        waits = [(task.due - now).total_seconds() for task in self._pending(hooks) if task.due]
        return max(0.0, min(waits)) if waits else None

    async def attempts(self, record_id: str) -> list[Attempt]:
        """See ``Outbox.attempts``."""
        mine = (one for one in self._attempts if one.record_id == record_id)
        return sorted(mine, key=lambda one: (one.hook, one.number))

    def forget(self, subject: UUID) -> None:
        """With the subject goes what is still to be told of it, and what became of it; who was
        told of it is to be told of this.
        """
        mine = [task for task in self._tasks if task.record.subject == subject]
        ids, now = {task.record.id for task in mine}, self._clock()
        told = sorted({task.hook for task in mine if task.attempts})
        if told:
            last, named = max((task.record for task in mine), key=lambda one: one.seq), new_id(now)
            self._leaving += [_Leaving(hook, named, last, now) for hook in told]
        self._tasks = [task for task in self._tasks if task.record.id not in ids]
        self._attempts = [one for one in self._attempts if one.record_id not in ids]

    def _pending(self, hooks: Sequence[str]) -> list[_Task | _Leaving]:
        every: list[_Task | _Leaving] = [*self._tasks, *self._leaving]
        return [task for task in every if task.due and task.hook in hooks]

    async def _previous(self, record: Record) -> Record | None:
        previous = None
        async for one in self._log.read(subject=record.subject):
            if 0 < one.seq < record.seq:
                previous = one
        return previous
