"""What may be appended: the questions that every log asks, whatever it stores in."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from consent.errors import IdempotencyConflict
from consent.model import Notice
from consent.record import Record


def check_notice(record: Record, notice: Notice) -> None:
    """A record that names one notice and archives another proves nothing (EU-10)."""
    if record.notice != notice.hash:
        raise ValueError("the record names another notice")
    if not _is_whole(notice):
        raise ValueError("the notice's hash is not that of its content")


@lru_cache(16)
def _is_whole(notice: Notice) -> bool:
    """Hashed once, not with each choice: it is the same for months."""
    return sha256(notice.content).hexdigest() == notice.hash


def replayed(stored: Record, again: Record) -> Record:
    """The stored record, if the same request came again; never silently for another one (E9)."""
    if stored.body_hash != again.body_hash:
        raise IdempotencyConflict("this idempotency key belongs to another request")
    return stored
