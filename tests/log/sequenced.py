"""A log whose records are put into the tree by hand, whenever a test wants them there."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log.schema import checkpoint, head, leaf, pending, record, tile
from consent.log.sql import SqlLog
from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.keys import Signer
from consent.tree.merkle import Frontier, leaf_hash

ORIGIN = "www.example.fr/consent"
KEY = Signer(ORIGIN, bytes(32))


async def sequence(log: SqlLog, signer: Signer = KEY) -> None:
    """All that is pending becomes leaves, under one checkpoint."""
    await log._run(lambda store: store.write(lambda at: _sequence(at, signer)))


async def _sequence(at: AsyncConnection, signer: Signer) -> None:
    known = (await at.execute(select(head))).first()
    frontier = Frontier(known.size, known.frontier) if known else Frontier()
    waiting = select(record.c.id, record.c.body).join(pending).order_by(record.c.id)
    for row in (await at.execute(waiting)).all():
        hash = leaf_hash(row.body)
        await at.execute(insert(leaf).values(idx=frontier.size, record_id=row.id, hash=hash))
        for each in frontier.append(hash):
            await at.execute(insert(tile).values(level=each.level, idx=each.index, hash=each.hash))
    values = {"size": frontier.size, "frontier": bytes(frontier)}
    if known:
        await at.execute(update(head).values(values))
    else:
        await at.execute(insert(head).values(id=1, origin=ORIGIN, minimum=0, **values))
    note = signed(Checkpoint(ORIGIN, frontier.size, frontier.root), signer)
    await at.execute(insert(checkpoint).values(size=frontier.size, note=note))
    await at.execute(delete(pending))
