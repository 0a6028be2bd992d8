"""Where choices are proven: append-only, durable before anything acts on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from consent.model import Notice
from consent.record import Record


class ProofLog(Protocol):
    """What every proof log promises."""

    async def append(self, record: Record, notice: Notice) -> Record:
        """Return once the record (and, once per hash, its notice) is durable.

        Appending the same idempotency key again returns the record stored first.

        Raises:
            LogUnavailable: nothing may act on this choice. It may have been stored all the same:
                appending it again with the same idempotency key settles which.
            IdempotencyConflict: the key is that of a request with another body.
            SequenceTaken: the subject's other tab was faster: read its newest record, decide again.
            ValueError: the notice is not the one that the record names, or not what its hash says.
        """
        ...

    def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
        """Every record, oldest first; of one subject, by sequence number, where given.

        A signal, whose number is negated, follows the choice that it is about.

        Raises:
            LogUnavailable: the log cannot be read now.
        """
        ...

    async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
        """The newest sequence number of each subject recorded since ``cursor`` ("" = recently).

        Returns the cursor for the next call. A subject may come again in the next answer.

        Raises:
            LogUnavailable: the log cannot be read now.
        """
        ...

    async def notice(self, digest: str) -> Notice | None:
        """The archived notice with this hash, if any record ever named it.

        Raises:
            LogUnavailable: the log cannot be read now.
        """
        ...

    async def close(self) -> None:
        """Let go of files, connections and threads; the next call opens them again."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One record that one hook is to be told of, claimed by this process."""

    hook: str
    number: int
    """Counts the attempts, from 1."""
    record: Record
    previous: Record | None
    """The subject's choice before, if any."""

    @property
    def id(self) -> str:
        """Of the record."""
        return self.record.id


@dataclass(frozen=True, slots=True)
class Farewell:
    """Somebody's erasure that one hook is to be told of, claimed by this process (GDPR 19)."""

    hook: str
    number: int
    """Counts the attempts, from 1."""
    id: str
    """Of the erasure, a UUIDv7 of its moment."""
    subject: UUID
    """Who was erased; after the telling nobody knows it any more."""
    seq: int
    """Follows that of the subject's last record."""
    last: Record | None
    """That record, as nobody's; none if it was pruned since."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt to tell a hook."""

    record_id: str
    hook: str
    number: int
    ended_at: datetime
    """In UTC."""
    error: str | None
    """The kind of the failure, as ``TimeoutError``; ``None`` if the hook took it."""


class Outbox(Protocol):
    """What is still to be told to the site's hooks (law.md EU-06), kept with the proofs.

    Every method raises ``LogUnavailable`` as ``ProofLog`` does.
    """

    async def append(self, record: Record, notice: Notice, hooks: Sequence[str]) -> Record:
        """As ``ProofLog.append``, and each hook is to be told: both are durable, or neither."""
        ...

    async def claim(
        self, hooks: Sequence[str], *, lease: float, most: int
    ) -> list[Delivery | Farewell]:
        """What is due for these hooks, oldest first; nobody else is given it for ``lease`` s.

        Of an erasure only those hooks are told that may have been told of the subject's choices.
        """
        ...

    async def settle(
        self, delivery: Delivery | Farewell, *, error: str | None, again_in: float | None
    ) -> None:
        """Keep the outcome, once; due again in so many seconds, or never with ``None``.

        Of an erasure nothing is kept once it is done: the outcome would name who was erased.
        """
        ...

    async def wait(self, hooks: Sequence[str]) -> float | None:
        """Seconds until something is due for these hooks; ``None`` where nothing is left to do."""
        ...

    async def attempts(self, record_id: str) -> list[Attempt]:
        """What became of a record's deliveries, by hook and number."""
        ...


@runtime_checkable
class LogWithOutbox(ProofLog, Protocol):
    """A proof log that also keeps what is to be told of its records."""

    @property
    def outbox(self) -> Outbox:
        """In the same place, so that both are written at once."""
        ...
