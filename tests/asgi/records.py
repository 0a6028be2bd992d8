"""Records for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from consent.record import Action, Interface, Record, new_id
from tests.sites import site

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
NOTICE = site().notice


def record(subject: UUID, seq: int, *, granted: bool = False, key: str | None = None) -> Record:
    """The record of a visitor who answered everything alike."""
    return Record(
        id=new_id(NOW),
        subject=subject,
        seq=seq,
        action=Action.ACCEPT_ALL if granted else Action.REFUSE_ALL,
        purposes={"analytics": granted, "marketing": granted},
        notice=NOTICE.hash,
        language="en",
        interface=Interface.API,
        made_at=NOW,
        site="www.example.fr",
        idempotency_key=key,
    )
