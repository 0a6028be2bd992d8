"""Where choices are proven: append-only, durable before anything acts on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol
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
