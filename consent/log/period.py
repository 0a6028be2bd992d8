"""The records of some days, and what was signed about them: what a dossier is made from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from consent.log.schema import checkpoint, head, held, leaf, record, trial, witness
from consent.log.snapshot import PIECE, Part, Snapshot
from consent.record import made_at_of


class Head(NamedTuple):
    """The tree, at its newest checkpoint."""

    origin: str
    size: int
    minimum: int
    """The first leaf whose record has not been pruned."""
    note: str


class Signed(NamedTuple):
    """A checkpoint."""

    size: int
    note: str
    day: date
    """Of the newest record under it, in UTC."""


class Period:
    """Some days of a log that is seen as it was at one moment.

    Every method raises ``LogUnavailable`` where the log breaks off.
    """

    def __init__(self, snapshot: Snapshot, part: Part) -> None:
        self._snapshot = snapshot
        self._part = part

    async def head(self) -> Head | None:
        """None while nothing is in the tree."""
        newest = select(head, checkpoint.c.note).join(checkpoint, checkpoint.c.size == head.c.size)
        found = [row async for row in self._snapshot.stream(newest)]
        return Head(*(getattr(found[0], name) for name in Head._fields)) if found else None

    async def bodies(self, size: int) -> AsyncIterator[tuple[int, bytes]]:
        """Leaf and bytes of each record of the period in the tree of this size, by id."""
        inside = _leaves().where(leaf.c.idx < size).order_by(record.c.id)
        done = 0
        async for row in self._snapshot.stream(self._part.of(inside)):
            yield row.idx, row.body
            done += 1
            if not done % PIECE:
                self._snapshot.progress(PIECE)
        self._snapshot.progress(done % PIECE)

    async def trials(self, size: int) -> frozenset[int]:
        """Of these leaves those that are nobody's choice: somebody tried the site."""
        marked = _leaves().join(trial, trial.c.record_id == record.c.id).where(leaf.c.idx < size)
        return frozenset([row.idx async for row in self._snapshot.stream(self._part.of(marked))])

    async def at(self, indexes: Collection[int]) -> AsyncIterator[tuple[int, bytes]]:
        """The same of some leaves, whichever period they are of."""
        wanted = sorted(indexes)
        for start in range(0, len(wanted), PIECE):
            some = leaf.c.idx.in_(wanted[start : start + PIECE])
            async for row in self._snapshot.stream(_leaves().where(some).order_by(leaf.c.idx)):
                yield row.idx, row.body

    async def checkpoints(self, first: int, stop: int) -> AsyncIterator[Signed]:
        """Those that stand for the leaves from ``first`` to before ``stop``.

        The last that none of them is under, of each day the last one and the last one that a
        witness was shown, the first that is over all of them, of both kinds, and the newest.
        """
        shown = {row.size async for row in self._snapshot.stream(select(witness.c.size).distinct())}
        size = checkpoint.c.size
        limits = [
            await self._size(func.max, size <= first),
            await self._size(func.min, size >= stop),
            await self._size(func.min, size >= stop, size.in_(select(witness.c.size))),
            await self._size(func.max, size > 0),
        ]
        wanted = {each for each in limits if each is not None}
        inside = _signed().where(size > first, size < stop)
        last: dict[tuple[date, bool], int] = {}
        async for each in self._signed(inside):
            last[each.day, each.size in shown] = each.size
        for one in sorted(wanted.union(last.values())):
            async for each in self._signed(_signed().where(size == one)):
                yield each

    async def witnessed(self, size: int) -> AsyncIterator[Any]:
        """What witnesses gave for the checkpoint of this size: rows of ``witness``."""
        theirs = select(witness).where(witness.c.size == size)
        async for row in self._snapshot.stream(theirs.order_by(witness.c.kind, witness.c.name)):
            yield row

    async def held(self, first: date, last: date) -> AsyncIterator[Any]:
        """How often which host was held, or passed: with ``times`` and the ``last`` day."""
        what = (held.c.site, held.c.host, held.c.service, held.c.outcome)
        counted = select(
            *what, func.sum(held.c.times).label("times"), func.max(held.c.day).label("last")
        ).where(held.c.day.between(str(first), str(last)))
        async for row in self._snapshot.stream(counted.group_by(*what).order_by(*what)):
            yield row

    async def _size(self, which: Any, *conditions: ColumnElement[bool]) -> int | None:
        query = select(which(checkpoint.c.size).label("size")).where(*conditions)
        found: list[int | None] = [row.size async for row in self._snapshot.stream(query)]
        return found[0]

    async def _signed(self, query: Select[Any]) -> AsyncIterator[Signed]:
        async for row in self._snapshot.stream(query):
            yield Signed(row.size, row.note, made_at_of(row.record_id).date())


def _leaves() -> Select[Any]:
    return select(leaf.c.idx, record.c.body).join_from(
        record, leaf, leaf.c.record_id == record.c.id
    )


def _signed() -> Select[Any]:
    newest = leaf.c.idx == checkpoint.c.size - 1
    return (
        select(checkpoint, leaf.c.record_id)
        .join_from(checkpoint, leaf, newest)
        .order_by(checkpoint.c.size)
    )
