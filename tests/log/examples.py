"""A notice and records to append."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from consent.log import ProofLog
from consent.log.sql import SqlLog
from consent.model import Notice, Screen
from consent.record import Action, Interface, Record, new_id


def a_notice(content: bytes = b'{"texts":{"fr":"Bonjour"}}') -> Notice:
    return Notice(sha256(content).hexdigest(), content)


NOTICE = a_notice()
SCREEN = Screen(sha256(b'{"html":"<p>Bonjour"}').hexdigest(), b'{"html":"<p>Bonjour"}')


def a_record(**changes: Any) -> Record:
    made_at = changes.pop("made_at", datetime.now(UTC))
    fields: dict[str, Any] = {
        "id": new_id(made_at),
        "subject": uuid4(),
        "seq": 1,
        "action": Action.SAVE,
        "purposes": {"analytics": True, "marketing": False},
        "services": {"youtube": True},
        "notice": NOTICE.hash,
        "language": "fr",
        "interface": Interface.BANNER,
        "made_at": made_at,
        "site": "www.example.fr",
    }
    return Record(**{**fields, **changes})


def patient(url: str, **options: Any) -> SqlLog:
    """A log for what is about something else than time, on however busy a machine."""
    return SqlLog(url, deadline=60, **options)


async def everything(log: ProofLog) -> list[Record]:
    return [record async for record in log.read()]
