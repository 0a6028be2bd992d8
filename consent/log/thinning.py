"""Which checkpoints are kept: the last of every hour, of every 256 leaves, and what was witnessed.

Each covers all before it, so one that the next has followed soon shows nothing by itself any more;
who has seen it finds its root again in the leaves. Without this, processes whose choices come
seconds apart would leave one for each, and to verify them all takes longer than the records.

What decides is in the tree, the number of leaves and the time in the newest one's id: no clock and
no memory of one process, so that any number of them, one after the other, keep the same.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log.schema import checkpoint, head, leaf, witness

EVERY = 256
"""Leaves, of which at least one checkpoint is kept: those under one tile."""
HOUR = 3_600_000
"""Milliseconds."""


async def thin_out(connection: AsyncConnection, old: int, new: int, newest: str) -> None:
    """Delete the checkpoint of size ``old``, if that of size ``new`` does in its place.

    In the transaction that has moved ``head``: see ``keep``.

    Args:
        newest: id of the last record under the new one.
    """
    if old and (old - 1) // EVERY == (new - 1) // EVERY:
        last = select(leaf.c.idx).where(leaf.c.idx == old - 1)
        is_of_that_hour = last.where(leaf.c.record_id.between(*_hour_of(newest))).exists()
        is_witnessed = select(witness.c.size).where(witness.c.size == old).exists()
        those = checkpoint.c.size == old
        await connection.execute(delete(checkpoint).where(those, is_of_that_hour, ~is_witnessed))


async def keep(connection: AsyncConnection, size: int, note: str) -> None:
    """The checkpoint stays from now on, or is there again: a witness has taken its time over it.

    To be followed, in the same transaction, by the row of ``witness``.
    """
    # Writes the row that every sequencer writes before it deletes: whoever comes second sees what
    # the first has done, also where several transactions write at a time (PostgreSQL).
    await connection.execute(update(head).values(minimum=head.c.minimum))
    known = select(checkpoint.c.size).where(checkpoint.c.size == size)
    if (await connection.execute(known)).first() is None:
        await connection.execute(insert(checkpoint).values(size=size, note=note))


def _hour_of(id: str) -> tuple[str, str]:
    """The first and the last id that are made in the same hour, UTC (UUIDv7)."""
    try:
        start = (UUID(id).int >> 80) // HOUR * HOUR << 80
        return str(UUID(int=start)), str(UUID(int=start + (HOUR << 80) - 1))
    except ValueError:
        # Not made by us, whoever put it there: of no hour.
        return id, ""
