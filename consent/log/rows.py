"""Records and notices ⇄ rows: every statement that the log sends once its tables exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Row, Select, func, insert, select

from consent.log.schema import notice, record, subject
from consent.model import Notice
from consent.record import Record, decode, encode

PAGE = 256
"""Records in one answer to a reader."""
MOST_SUBJECTS = 50_000
"""In one answer of ``newest``: what is cached from it is bounded as well."""

WHOLE = select(
    record.c.id, record.c.body, subject.c.subject, subject.c.seq, subject.c.salt
).outerjoin_from(record, subject)


def archive(shown: Notice) -> Insert:
    """Once per hash, texts included."""
    return insert(notice).values(hash=shown.hash, content=shown.content)


def proof_of(given: Record, *, stored_ms: int) -> tuple[Insert, Insert]:
    """The record, and its erasable part."""
    proof = insert(record).values(
        id=given.id,
        idempotency_key=given.idempotency_key,
        body_hash=given.body_hash,
        notice=given.notice,
        body=encode(given),
    )
    person = insert(subject).values(
        record_id=given.id,
        subject=str(given.subject),
        seq=given.seq,
        salt=given.salt,
        stored_ms=stored_ms,
    )
    return proof, person


def record_from(row: Row[Any]) -> Record:
    """Whole, or without the part that has been erased."""
    if row.subject is None:
        return decode(row.body)
    return decode(row.body, subject=UUID(row.subject), seq=row.seq, salt=row.salt)


def archived(digest: str) -> Select[Any]:
    """The notice with this hash."""
    return select(notice.c.content).where(notice.c.hash == digest)


def with_key(idempotency_key: str) -> Select[Any]:
    """The record that a request with this key made."""
    return WHOLE.where(record.c.idempotency_key == idempotency_key)


def holder(of: UUID, seq: int) -> Select[Any]:
    """Who has this sequence number of this subject."""
    return select(subject.c.record_id).where(subject.c.subject == str(of), subject.c.seq == seq)


def before(of: UUID, seq: int) -> Select[Any]:
    """The record that this subject's choice with this number took the place of."""
    mine = WHOLE.where(subject.c.subject == str(of), subject.c.seq < seq)
    return mine.order_by(subject.c.seq.desc()).limit(1)


def page_of_all(after: str) -> Select[Any]:
    """The records after this id; ids begin with the time, so this is the order of time."""
    return WHOLE.where(record.c.id > after).order_by(record.c.id).limit(PAGE)


def page_of_one(of: UUID, after: int) -> Select[Any]:
    """One subject's records after this sequence number."""
    mine = WHOLE.where(subject.c.subject == str(of), subject.c.seq > after)
    return mine.order_by(subject.c.seq).limit(PAGE)


def newest(since_ms: int) -> Select[Any]:
    """The highest sequence number of every subject that came since then, the latest first."""
    return (
        select(subject.c.subject, func.max(subject.c.seq).label("seq"))
        .where(subject.c.stored_ms >= since_ms)
        .group_by(subject.c.subject)
        .order_by(func.max(subject.c.stored_ms).desc())
        .limit(MOST_SUBJECTS)
    )
