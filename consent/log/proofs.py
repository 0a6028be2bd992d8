"""The tree in a database, read: checkpoints, proofs, and the keys that they are signed with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogUnavailable
from consent.log.outbox import Runner
from consent.log.schema import checkpoint, head, key, leaf, tile, witness
from consent.log.thinning import keep
from consent.tree.paths import Span, Subtree, consistency, hashes, inclusion, spans
from consent.tree.tlog_proof import TlogProof
from consent.witness import COSIGNATURE


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
        index = rows[0].idx if rows else 0
        signed = await self._cosigned(index) or await self.checkpoint(after=index) if rows else None
        if signed is None:
            return None
        size, note = signed
        return TlogProof(index, tuple(await self._hashes(inclusion(index, size))), note)

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """That a leaf is in the tree of ``size`` leaves (RFC 6962 2.1.1).

        Raises:
            ValueError: it is not.
        """
        return await self._hashes(inclusion(index, size))

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

    async def witnessed(self) -> Mapping[tuple[str, str], int]:
        """Kind and name of each witness → the largest size that it has attested."""
        newest = select(witness.c.kind, witness.c.name, func.max(witness.c.size).label("size"))
        rows = await self._fetch(newest.group_by(witness.c.kind, witness.c.name))
        return {(row.kind, row.name): row.size for row in rows}

    async def add_attestation(
        self, shown: tuple[int, str], kind: str, name: str, content: bytes
    ) -> None:
        """Keep what a witness gave; where another process was asking too, what came first.

        Args:
            shown: what it gave that for, as from ``checkpoint``.
        """
        row = {"size": shown[0], "kind": kind, "name": name}

        async def added(connection: AsyncConnection) -> None:
            await keep(connection, *shown)
            known = select(witness.c.size).filter_by(**row)
            if (await connection.execute(known)).first() is None:
                await connection.execute(insert(witness).values(content=content, **row))

        await self._run(lambda store: store.write(added))

    async def _cosigned(self, index: int) -> tuple[int, str] | None:
        """The newest checkpoint after a leaf that somebody else signed too."""
        found = select(witness).where(witness.c.kind == COSIGNATURE, witness.c.size > index)
        rows = await self._fetch(found.order_by(witness.c.size.desc(), witness.c.name).limit(1))
        return (rows[0].size, rows[0].content.decode()) if rows else None

    async def _hashes(self, proof: Sequence[Subtree]) -> list[bytes]:
        needed = list(chain.from_iterable(map(spans, proof)))
        rows = [row for query in _queries(needed) for row in await self._fetch(query)]
        found = {(row.level, row.idx): row.hash for row in rows}
        try:
            return hashes(
                proof, lambda span: [found[span.level, at] for at in range(span.start, span.stop)]
            )
        except KeyError as error:
            what = "the tree has holes; 'consent verify' says where"
            raise LogUnavailable(what) from error

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
