"""From a decision to its proof: what is appended, in which order, and what if the log is down."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace
from uuid import UUID

from consent.asgi.archive import Archive
from consent.asgi.sequence import UNUSABLE, Sequence
from consent.asgi.submission import Offered
from consent.errors import ConsentError, LogUnavailable, RequestRefused, SequenceTaken
from consent.log import ProofLog
from consent.model import Choice, Notice
from consent.record import Record, new_salt

logger = logging.getLogger("consent")

MOST_OWED = 1000
"""Refusals kept in memory while the log is down; the oldest are given up first."""

ATTEMPTS = 3
"""How often a choice is numbered anew because another tab of the same visitor was faster."""


class Proof:
    """Appends records to the log, and remembers the refusals that it still owes the log."""

    def __init__(
        self,
        log: ProofLog,
        notice: Notice,
        sequence: Sequence,
        offered: Offered,
        archive: Archive,
    ) -> None:
        self._log = log
        self._archive = archive
        self._offered = offered
        self._notice = notice
        self._sequence = sequence
        self._owed: deque[Record] = deque(maxlen=MOST_OWED)
        self._settling: asyncio.Task[None] | None = None
        self._silent = False
        """Has it been said that nothing can be recorded?"""

    @property
    def owed(self) -> int:
        """Refusals that were honoured and are not in the log yet."""
        return len(self._owed)

    async def append(self, record: Record) -> Record:
        """Return once ``record`` is durable: as it was stored, or as its first sending was.

        Only then may the caller set a cookie: were it the other way round, a crash in between
        would leave a visitor tracked on a consent that nobody can show (EU-08).

        Raises:
            LogUnavailable: nothing may be granted on the strength of this record.
            IdempotencyConflict: its key was used for another request.
            RequestRefused: 409, a grant that raced with a refusal of the same visitor.
        """
        try:
            stored = await self._numbered(record)
        except LogUnavailable as error:
            if not self._silent:
                logger.error(UNUSABLE, error)
            self._silent = True
            raise
        self._silent = False
        self._sequence.note(stored.subject, stored.seq)
        self._settle_soon()
        return stored

    def owe(self, record: Record) -> None:
        """Keep a refusal that is acted on unproven: withdrawing never depends on the log (EU-09).

        It is lost if the process ends first; then there is less proof of a *refusal*, which nobody
        needs in order to leave a visitor alone.
        """
        self._sequence.note(record.subject, record.seq)
        self._owed.append(record)

    async def has_forgotten(self, subject: UUID) -> bool:
        """Is nothing recorded of this subject, nor to be (GDPR 17)? It was erased, or never was.

        Asked, not told: no list of those who were erased exists, since it would be one of them. A
        log that cannot be asked has forgotten nobody.
        """
        if any(record.subject == subject for record in self._owed):
            return False
        try:
            newest = await self._newest_of(subject)
        except LogUnavailable:
            return False
        if newest is not None:
            # Of a choice from long ago, this process knows only now that it was replaced (C12).
            self._sequence.note(subject, newest.seq)
        return newest is None

    def forget(self, subject: UUID) -> None:
        """What is owed of somebody who is being erased would bring them back."""
        for record in [one for one in self._owed if one.subject == subject]:
            self._owed.remove(record)

    async def settle(self) -> None:
        """Append what is owed, oldest first, until done or the log fails again.

        A record leaves the queue after it was stored, so it may be sent twice; its idempotency key
        makes the second time the same as the first. Of somebody who was erased meanwhile it is let
        go: nobody needs it in order to leave a visitor alone, and it would bring them back.
        """
        while self._owed:
            record = self._owed[0]
            try:
                if record.seq == 1 or await self._newest_of(record.subject) is not None:
                    await self._numbered(record)
            except LogUnavailable:
                return
            except ConsentError as error:
                logger.error("a refusal cannot be recorded: %s", error)
            if self._owed and self._owed[0] is record:
                self._owed.popleft()

    def _settle_soon(self) -> None:
        """In the background: the visitor whose request found the log well again does not wait."""
        idle = self._settling is None or self._settling.done()
        if self._owed and (idle or (self._settling and self._settling.get_loop().is_closed())):
            self._settling = asyncio.get_running_loop().create_task(self.settle())

    async def _numbered(self, record: Record) -> Record:
        for _ in range(ATTEMPTS):
            try:
                await self._archive.keep(record)
                return await self._log.append(record, self._notice)
            except SequenceTaken:
                record = await self._after_the_newest(record)
        raise LogUnavailable("the sequence number was taken each time")

    async def _after_the_newest(self, record: Record) -> Record:
        """The same decision with the next free number.

        Two tabs were used at once. Which click came last nobody knows, so a refusal wins: what
        grants anything that the other one refused is sent back, and its visitor sees what holds
        before deciding again.
        """
        newest = await self._newest_of(record.subject)
        if newest is None:
            raise LogUnavailable("the log names no record that took the sequence number")
        self._sequence.note(newest.subject, newest.seq)
        if self._grants_more(record, newest):
            raise RequestRefused(
                409, "changed_elsewhere", "this visitor has just refused elsewhere"
            )
        return replace(record, seq=newest.seq + 1, salt=new_salt(), commitment="")

    async def _newest_of(self, subject: UUID) -> Record | None:
        newest = None
        async for record in self._log.read(subject=subject):
            newest = newest if record.seq < 0 else record
        return newest

    def _grants_more(self, record: Record, newest: Record) -> bool:
        pairs = zip(self._offered.everything(record), self._offered.everything(newest), strict=True)
        return any(
            granted and not held[name] for asked, held in pairs for name, granted in asked.items()
        )


def grants(said: Record | Choice) -> bool:
    """Does it allow anything at all?"""
    return any(said.purposes.values()) or any(said.services.values())
