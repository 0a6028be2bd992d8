"""A choice, or its end, as evidence: Record ⇄ canonical bytes. What is hashed is what is stored.

The subject is the only personal datum of a record (EU-30), so it is not in the bytes: they hold a
commitment to it, ``SHA-256(salt ‖ {"seq", "subject"})``. Erasing subject and salt (GDPR 17, EU-27)
leaves bytes that still prove the choice and point to nobody. No IP address, user agent or page
address exists in a record at all. Neither does the id of the subject's record before it: it would
tell, of two erased records, that they were one person's.

A format, once written, is read and verified for ever; what is read is written as the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_bytes
from typing import Any
from uuid import UUID

from rfc8785 import dumps

FORMAT = 2
"""Of the records that are made now. In format 1 ``services`` has only what differs from the answer
of its purpose, and ``kind``, ``screen`` and ``scripts`` are missing."""
NOBODY = UUID(int=0)
"""The subject of an erased record: the nil UUID (RFC 9562 §5.9), which is nobody's."""
SALT_BYTES = 32


class Kind(StrEnum):
    """What was decided about; what is decided together is never proven bundled (GDPR 7(2))."""

    CHOICE = "choice"
    """Purposes and services, by banner, preferences, placeholder or API."""
    FORM = "form"
    """One box of a form of the site's own (docs/forms.md)."""


class Action(StrEnum):
    """What was clicked, or how it ended without a click."""

    ACCEPT_ALL = "accept_all"
    REFUSE_ALL = "refuse_all"
    SAVE = "save"
    WITHDRAW = "withdraw"
    ONCE = "once"
    """One embed, this time; nothing is kept in a cookie."""
    SUBMIT = "submit"
    """A form of the site's own was sent, its box ticked or not."""
    EXPIRE = "expire"
    """The choice was over when its visitor came back; nobody clicked."""
    SIGNAL = "signal"
    """The browser began to object to something that was granted; nobody clicked."""


class Interface(StrEnum):
    """Where it was clicked."""

    BANNER = "banner"
    PREFERENCES = "preferences"
    API = "api"
    NO_JS = "no-js"
    PLACEHOLDER = "placeholder"
    FORM = "form"
    """A form of the site's own."""
    SERVER = "server"
    """Nowhere: the server saw that a choice had ended, or was objected to."""


CLICKED = (Action.ACCEPT_ALL, Action.REFUSE_ALL, Action.SAVE, Action.WITHDRAW, Action.ONCE)
"""What visitors may submit; the rest is for us to say."""
SHOWN_BY_US = (
    Interface.BANNER,
    Interface.PREFERENCES,
    Interface.API,
    Interface.NO_JS,
    Interface.PLACEHOLDER,
)
"""Where they may say that they clicked."""


def new_salt() -> bytes:
    """32 random bytes: without them a committed identifier could be guessed by trying all."""
    return token_bytes(SALT_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The stored proof of one choice, or of its end."""

    id: str
    """UUIDv7 in its 36-character form, made by ``new_id``."""
    subject: UUID
    """``NOBODY`` once erased."""
    seq: int
    """Counts the choices of this subject, from 1; 0 once erased. A signal takes the place of no
    choice: it has that of the choice it is about, negated."""
    action: Action
    purposes: Mapping[str, bool]
    """An explicit answer for every purpose that was offered (REC, FR-27)."""
    services: Mapping[str, bool] = field(default_factory=dict)
    """An explicit answer for every service that was offered; format 1: those that differ from that
    of their purpose."""
    notice: str
    """Hash of the notice that was shown; where nobody clicked, of the one in force."""
    language: str
    """BCP 47 tag of the texts that were shown."""
    interface: Interface
    made_at: datetime
    """By the server's clock, in UTC; kept to the millisecond."""
    site: str
    """Host of the site, without port."""
    signals: tuple[str, ...] = ()
    """What the browser objected with at the time of the choice: ``gpc``, ``dnt``."""
    kind: Kind = Kind.CHOICE
    screen: str | None = None
    """Hash of the screen that was clicked on; none where we showed none (API, forms, server)."""
    scripts: str | None = None
    """Hash of the browser code that the site served."""
    idempotency_key: str | None = None
    """The client's random name for this decision (E9); must not be guessable."""
    body_hash: str | None = None
    """SHA-256, in hexadecimal, of the request that the key came with."""
    salt: bytes = field(default_factory=new_salt, repr=False)
    """Empty once erased."""
    commitment: str = ""
    """SHA-256, in hexadecimal, over salt, subject and seq; computed where not given."""
    format: int = FORMAT
    """Of its bytes."""

    def __post_init__(self) -> None:
        made_at = self.made_at.astimezone(UTC)
        milliseconds = made_at.microsecond // 1000 * 1000
        object.__setattr__(self, "made_at", made_at.replace(microsecond=milliseconds))
        if not self.commitment:
            object.__setattr__(self, "commitment", commit(self.subject, self.seq, self.salt))

    @property
    def erased(self) -> bool:
        """Nothing but the choice itself is left."""
        return self.subject == NOBODY


def commit(subject: UUID, seq: int, salt: bytes) -> str:
    """What the bytes of a record say about its subject (EDPB 02/2025: deletable secret)."""
    return sha256(salt + f'{{"seq":{seq},"subject":"{subject}"}}'.encode()).hexdigest()


def new_id(made_at: datetime) -> str:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, the rest random.

    It tells when the record was made, which the record says anyway; a subject's id must not.
    """
    noise = int.from_bytes(token_bytes(10)) & ~(0b1111 << 76) & ~(0b11 << 62)
    return str(UUID(int=epoch_ms(made_at) << 80 | 7 << 76 | 0b10 << 62 | noise))


def made_at_of(id: str) -> datetime:
    """When an id was made, which anybody sees who has it."""
    return from_epoch_ms(UUID(id).int >> 80)


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down, without the error of a float."""
    since = moment - datetime.fromtimestamp(0, UTC)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def from_epoch_ms(milliseconds: int) -> datetime:
    """The moment again, in UTC, without the error of a float."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def encode(record: Record) -> bytes:
    """Canonical JSON (RFC 8785) of everything but subject, seq and salt, in the record's format.

    Raises:
        ValueError: a text cannot be written as UTF-8, or there is no such format.
    """
    if record.format not in FORMATS:
        raise ValueError(f"no format {record.format}")
    fields = {"format": record.format, **FORMATS[record.format](record)}
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # In ASCII, without floats and with small integers, the two agree; this is several times faster.
    return text.encode() if text.isascii() else dumps(fields)


def decode(body: bytes, *, subject: UUID = NOBODY, seq: int = 0, salt: bytes = b"") -> Record:
    """The record again, whole or, without the erasable part, as erased.

    Raises:
        ValueError: these are not the bytes of a record.
    """
    fields = json.loads(body)
    if not isinstance(fields, dict) or not _has_the_fields_of_its_format(fields):
        raise ValueError("not a record")
    try:
        fields["action"] = Action(fields["action"])
        fields["interface"] = Interface(fields["interface"])
        fields["kind"] = Kind(fields.get("kind", Kind.CHOICE))
        fields["signals"] = tuple(fields.get("signals", ()))
        fields["made_at"] = datetime.fromisoformat(fields["made_at"])
        return Record(**fields, subject=subject, seq=seq, salt=salt)
    except TypeError as error:
        raise ValueError(f"not a record: {error}") from error


def _format_1(record: Record) -> dict[str, Any]:
    return {
        "action": record.action.value,
        "body_hash": record.body_hash,
        "commitment": record.commitment,
        "id": record.id,
        "idempotency_key": record.idempotency_key,
        "interface": record.interface.value,
        "language": record.language,
        "made_at": f"{record.made_at:%Y-%m-%dT%H:%M:%S}.{epoch_ms(record.made_at) % 1000:03d}Z",
        "notice": record.notice,
        "purposes": dict(record.purposes),
        "services": dict(record.services),
        "site": record.site,
        # Left out where there are none, as in records from before there were any.
        **({"signals": list(record.signals)} if record.signals else {}),
    }


def _format_2(record: Record) -> dict[str, Any]:
    return {
        **_format_1(record),
        "kind": record.kind.value,
        "screen": record.screen,
        "scripts": record.scripts,
        "signals": list(record.signals),
    }


FORMATS: Mapping[int, Callable[[Record], dict[str, Any]]] = {1: _format_1, 2: _format_2}
_COMMON = frozenset(
    {"action", "body_hash", "commitment", "format", "id", "idempotency_key", "interface"}
    | {"language", "made_at", "notice", "purposes", "services", "site"}
)
_ADDED = frozenset({"kind", "screen", "scripts", "signals"})


def _has_the_fields_of_its_format(fields: Mapping[str, Any]) -> bool:
    match fields.get("format"):
        case bool():
            return False
        case 1:
            return fields.keys() - {"signals"} == _COMMON
        case 2:
            return fields.keys() == _COMMON | _ADDED
    return False
