"""Records and notices ⇄ rows: every statement that the log sends once its tables exist."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select

from consent.log.schema import head, leaf, notice, pending, record, subject
from consent.model import Notice
from consent.record import Record, decode

T = TypeVar("T")

PAGE = 256
"""Records in one answer to a reader."""
RECENT = 10_000
"""Records that a process which starts is told of, and of which kind it is told in one answer."""

WHOLE = select(
    record.c.id, record.c.body, subject.c.subject, subject.c.seq, subject.c.salt
).outerjoin_from(record, subject)

OF_PENDING = subject.c.record_id == pending.c.record_id
OF_LEAF = subject.c.record_id == leaf.c.record_id


def padded(values: Sequence[T]) -> list[T]:
    """As many as the next power of two, the last repeated: few lengths make few statements, and
    every statement is prepared once for each connection.
    """
    most = 1 << max(len(values) - 1, 0).bit_length()
    return [*values, *repeat(values[-1], most - len(values))] if values else []


def archive(shown: Notice) -> dict[str, Any]:
    """Once per hash, texts included."""
    return {"hash": shown.hash, "content": shown.content}


def proof(given: Record, body: bytes) -> dict[str, Any]:
    """The part that stays."""
    return {
        "id": given.id,
        "idempotency_key": given.idempotency_key,
        "body_hash": given.body_hash,
        "notice": given.notice,
        "body": body,
    }


def person(given: Record) -> dict[str, Any]:
    """The part that can be erased."""
    return {
        "record_id": given.id,
        "subject": str(given.subject),
        "seq": given.seq,
        "salt": given.salt,
    }


def due(given: Record, promise: bytes | None) -> dict[str, Any]:
    """It is to be put into the tree."""
    return {"record_id": given.id, "promise": promise}


def record_from(row: Row[Any]) -> Record:
    """Whole, or without the part that has been erased."""
    if row.subject is None:
        return decode(row.body)
    return decode(row.body, subject=UUID(row.subject), seq=row.seq, salt=row.salt)


def archived(digest: str) -> Select[Any]:
    """The notice with this hash."""
    return select(notice.c.content).where(notice.c.hash == digest)


def known_notices(digests: Sequence[str]) -> Select[Any]:
    """Which of these notices are archived."""
    return select(notice.c.hash).where(notice.c.hash.in_(digests))


def with_keys(idempotency_keys: Sequence[str]) -> Select[Any]:
    """The records that requests with these keys made."""
    keyed = WHOLE.add_columns(record.c.idempotency_key)
    return keyed.where(record.c.idempotency_key.in_(idempotency_keys))


def holders(numbers: Sequence[tuple[str, int]]) -> Select[Any]:
    """Which of these sequence numbers of subjects are taken, and perhaps some more of theirs.

    Not as a list of pairs: SQLite reads the whole table for that.
    """
    subjects, seqs = zip(*numbers, strict=True)
    among = subject.c.subject.in_(subjects), subject.c.seq.in_(padded(sorted(set(seqs))))
    return select(subject.c.subject, subject.c.seq).where(*among)


def before(of: UUID, seq: int) -> Select[Any]:
    """The record that this subject's choice with this number took the place of."""
    # Not a signal, whose number is that of its choice negated.
    mine = WHOLE.where(subject.c.subject == str(of), subject.c.seq < seq, subject.c.seq > 0)
    return mine.order_by(subject.c.seq.desc()).limit(1)


def page_of_all(after: str) -> Select[Any]:
    """The records after this id; ids begin with the time, so this is the order of time."""
    return WHOLE.where(record.c.id > after).order_by(record.c.id).limit(PAGE)


def page_of_one(of: UUID, after: int) -> Select[Any]:
    """One subject's records after this sequence number; a signal, negated, follows its choice."""
    number = func.abs(subject.c.seq)
    later = or_(number > abs(after), and_(number == abs(after), subject.c.seq < after))
    mine = WHOLE.where(subject.c.subject == str(of), later)
    return mine.order_by(number, subject.c.seq.desc()).limit(PAGE)


SIZE = select(head.c.size)
"""Of the tree; no row before its first leaf."""


def not_sequenced() -> Select[Any]:
    """Subjects and numbers of the newest records that are not in the tree yet."""
    person = select(subject.c.subject, subject.c.seq).join_from(pending, subject, OF_PENDING)
    return person.order_by(pending.c.record_id.desc()).limit(RECENT)


def sequenced(since: int) -> Select[Any]:
    """Subjects and numbers of the newest records in the tree, from this leaf on."""
    person = select(subject.c.subject, subject.c.seq).join_from(leaf, subject, OF_LEAF)
    return person.where(leaf.c.idx >= since).order_by(leaf.c.idx.desc()).limit(RECENT)
