"""What the site's hooks are told of one recorded choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.config import ConsentConfig
from consent.log import Farewell
from consent.model import NECESSARY
from consent.record import Action, Record, made_at_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceEvent:
    """One recorded choice, and what it changed.

    An event may be told more than once, and after a later one: ``id`` names it, ``seq`` orders
    those of one subject.
    """

    id: str
    """Of the record, or of the erasure, a UUIDv7: the idempotency key, with the hook's name where
    hooks share one."""
    subject: UUID
    """Who chose: what the visitor's cookie says, and no other identity."""
    seq: int
    """Counts the choices of this subject, from 1."""
    action: Action
    made_at: datetime
    """In UTC."""
    notice: str
    """Hash of the notice that was shown."""
    before: Mapping[str, bool]
    """The answer per purpose until then; empty for a first choice."""
    purposes: Mapping[str, bool]
    """The answer per purpose now."""
    services: Mapping[str, bool]
    """Whether each service that needs consent may act now, by its id."""
    granted: frozenset[str]
    """Services that may act now and might not before."""
    withdrawn: frozenset[str]
    """Services that might act before and may no longer: who has to be told (law.md EU-06)."""
    erased: bool = False
    """The subject was erased from the log, and what it had granted ended with that: whoever was
    told of its choices has to forget it too (GDPR 17(2) and 19, law.md EU-33). Never told again."""


def event_of(record: Record, previous: Record | None, config: ConsentConfig) -> ChoiceEvent:
    """The event of a record that took the place of ``previous``."""
    now = _services(record, config)
    before = _services(previous, config) if previous else {}
    return ChoiceEvent(
        id=record.id,
        subject=record.subject,
        seq=record.seq,
        action=record.action,
        made_at=record.made_at,
        notice=record.notice,
        before=dict(previous.purposes) if previous else {},
        purposes=dict(record.purposes),
        services=now,
        granted=frozenset(name for name, may in now.items() if may and not before.get(name)),
        withdrawn=frozenset(name for name, might in before.items() if might and not now.get(name)),
    )


def event_of_erasure(farewell: Farewell, config: ConsentConfig) -> ChoiceEvent:
    """A withdrawal of everything, for hooks that know no more than that."""
    before = _services(farewell.last, config) if farewell.last else {}
    purposes = dict(farewell.last.purposes) if farewell.last else {}
    return ChoiceEvent(
        id=farewell.id,
        subject=farewell.subject,
        seq=farewell.seq,
        action=Action.WITHDRAW,
        made_at=made_at_of(farewell.id),
        notice=farewell.last.notice if farewell.last else "",
        before=purposes,
        purposes=dict.fromkeys(purposes, False),
        services=dict.fromkeys(before, False),
        granted=frozenset(),
        withdrawn=frozenset(name for name, might in before.items() if might),
        erased=True,
    )


def _services(record: Record, config: ConsentConfig) -> dict[str, bool]:
    """By the configuration at hand, as it was then; a service that it no longer has keeps an answer
    of its own."""
    config = config.at(record.made_at)
    asking = {one.id: one.purpose for one in config.services if one.purpose != NECESSARY}
    by_purpose = {name: record.purposes.get(purpose, False) for name, purpose in asking.items()}
    return {**by_purpose, **record.services}
