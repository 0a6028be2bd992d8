"""What witnesses answered when they were shown a checkpoint, as the log keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from consent.verify.database import Database
from consent.verify.report import Report
from consent.verify.tables import PROOF, TEXT_OR_NONE, read

ANSWERS = """
SELECT w.size, w.kind, w.name, w.content, c.note FROM witness w
LEFT JOIN checkpoint c ON c.size = w.size ORDER BY w.size, w.kind, w.name
"""
OCTETS = b"\x04\x20"
"""An OCTET STRING of 32 bytes, in DER (ITU-T X.690, 8.7)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    where: str
    kind: str
    content: bytes
    note: str | None
    """The log's own checkpoint of that size, unless it was thinned out."""

    @property
    def is_note(self) -> bool:
        """The checkpoint itself, perhaps signed by the witness as well."""
        return self.kind in ("directory", "cosignature")

    @property
    def is_stamp(self) -> bool:
        """A time stamp (RFC 3161) over the text of the checkpoint."""
        return self.kind == "timestamp"


def answers(database: Database, report: Report) -> Iterator[tuple[int, Answer]]:
    """All, by size."""
    types = (*PROOF["witness"].values(), TEXT_OR_NONE)
    for size, kind, name, content, note in read(database, ANSWERS, types, report, "table witness"):
        yield size, Answer(f"witness {name:.80} of {size}", kind, content, note)


def is_stamp_of(content: bytes, data: bytes) -> bool:
    """Does the answer hold the hash of these bytes, where it holds hashes?

    Who stamped it, and when, is for ``openssl ts -verify`` and whoever knows the authority's key.
    """
    return OCTETS + sha256(data).digest() in content
