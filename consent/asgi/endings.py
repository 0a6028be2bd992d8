"""Choices that end without a click: over when their visitor comes back, or objected to (EU-08).

Each is recorded once, in the background: no request waits for it, and nothing depends on it, since
what is over or objected to is held whether or not that is recorded.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from consent.asgi.sequence import Sequence
from consent.asgi.submission import Offered
from consent.config import ConsentConfig
from consent.errors import LogUnavailable, SequenceTaken
from consent.log import ProofLog
from consent.model import Choice
from consent.objections import Objection
from consent.record import Action, Interface, Kind, Record, new_id

MOST_WAITING = 1000
"""Endings that wait for the log; while it is down, others are seen again with a later request."""
MOST_SEEN = 100_000
"""Endings remembered as dealt with; of one forgotten, the log is asked again."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a choice."""

    action: Action
    choice: Choice
    """As it was made."""
    holds: Choice | None
    """What is left of it."""
    signals: tuple[str, ...] = ()


class Endings:
    """Records the endings that requests show; one per middleware."""

    def __init__(
        self,
        config: ConsentConfig,
        log: ProofLog,
        told: ProofLog,
        sequence: Sequence,
        clock: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._told = told
        """The same; hooks are told of what is appended to it. They are not told of signals."""
        self._notice = config.notice
        self._site = urlsplit(config.site.url).hostname or ""
        self._offered = Offered(config, ())
        self._sequence = sequence
        self._clock = clock
        self._seen: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._waiting: deque[Ending] = deque()
        self._task: asyncio.Task[None] | None = None

    def objected(self, choice: Choice, holds: Choice | None, objection: Objection) -> None:
        """The browser objects to something that ``choice`` grants."""
        self._note(Ending(Action.SIGNAL, choice, holds, objection.names))

    def expired(self, choice: Choice) -> None:
        """Its time was over before this request."""
        self._note(Ending(Action.EXPIRE, choice, None))

    def _note(self, ending: Ending) -> None:
        """Called with every request while it lasts: costs a look-up, but for the first time."""
        name = _name(ending)
        if name in self._seen or len(self._waiting) >= MOST_WAITING:
            return
        self._seen[name] = None
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        self._waiting.append(ending)
        if self._task is None or self._task.done() or self._task.get_loop().is_closed():
            self._task = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        """Oldest first. While the log is down, all are let go, to be seen with a later request."""
        while self._waiting:
            ending = self._waiting.popleft()
            try:
                await self._record(ending)
            except LogUnavailable:
                for each in (ending, *self._waiting):
                    self._seen.pop(_name(each), None)
                self._waiting.clear()

    async def _record(self, ending: Ending) -> None:
        """Nothing is recorded of a subject whom the log does not know: it may have been erased."""
        known = {
            record.seq: record
            async for record in self._log.read(subject=ending.choice.subject)
            if record.kind is Kind.CHOICE
        }
        newest = known.get(max(known, default=0))
        if newest is None or newest.seq != ending.choice.seq:
            return
        record = self._of(ending, newest)
        if record.seq in known:
            return
        try:
            stored = await self._log_of(ending).append(record, self._notice)
        except SequenceTaken:
            # Its visitor has just chosen anew.
            return
        self._sequence.note(stored.subject, stored.seq)

    def _log_of(self, ending: Ending) -> ProofLog:
        return self._log if ending.action is Action.SIGNAL else self._told

    def _of(self, ending: Ending, newest: Record) -> Record:
        now = self._clock()
        purposes, services = self._offered.everything(ending.holds)
        return Record(
            id=new_id(now),
            subject=newest.subject,
            # A signal takes the place of no choice: the cookie is in force when it has gone.
            seq=-newest.seq if ending.action is Action.SIGNAL else newest.seq + 1,
            action=ending.action,
            purposes=purposes,
            services=services,
            notice=self._notice.hash,
            language=newest.language,
            interface=Interface.SERVER,
            made_at=now,
            site=self._site,
            signals=ending.signals,
            idempotency_key=_key(ending.action, newest),
        )


def _name(ending: Ending) -> tuple[object, ...]:
    return ending.choice.subject, ending.choice.seq, ending.action


def _key(action: Action, newest: Record) -> str:
    """The same in every process that sees it, from any tab.

    It is made from the salt, which is erased with the subject: afterwards nobody can tell which
    record it followed.
    """
    return hmac.digest(newest.salt, f"asgi-consent/{action}/v1".encode(), "sha256").hex()
