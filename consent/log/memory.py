"""A proof log in memory: for tests, as it forgets; can be told to fail before or after storing."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from consent.errors import LogUnavailable, SequenceTaken
from consent.log.admission import check_notice, replayed
from consent.log.held import Held, folded
from consent.log.memory_outbox import MemoryOutbox
from consent.log.screens import check_screen
from consent.model import Notice, Screen
from consent.record import NOBODY, Record


class MemoryLog:
    """Keeps what ``ProofLog`` promises, but for durability.

    The three switches may be turned at any time. ``fail_before``: append stores nothing and fails.
    ``fail_after``: append stores and says that it failed, as when the connection breaks during
    COMMIT. ``fail_reading``: everything else fails.
    """

    def __init__(
        self,
        *,
        fail_before: bool = False,
        fail_after: bool = False,
        fail_reading: bool = False,
    ) -> None:
        self.fail_before = fail_before
        self.fail_after = fail_after
        self.fail_reading = fail_reading
        self.records: list[Record] = []
        self.notices: dict[str, Notice] = {}
        self.screens: dict[str, Screen] = {}
        self.outbox = MemoryOutbox(self)
        """What is still to be told to the site's hooks."""
        self._held: Counter[Held] = Counter()

    async def append(self, record: Record, notice: Notice) -> Record:
        """See ``ProofLog.append``."""
        check_notice(record, notice)
        self._fail_if(self.fail_before)
        stored = self._store(record, notice)
        self._fail_if(self.fail_after)
        return stored

    async def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
        """See ``ProofLog.read``."""
        self._fail_if(self.fail_reading)
        if subject is None:
            found = sorted(self.records, key=lambda record: record.id)
        else:
            mine = (record for record in self.records if record.subject == subject)
            found = sorted(mine, key=lambda record: (abs(record.seq), -record.seq))
        for record in found:
            yield record

    async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
        """See ``ProofLog.newer``; the cursor counts records."""
        self._fail_if(self.fail_reading)
        newest: dict[UUID, int] = {}
        for record in self.records[int(cursor or "0") :]:
            if record.erased:
                continue
            newest[record.subject] = max(record.seq, newest.get(record.subject, 0))
        return str(len(self.records)), newest

    async def erase(self, subject: UUID) -> int:
        """See ``Erasable``."""
        self._fail_if(self.fail_before)
        self.outbox.forget(subject)
        mine = [record for record in self.records if record.subject == subject]
        nobody: dict[str, Any] = {"subject": NOBODY, "seq": 0, "salt": b""}
        self.records = [
            replace(record, **nobody) if record in mine else record for record in self.records
        ]
        return len(mine)

    async def notice(self, digest: str) -> Notice | None:
        """See ``ProofLog.notice``."""
        self._fail_if(self.fail_reading)
        return self.notices.get(digest)

    async def keep_screen(self, shown: Screen) -> None:
        """See ``Screens``."""
        check_screen(shown)
        self._fail_if(self.fail_before)
        self.screens.setdefault(shown.hash, shown)

    async def screen(self, digest: str) -> Screen | None:
        """See ``Screens``."""
        self._fail_if(self.fail_reading)
        return self.screens.get(digest)

    async def count_held(self, times: Mapping[Held, int]) -> None:
        """See ``HeldCounts``."""
        self._fail_if(self.fail_before)
        self._held += folded(times, self._held)

    async def held(self, *, since: date) -> dict[Held, int]:
        """See ``HeldCounts``."""
        self._fail_if(self.fail_reading)
        return {each: number for each, number in self._held.items() if each.day >= since}

    async def close(self) -> None:
        """Nothing to let go of."""

    def _store(self, record: Record, notice: Notice) -> Record:
        key = record.idempotency_key
        earlier = (stored for stored in self.records if key and stored.idempotency_key == key)
        if stored := next(earlier, None):
            return replayed(stored, record)
        if (record.subject, record.seq) in {(kept.subject, kept.seq) for kept in self.records}:
            raise SequenceTaken(f"sequence number {record.seq} is taken")
        self.notices.setdefault(notice.hash, notice)
        self.records.append(record)
        return record

    def _fail_if(self, failing: bool) -> None:
        if failing:
            raise LogUnavailable("told to fail")
