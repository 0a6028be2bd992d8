"""Other consents: what a visitor ticks in a form of the site's own, proven in the same log.

A newsletter, terms that were read: each box is a record of its own, of another kind than choices
about cookies, of another subject, and never in one record with them (GDPR 7(2), EU-07).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import rfc8785

from consent.asgi.choose import KEY
from consent.asgi.state import RequestConsent
from consent.config import ConsentConfig
from consent.config.notice import said_of
from consent.errors import (
    IdempotencyConflict,
    LogUnavailable,
    MiddlewareMissing,
    PretickedBox,
    SequenceTaken,
)
from consent.log import ProofLog
from consent.model import Notice
from consent.record import Action, Interface, Kind, Record, new_id

CONTENT = 1
"""Format of the notice of a form; a reader of archived notices goes by it."""
ID = re.compile(r"(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
OPAQUE = re.compile(r"[A-Za-z0-9._:~-]{1,200}")
"""How a site may name somebody; an e-mail address has another sign in it."""
ATTEMPTS = 3
"""How often a record is numbered anew because another one of the same subject was faster."""


class Forms:
    """The forms of one site, on their way to its log."""

    def __init__(self, config: ConsentConfig, log: ProofLog, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._log = log
        self._clock = clock
        self._site = urlsplit(config.site.url).hostname or ""

    def subject(self, given: UUID | str) -> UUID:
        """Who it is in the log: another one than any choice's, whatever the site's id is.

        A UUID of version 8 (RFC 9562 §5.8) made from a SHA-256; one that is such a UUID already, as
        a record's ``subject``, stays as it is. Those of choices are of version 4.

        Raises:
            ValueError: it is not opaque.
        """
        if not OPAQUE.fullmatch(str(given)):
            raise ValueError("subject: an opaque id, such as a UUID; never an e-mail address")
        if (known := _uuid(given)) is not None and known.version == 8:
            return known
        named = f"asgi-consent/form-subject/v1\0{self._site}\0{given}".encode()
        number = int.from_bytes(sha256(named).digest()[:16])
        number = number & ~(0xF << 76) & ~(0b11 << 62) | 8 << 76 | 0b10 << 62
        return UUID(int=number)

    def notice(self, box: Mapping[str, Any]) -> Notice:
        """What was shown beside the box, and for whom."""
        site = self._config.site
        content = rfc8785.dumps(
            {
                "form": CONTENT,
                "kind": Kind.FORM.value,
                "site": {"name": site.name, "url": site.url, "policy_url": site.policy_url},
                "controller": said_of(self._config.controller),
                "retention_years": self._config.log.retention_years,
                "box": dict(box),
            }
        )
        return Notice(sha256(content).hexdigest(), content)

    async def newest(self, subject: UUID, form: str) -> tuple[Record | None, int]:
        """The subject's last record about this form, and the number of its last record at all."""
        found, number = None, 0
        async for record in self._log.read(subject=subject):
            number = record.seq
            found = record if form in record.purposes else found
        return found, number

    async def submit(
        self, box: Mapping[str, Any], *, checked: bool, subject: UUID, key: str
    ) -> Record:
        """Append what was sent; sent again under its key, it is what was stored first."""
        notice = self.notice(box)
        form, language = box["id"], box["language"]
        made = self._record(Action.SUBMIT, form, subject, notice.hash, language, checked=checked)
        # Not the subject: it would be in the bytes that stay when the subject is erased.
        sent = rfc8785.dumps({"box": dict(box), "checked": checked})
        made |= {"idempotency_key": key, "body_hash": sha256(sent).hexdigest()}
        stored = await self._append(made, notice)
        if stored.subject != subject:
            raise IdempotencyConflict("this idempotency key belongs to somebody else's form")
        return stored

    async def withdraw(self, form: str, subject: UUID) -> Record | None:
        """Append the withdrawal of what was given last, if it still holds."""
        last, _ = await self.newest(subject, form)
        if last is None or not last.purposes[form]:
            return last
        notice = await self._log.notice(last.notice)
        if notice is None:
            raise LogUnavailable("the log does not give back the text of its own record")
        made = self._record(
            Action.WITHDRAW, form, subject, notice.hash, last.language, checked=False
        )
        return await self._append(made, notice)

    def _record(
        self, action: Action, form: str, subject: UUID, notice: str, language: str, *, checked: bool
    ) -> dict[str, Any]:
        now = self._clock()
        return {
            "id": new_id(now),
            "kind": Kind.FORM,
            "subject": subject,
            "action": action,
            "purposes": {form: checked},
            "notice": notice,
            "language": language,
            "interface": Interface.FORM,
            "made_at": now,
            "site": self._site,
            "idempotency_key": str(uuid4()),
        }

    async def _append(self, made: Mapping[str, Any], notice: Notice) -> Record:
        (form,) = made["purposes"]
        for _ in range(ATTEMPTS):
            _, number = await self.newest(made["subject"], form)
            try:
                return await self._log.append(Record(**made, seq=number + 1), notice)
            except SequenceTaken:
                continue
        raise LogUnavailable("the sequence number was taken each time")


async def record_form(
    request: Any,
    *,
    form: str,
    text: str,
    language: str,
    checked: bool,
    subject: UUID | str,
    version: str = "",
    preticked: bool = False,
    key: str = "",
) -> Record:
    """Prove what was sent with a form of the site's own; act on it only once this has returned.

    Args:
        request: the request, websocket or ASGI scope, of any framework behind the middleware.
        form: what the box is about: ``newsletter``; lower case, digits and hyphens.
        text: the exact text beside the box.
        language: of the text (BCP 47).
        checked: whether the box was ticked.
        subject: who: an opaque id that the site gives its visitor or customer, such as a UUID.
        version: of the document that the text speaks of, if any.
        preticked: how the box stood before anybody touched it.
        key: the visitor's click, if the form may be sent again: 16 to 64 random characters of
            ``A-Z a-z 0-9 _ -``. Sent again, it gives the record that was stored first.

    Raises:
        PretickedBox: a box that is ticked beforehand is no consent.
        LogUnavailable: nothing is proven, so nothing may be sent, sold or shared on it.
        IdempotencyConflict: the key came with something else before.
        ValueError: a value is not what it should be.
        MiddlewareMissing: there is no ``ConsentMiddleware`` around this application.
    """
    if preticked:
        raise PretickedBox(
            "a box that is ticked beforehand is no consent: CJEU, C-673/17 (Planet49), 62 to 65"
        )
    if not text.strip() or not language or (key and not KEY.fullmatch(key)):
        raise ValueError("text and language must not be empty; a key has 16 to 64 characters")
    box = {"id": _id(form), "text": text, "language": language, "version": version}
    forms = _forms(request)
    return await forms.submit(
        {**box, "preticked": preticked},
        checked=checked,
        subject=forms.subject(subject),
        key=key or str(uuid4()),
    )


async def withdraw_form(request: Any, *, form: str, subject: UUID | str) -> Record | None:
    """Prove that what was ticked was withdrawn: a new record; what was proven stays proven.

    Twice is as once. ``None`` where nothing was ever recorded, so that nothing is to be withdrawn.

    Raises:
        LogUnavailable: it is not proven. Withdrawing must not depend on that: act on it all the
            same, and call again later.
        ValueError, MiddlewareMissing: as ``record_form``.
    """
    forms = _forms(request)
    return await forms.withdraw(_id(form), forms.subject(subject))


async def form_record(request: Any, *, form: str, subject: UUID | str) -> Record | None:
    """The last record about this form: ``purposes[form]`` tells whether it is agreed to now.

    Raises:
        LogUnavailable, ValueError, MiddlewareMissing: as ``record_form``.
    """
    forms = _forms(request)
    found, _ = await forms.newest(forms.subject(subject), _id(form))
    return found


def _uuid(given: UUID | str) -> UUID | None:
    try:
        return UUID(str(given))
    except ValueError:
        return None


def _id(form: str) -> str:
    if not ID.fullmatch(form):
        raise ValueError("form: lower case letters, digits and hyphens, as in 'newsletter'")
    return form


def _forms(request: Any) -> Forms:
    scope = request if isinstance(request, Mapping) else getattr(request, "scope", {})
    found = scope.get("state", {}).get("consent")
    if not isinstance(found, RequestConsent):
        raise MiddlewareMissing("no ConsentMiddleware is around this code")
    return found.forms
