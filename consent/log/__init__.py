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
            LogUnavailable: nothing may act on this choice.
        """
        ...

    def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
        """Every record, oldest first; of one subject where given."""
        ...

    async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
        """The newest sequence number of each subject recorded since ``cursor`` ("" = recently).

        Returns the cursor for the next call.
        """
        ...

    async def close(self) -> None: ...
