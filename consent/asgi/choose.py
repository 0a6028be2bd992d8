"""``POST /consent/choice``: from a request to a proven choice and its cookie."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.requests import Request

from consent.asgi.archive import Shown
from consent.asgi.origin import Origins, Sender
from consent.asgi.posted import read_body
from consent.asgi.proof import Proof, grants
from consent.asgi.sequence import Sequence
from consent.asgi.submission import Offered, Submission
from consent.config import ConsentConfig
from consent.errors import IdempotencyConflict, LogUnavailable, RequestRefused
from consent.model import Choice
from consent.record import Action, Record, new_id

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

# As long as half a UUID at least: a key that two visitors might both think of would hand one of
# them the other's choice (edges.md E9, E14).
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice that may be acted on."""

    choice: Choice
    record: str
    """Id of its record."""
    recorded: bool
    """Whether its record is durable; only a refusal goes without."""


class Chooser:
    """Decides what a post means, and proves it."""

    def __init__(
        self,
        config: ConsentConfig,
        proof: Proof,
        sequence: Sequence,
        offered: Offered,
        languages: tuple[str, ...],
    ) -> None:
        self._proof = proof
        self._sequence = sequence
        self._default_language = languages[0]
        self._notice = config.notice
        self._site = urlsplit(config.site.url).hostname or ""
        self._offered = offered
        self._asks = config.asks
        self._origins = Origins(config)

    async def submission(self, request: Request) -> tuple[Submission, str]:
        """What was submitted, and the digest of its bytes.

        Another site is turned away before a byte of its body is read (edges.md E1). Without any
        word on the sender, only JSON is taken: a form can be made to post by any page, JSON cannot
        leave its origin without asking first.

        Raises:
            RequestRefused: 400, 403, 404, 413 or 415.
        """
        kind = media_type(request)
        sender = self._origins.sender(request)
        if sender is Sender.FOREIGN or (sender is Sender.UNKNOWN and kind != JSON):
            raise RequestRefused(403, "cross_site", "posts from other origins are refused")
        if not self._asks:
            # A cookie that no policy page lists would answer a question that nobody put (P-17).
            raise RequestRefused(404, "nothing_asked", "no purpose of this site needs consent")
        if kind not in (JSON, FORM):
            raise RequestRefused(415, "media_type", f"send {JSON} or {FORM}")
        body = await read_body(request)
        read = self._offered.from_json if kind == JSON else self._offered.from_form
        return read(body), sha256(body).hexdigest()

    async def choose(
        self,
        submitted: Submission,
        *,
        previous: Choice | None,
        key: str,
        digest: str,
        now: datetime,
        shown: Shown,
    ) -> Chosen:
        """Record first, then act; the cookie is made from what was recorded.

        What is granted once is nobody's choice from then on: its record has a subject of its own,
        and neither number nor answers of the visitor's cookie change. Who was erased is somebody
        new, whose answers from before count no more than their number.

        Raises:
            RequestRefused: 400, 409, 422, or 503: a grant that the log did not confirm.
        """
        if previous is not None and (
            submitted.action is Action.ONCE or await self._proof.has_forgotten(previous.subject)
        ):
            previous = None
        draft = self._record(submitted, previous, now)
        record = replace(
            draft,
            idempotency_key=_key(key),
            body_hash=digest,
            screen=shown.screen,
            scripts=shown.scripts,
            signals=shown.signals,
        )
        if grants(record) and submitted.notice not in ("", self._notice.hash):
            raise RequestRefused(409, "notice_changed", "what was on screen is no longer offered")
        kept = previous if submitted.keep else None
        try:
            stored = await self._proof.append(record)
        except IdempotencyConflict as conflict:
            raise RequestRefused(422, "key_reused", str(conflict)) from conflict
        except LogUnavailable as failure:
            self._act_unproven(record, failure)
            return Chosen(self._choice(record, kept), record.id, recorded=False)
        self._check_whose(stored, previous)
        if submitted.keep and stored.id != record.id:
            self._check_age(stored, previous)
        return Chosen(self._choice(stored, kept), stored.id, recorded=True)

    def _act_unproven(self, record: Record, failure: LogUnavailable) -> None:
        """A grant that cannot be proven is not acted on. A refusal always is (edges.md E10)."""
        if grants(record):
            raise RequestRefused(503, "not_recorded", "try again with the same key") from failure
        self._proof.owe(record)

    def _check_whose(self, stored: Record, previous: Choice | None) -> None:
        """A replayed key may bring back a choice that is not this visitor's now.

        Another visitor's (E14), one that was replaced since (C12), or one that was erased and
        belongs to nobody.
        """
        foreign = previous is not None and previous.subject != stored.subject
        if stored.erased or foreign or stored.seq < self._sequence.newest(stored.subject):
            raise RequestRefused(422, "key_reused", "this key belongs to an earlier choice")

    def _check_age(self, stored: Record, previous: Choice | None) -> None:
        """Answers that were kept are as old as the cookie they came from, and that is not recorded.

        So a key is only replayed beside that cookie, or the one it led to: else a choice could
        outlive its 13 months (C6).
        """
        if previous is None or previous.seq not in (stored.seq, stored.seq - 1):
            raise RequestRefused(422, "key_reused", "the answers that were kept are gone")

    def _record(self, submitted: Submission, previous: Choice | None, now: datetime) -> Record:
        """Who: made by us, or known from a cookie that we signed; a claim is not looked at (E14).

        When: by our clock (E6). Nothing of the connection goes in: no address, no browser (EU-30).
        """
        purposes, services = self._offered.answers(submitted, previous)
        return Record(
            id=new_id(now),
            subject=previous.subject if previous else uuid4(),
            seq=previous.seq + 1 if previous else 1,
            action=_action(submitted.action, previous),
            purposes=purposes,
            services=services,
            notice=self._notice.hash,
            language=submitted.lang or self._default_language,
            interface=submitted.interface,
            made_at=now,
            site=self._site,
        )

    def _choice(self, record: Record, kept: Choice | None) -> Choice:
        """What the cookie says: to the second, so that every reader sees the same.

        With answers that were kept, it is as old as they are: nothing is renewed by a click on
        something else.
        """
        made_at = record.made_at.replace(microsecond=0)
        return Choice(
            subject=record.subject,
            seq=record.seq,
            made_at=min(made_at, kept.made_at) if kept else made_at,
            purposes=record.purposes,
            services=self._offered.differing(record),
            despite=frozenset(record.signals),
        )


def media_type(request: Request) -> str:
    """The media type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _key(sent: str) -> str:
    """The client's name for this decision, or one of ours.

    Each record has one, so that appending it again, after a failure that left open whether it was
    stored, settles that.
    """
    if sent and not KEY.fullmatch(sent):
        detail = "an Idempotency-Key is random: 16 to 64 of A-Z a-z 0-9 _ -"
        raise RequestRefused(400, "bad_key", detail)
    return sent or str(uuid4())


def _action(action: Action, previous: Choice | None) -> Action:
    """Refusing all after having granted something is a withdrawal (GDPR 7(3), EU-09)."""
    if action not in (Action.REFUSE_ALL, Action.WITHDRAW):
        return action
    granted = previous and (any(previous.purposes.values()) or any(previous.services.values()))
    return Action.WITHDRAW if granted else Action.REFUSE_ALL
