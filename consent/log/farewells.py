"""What hooks are still to be told of who was erased, in a database (GDPR 19, law.md EU-33).

A subject is kept here after its erasure, for those who were told of its choices, until they have
been told of this too, or it is given up. Rows are claimed as those of ``consent.log.outbox``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log import Farewell
from consent.log.rows import WHOLE, record_from
from consent.log.schema import delivery, farewell, record, subject
from consent.record import epoch_ms, new_id

LONGEST = timedelta(days=30)
"""What nobody has taken by then, since the site has no such hook any more, is let go (GDPR 12(3)).
"""


async def announce(at: AsyncConnection, given: UUID, now: datetime) -> None:
    """Before the subject goes: write down who is to be told of it."""
    mine = subject.c.subject == str(given)
    told = (
        select(delivery.c.hook)
        .distinct()
        .join(subject, subject.c.record_id == delivery.c.record_id)
    )
    hooks = (await at.execute(told.where(mine, delivery.c.attempts > 0))).scalars().all()
    last = select(subject.c.record_id, subject.c.seq).where(mine).order_by(subject.c.seq.desc())
    newest = (await at.execute(last.limit(1))).first()
    if hooks and newest:
        row = {
            "id": new_id(now),
            "subject": str(given),
            "seq": newest.seq + 1,
            "record_id": newest.record_id,
            "attempts": 0,
            "due_ms": epoch_ms(now),
        }
        await at.execute(insert(farewell), [{**row, "hook": hook} for hook in hooks])


def overdue(now: datetime) -> Delete:
    """Those that nobody has taken."""
    return delete(farewell).where(farewell.c.id < str(UUID(int=epoch_ms(now - LONGEST) << 80)))


def due(hooks: Sequence[str], now: int, most: int) -> Select[Any]:
    """Of these hooks, those longest due first."""
    mine = select(farewell).where(farewell.c.due_ms <= now, farewell.c.hook.in_(hooks))
    return mine.order_by(farewell.c.due_ms).limit(most)


def earliest(hooks: Sequence[str]) -> Select[Any]:
    """When the next one of these hooks is due."""
    return select(func.min(farewell.c.due_ms)).where(farewell.c.hook.in_(hooks))


def claim(row: Row[Any], until: int) -> Update:
    """Compare and swap."""
    this = update(farewell).where(farewell.c.id == row.id, farewell.c.hook == row.hook)
    unchanged = farewell.c.attempts == row.attempts, farewell.c.due_ms == row.due_ms
    return this.where(*unchanged).values(attempts=row.attempts + 1, due_ms=until)


def settled(given: Farewell, again_ms: int | None) -> Update | Delete:
    """To be told again, or done; only while nobody has claimed it again."""
    this = farewell.c.id == given.id, farewell.c.hook == given.hook
    mine = *this, farewell.c.attempts == given.number
    if again_ms is None:
        return delete(farewell).where(*mine)
    return update(farewell).where(*mine).values(due_ms=again_ms)


def last(row: Row[Any]) -> Select[Any]:
    """The subject's last record, as nobody's."""
    return WHOLE.where(record.c.id == row.record_id)


def read(row: Row[Any], found: Sequence[Row[Any]]) -> Farewell:
    """What was claimed, with its record where it is still there."""
    known = record_from(found[0]) if found else None
    return Farewell(row.hook, row.attempts + 1, row.id, UUID(row.subject), row.seq, known)
