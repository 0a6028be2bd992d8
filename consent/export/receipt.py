"""What visitors are given of their own choice, and may keep: what was recorded, the words that they
were shown, and the proof that it is in the log (REC-05)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from uuid import NAMESPACE_URL, uuid5

import rfc8785

from consent.errors import LogUnavailable
from consent.export.dpv import Facts, Profile, consent_record, document
from consent.export.graph import read_notice
from consent.log import ProofLog
from consent.log.proofs import SqlProofs
from consent.record import Record, encode
from consent.tree.tlog_proof import TlogProof


@runtime_checkable
class Provable(Protocol):
    """A log that can show of a record, to who has not got the log, that it is there."""

    @property
    def proofs(self) -> SqlProofs:
        """What can be shown of the tree."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of one record."""

    record: Record
    document: dict[str, Any]
    """JSON-LD: a ``dpv:ConsentReceipt`` with the record, the notice and the proof in it."""
    proof: str | None
    """A ``.tlog-proof`` file; none in the second before the record is in the tree, and where the
    log signs nothing."""

    def __str__(self) -> str:
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


async def receipt(
    log: ProofLog, record: Record, facts: Facts, *, profile: Profile = Profile.GDPR
) -> Receipt:
    """The receipt of a record that the log has given.

    Raises:
        LogUnavailable: the log cannot be read now, or does not give back what was shown.
    """
    notice = await log.notice(record.notice)
    if notice is None:
        raise LogUnavailable("the log does not give back the text of its own record")
    shown = read_notice(notice.content)
    proof = await _proof(log, record)
    name = str(uuid5(NAMESPACE_URL, f"urn:asgi-consent:receipt:{record.id}"))
    told = {
        "@id": f"urn:uuid:{name}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": name,
        "dpv:hasIdentifier": name,
        "dct:created": record.made_at.isoformat(timespec="milliseconds"),
        "dct:conformsTo": {"@id": profile.receipt},
        "dpv:hasRecordOfActivity": [consent_record(record, shown, facts, profile)],
        # Literals of JSON: no reader of the graph has to understand what is in them.
        "consent:record": {"@type": "@json", "@value": json.loads(encode(record))},
        "consent:notice": {"@type": "@json", "@value": shown},
        **({"consent:proof": proof} if proof else {}),
    }
    return Receipt(record, document(told), proof)


async def _proof(log: ProofLog, record: Record) -> str | None:
    found = await log.proofs.proof(record.id) if isinstance(log, Provable) else None
    if found is None:
        return None
    extra: dict[str, Any] = {"record": json.loads(encode(record))}
    if not record.erased:
        person = {"subject": str(record.subject), "seq": record.seq, "salt": record.salt.hex()}
        extra |= person
    return str(TlogProof(found.index, found.hashes, found.checkpoint, rfc8785.dumps(extra)))
