"""Records and notices ⇄ rows: every statement that the log sends once its tables exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Row, Select, insert, select

from consent.log.schema import head, leaf, notice, pending, record, subject
from consent.model import Notice
from consent.record import Record, decode, encode

PAGE = 256
"""Records in one answer to a reader."""
RECENT = 10_000
"""Records that a process which starts is told of, and of which kind it is told in one answer."""

WHOLE = select(
    record.c.id, record.c.body, subject.c.subject, subject.c.seq, subject.c.salt
).outerjoin_from(record, subject)

OF_PENDING = subject.c.record_id == pending.c.record_id
OF_LEAF = subject.c.record_id == leaf.c.record_id


def archive(shown: Notice) -> Insert:
    """Once per hash, texts included."""
    return insert(notice).values(hash=shown.hash, content=shown.content)


def proof_of(given: Record, promise: bytes | None) -> tuple[Insert, Insert, Insert]:
    """The record, its erasable part, and that it is to be put into the tree."""
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
    )
    return proof, person, insert(pending).values(record_id=given.id, promise=promise)


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
