"""The end of what a log keeps: the oldest records go, batch by batch; their leaves stay.

What goes is a beginning of the tree without a gap, and ``head.minimum`` says where it ends (C2SP
tlog-tiles, "minimum index"): so a record that is gone before its time cannot hide among those whose
time was over, and every root and every proof is computed as before. With each batch goes a note, in
the same transaction, that the log did this itself (``consent.tree.pruned``); one for each run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, Table, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogUnavailable
from consent.log.migrate import TOUCH
from consent.log.outbox import Runner
from consent.log.schema import (
    attempt,
    delivery,
    head,
    hold,
    leaf,
    notice,
    pending,
    pruning,
    record,
    screen,
    subject,
    trial,
)
from consent.log.sequencer import Sequencer
from consent.record import Kind, Record, decode, epoch_ms
from consent.tree.keys import Signer
from consent.tree.merkle import leaf_hash
from consent.tree.pruned import Pruned as Signed
from consent.tree.pruned import signed

MOST = 512
"""Records in one transaction, some tens of milliseconds of the one writer of SQLite."""
PAGE = 1024
"""Records that are read at once."""


class Stop(StrEnum):
    """Why it goes no further."""

    END = "end"
    """All the others are younger, or there are none."""
    HOLD = "hold"
    """A legal hold on whose record comes next."""
    FORM = "form"
    """What was agreed to in a form may still hold."""


class Pruned(NamedTuple):
    """What one batch did, or would do."""

    number: int
    stop: Stop | None
    """None: there may be more."""
    record: str | None = None
    """The id of the one that stays, where ``stop`` is about it."""


class Pruner:
    """Prunes one log, once.

    Args:
        run: runs something where the store lives.
        sequencer: has the keys that it is signed with.
        before: records made earlier go, but for those that have not come into the tree.
        now: a hold whose last day was earlier is over.
        kept: years, and months of a choice before them, for which records had to be kept.
        forms: also what was agreed to in forms.
    """

    def __init__(
        self,
        run: Runner,
        sequencer: Sequencer,
        *,
        before: datetime,
        now: datetime,
        kept: tuple[int, int] | None = None,
        forms: bool = False,
    ) -> None:
        self._run = run
        self._sequencer = sequencer
        # Notes have seconds: what they say must not be later than what was done.
        self._before = before.replace(microsecond=0)
        self._end = str(UUID(int=epoch_ms(self._before) << 80))
        self._now = now
        self._kept_for = kept
        self._forms = forms
        self._done: tuple[int, int] | None = None
        """The leaves of this run so far."""

    async def due(self) -> int:
        """How many are old enough; a hold may keep some of them."""
        start = select(head.c.minimum).scalar_subquery()
        old = and_(leaf.c.idx >= start, leaf.c.record_id < self._end)
        rows = await self._fetch(select(func.count()).where(old))
        number: int = rows[0][0]
        return number

    async def prune(self) -> AsyncIterator[Pruned]:
        """Batch by batch, each durable when it is told of.

        Raises:
            LogUnavailable: not now; or what is there was never signed.
            LogOfOtherKeys: there is no key of the log's to sign with.
        """
        named: set[str] = set()
        stop = None
        while stop is None:
            done, names, self._done = await self._run(lambda store: store.write(self._batch))
            named |= names
            stop = done.stop
            yield done
        await self._drop(named)
        await self._run(lambda store: store.empty_journal())

    async def plan(self) -> AsyncIterator[Pruned]:
        """The same, changing nothing."""
        rows = await self._fetch(select(head.c.minimum))
        at = rows[0].minimum if rows else 0
        stop = None
        while stop is None:
            found, _ = self._old(await self._fetch(self._from(at)))
            at, stop = at + found.number, found.stop
            yield found

    async def _batch(self, at: AsyncConnection) -> tuple[Pruned, set[str], tuple[int, int] | None]:
        await at.execute(TOUCH)
        signer = await self._sequencer.signer(at)
        start = await at.scalar(select(head.c.minimum)) or 0
        found, names = self._old((await at.execute(self._from(start))).all())
        end = start + found.number
        if found.number:
            if signer is None:
                raise LogUnavailable("the log has no key; see 'consent verify'")
            moved = update(head).where(head.c.id == 1, head.c.minimum == start)
            if (await at.execute(moved.values(minimum=end))).rowcount != 1:
                raise LogUnavailable("another process is pruning")
            these = select(leaf.c.record_id).where(leaf.c.idx >= start, leaf.c.idx < end)
            for table in (attempt, delivery, trial, subject):
                await at.execute(delete(table).where(table.c.record_id.in_(these)))
            await at.execute(delete(record).where(record.c.id.in_(these)))
            return found, names, await self._sign(at, signer, start, end)
        return found, names, self._done

    async def _sign(
        self, at: AsyncConnection, signer: Signer, start: int, end: int
    ) -> tuple[int, int]:
        """In the place of the note of the batch before, where that was of this run."""
        first = self._done[0] if self._done and self._done[1] == start else start
        await at.execute(delete(pruning).where(pruning.c.first == first))
        newest = select(pruning.c.note).order_by(pruning.c.first.desc()).limit(1)
        done = Signed(
            signer.key.name,
            first,
            end,
            before=self._before,
            at=self._now,
            kept=self._kept_for,
            after=await at.scalar(newest),
        )
        await at.execute(insert(pruning).values(first=first, note=signed(done, signer)))
        return first, end

    def _from(self, start: int) -> Select[Any]:
        held = and_(hold.c.subject == subject.c.subject, hold.c.until >= str(self._now.date()))
        columns = leaf.c.record_id, leaf.c.hash, record.c.body, subject.c.subject, hold.c.reason
        return (
            select(*columns)
            .join_from(leaf, record, record.c.id == leaf.c.record_id, isouter=True)
            .join(subject, subject.c.record_id == leaf.c.record_id, isouter=True)
            .join(hold, held, isouter=True)
            .where(leaf.c.idx >= start)
            .order_by(leaf.c.idx)
            .limit(MOST)
        )

    def _old(self, rows: Sequence[Row[Any]]) -> tuple[Pruned, set[str]]:
        """How many of these go, and the notices and screens that they name."""
        names: set[str] = set()
        for number, row in enumerate(rows):
            if row.record_id >= self._end:
                return Pruned(number, Stop.END), names
            if row.body is None:
                raise LogUnavailable(f"record {row.record_id} is missing: see 'consent verify'")
            made = decode(row.body)
            # What is signed for must be what is in the tree, and no record that took an older's id.
            if made.id != row.record_id or leaf_hash(row.body) != row.hash:
                raise LogUnavailable(f"record {row.record_id} was changed: see 'consent verify'")
            if stop := self._kept(row, made):
                return Pruned(number, stop, made.id), names
            names |= {name for name in (made.notice, made.screen, made.scripts) if name}
        return Pruned(len(rows), None if len(rows) == MOST else Stop.END), names

    def _kept(self, row: Row[Any], made: Record) -> Stop | None:
        if row.reason is not None:
            return Stop.HOLD
        agreed = made.kind is Kind.FORM and any(made.purposes.values())
        return Stop.FORM if agreed and row.subject and not self._forms else None

    async def _drop(self, named: set[str]) -> None:
        """Notices and screens that were named by what is gone, and are by nothing that is left.

        Only those: what nobody has named yet may be kept for a record that is just being made.
        """
        rows = await self._fetch(select(head))
        size, at, low = (rows[0].size, rows[0].size, rows[0].minimum) if rows else (0, 0, 0)
        while named and at > low:
            # The newest first: what is still in use is found at once.
            page = _bodies(leaf).where(leaf.c.idx < at, leaf.c.idx >= at - PAGE)
            named = _unnamed(named, await self._fetch(page))
            at -= PAGE
        if named:
            await self._run(lambda store: store.write(lambda at: _dropped(at, named, size)))

    async def _fetch(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return await self._run(lambda store: store.fetch(query))


def _bodies(table: Table) -> Select[Any]:
    return select(record.c.body).join_from(table, record, record.c.id == table.c.record_id)


def _unnamed(names: Iterable[str], rows: Iterable[Row[Any]]) -> set[str]:
    bodies = [row.body for row in rows]
    return {name for name in names if not any(name.encode() in body for body in bodies)}


async def _dropped(at: AsyncConnection, names: set[str], size: int) -> None:
    """What came meanwhile is in the tree from ``size`` on, or is to come into it."""
    for query in (_bodies(pending), _bodies(leaf).where(leaf.c.idx >= size)):
        names = _unnamed(names, (await at.execute(query)).all())
    for table in (notice, screen):
        await at.execute(delete(table).where(table.c.hash.in_(sorted(names))))
