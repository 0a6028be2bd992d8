"""The tree in a database, read: checkpoints, proofs, and the keys that they are signed with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log.outbox import Runner
from consent.log.schema import checkpoint, head, key, leaf, tile
from consent.tree.paths import Span, Subtree, consistency, hashes, inclusion, spans
from consent.tree.tlog_proof import TlogProof


class SqlProofs:
    """What can be shown of the tree without the records.

    Every method raises ``LogUnavailable`` where the log cannot be read now.
    """

    def __init__(self, run: Runner) -> None:
        self._run = run

    async def origin(self) -> str | None:
        """The name of the log, by whoever was the first to have a key for it."""
        rows = await self._fetch(select(head.c.origin))
        return rows[0].origin if rows else None

    async def checkpoint(self, *, after: int = 0) -> tuple[int, str] | None:
        """The newest checkpoint, size and signed note, if it is of more than ``after`` leaves."""
        newest = select(checkpoint).where(checkpoint.c.size > after)
        rows = await self._fetch(newest.order_by(checkpoint.c.size.desc()).limit(1))
        return (rows[0].size, rows[0].note) if rows else None

    async def proof(self, record_id: str) -> TlogProof | None:
        """That a record is in the tree; ``None`` if it is not, or not yet."""
        rows = await self._fetch(select(leaf.c.idx).where(leaf.c.record_id == record_id))
        newest = await self.checkpoint(after=rows[0].idx) if rows else None
        if newest is None:
            return None
        index, (size, note) = rows[0].idx, newest
        return TlogProof(index, tuple(await self._hashes(inclusion(index, size))), note)

    async def consistency(self, old: int, size: int) -> list[bytes]:
        """That the tree of ``size`` leaves begins with that of ``old`` (RFC 6962 2.1.2).

        Raises:
            ValueError: the old one is larger.
        """
        return await self._hashes(consistency(old, size))

    async def keys(self) -> Mapping[str, str | None]:
        """Every verifier key that the log was signed with or is to be, and who endorsed it."""
        return {row.vkey: row.endorsement for row in await self._fetch(select(key))}

    async def add_key(self, vkey: str, endorsement: str | None) -> None:
        """Make a key known before anything is signed with it; one that is known stays as it is."""

        async def added(connection: AsyncConnection) -> None:
            known = select(key.c.vkey).where(key.c.vkey == vkey)
            if (await connection.execute(known)).first() is None:
                row = {"vkey": vkey, "endorsement": endorsement}
                await connection.execute(insert(key).values(row))

        await self._run(lambda store: store.write(added))

    async def _hashes(self, proof: Sequence[Subtree]) -> list[bytes]:
        needed = list(chain.from_iterable(map(spans, proof)))
        rows = [row for query in _queries(needed) for row in await self._fetch(query)]
        found = {(row.level, row.idx): row.hash for row in rows}
        return hashes(
            proof, lambda span: [found[span.level, at] for at in range(span.start, span.stop)]
        )

    async def _fetch(self, query: Select[Any]) -> Sequence[Any]:
        return await self._run(lambda store: store.fetch(query))


def _queries(needed: Iterable[Span]) -> Iterable[Select[Any]]:
    """One for each level, so that a proof takes a few questions however many leaves there are."""
    by_level: dict[int, list[Span]] = {}
    for span in needed:
        by_level.setdefault(span.level, []).append(span)
    for level, those in by_level.items():
        if level:
            wanted = and_(tile.c.level == level, _within(tile.c.idx, those))
            yield select(tile).where(wanted)
        else:
            yield select(literal(0).label("level"), leaf.c.idx, leaf.c.hash).where(
                _within(leaf.c.idx, those)
            )


def _within(column: ColumnElement[int], those: Iterable[Span]) -> ColumnElement[bool]:
    return or_(*(column.between(span.start, span.stop - 1) for span in those))
