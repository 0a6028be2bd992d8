"""A visitor's receipt as it was downloaded (docs/export.md), or all of theirs in one file.

Shown are the record, the words of the notice and their place in the log; the sentences that say the
same in the vocabulary of others are not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from consent.errors import LogUnreadable
from consent.verify.canonical import write
from consent.verify.checkpoints import Copy
from consent.verify.given import MALFORMED
from consent.verify.lines import FIRST
from consent.verify.notes import Key
from consent.verify.proof_file import verify_proof
from consent.verify.report import Code, Report

LARGEST = 64 << 20
"""Bytes; a receipt has the whole notice in it, and a visitor one for each choice."""
RECORD, NOTICE, PROOF = "consent:record", "consent:notice", "consent:proof"
Values = Mapping[str, Any]


def read_receipts(path: Path) -> list[Values] | None:
    """What such a file has; none if it is another kind of file.

    Raises:
        LogUnreadable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(len(FIRST))
            if not begin.lstrip().startswith(b"{") or begin == FIRST:
                return None
            content = json.loads(begin + file.read(LARGEST))
    except OSError as error:
        raise LogUnreadable(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError):
        return None
    return list(_receipts(content)) or None


def verify_receipts(
    receipts: Sequence[Values], *, keys: Sequence[Key], copies: Sequence[Copy] = ()
) -> Report:
    """What they show.

    Args:
        keys: those that the reader trusts; without one, nothing is shown.
        copies: checkpoints kept elsewhere; those of the same size have to be the same.
    """
    report, records = Report(), []
    for number, receipt in enumerate(receipts, 1):
        found = _verified(receipt, keys, copies)
        report.origin, report.size, report.root = found.origin, found.size, found.root
        report.counts.update(found.counts)
        report.counts["receipts"] += 1
        if found.record:
            records.append(json.loads(found.record))
        for each in found.examples:
            report.add(each.code, f"receipt {number}: {each.where}", each.what)
    report.record = json.dumps(records[0] if len(records) == 1 else records, indent=2)
    return report


def _receipts(content: Any) -> Iterator[Values]:
    """One, or those of ``/consent/mine/download``."""
    several = content.get("receipts") if isinstance(content, dict) else None
    for each in several if isinstance(several, list) else [content]:
        if isinstance(each, dict) and RECORD in each:
            yield each


def _verified(receipt: Values, keys: Sequence[Key], copies: Sequence[Copy]) -> Report:
    if PROOF not in receipt:
        report = Report()
        report.add(Code.PROOF, PROOF, "is not in it yet: ask for the receipt again")
        return report
    report = verify_proof(str(receipt[PROOF]), keys=keys, copies=copies)
    try:
        _compare(receipt, json.loads(report.record or "{}"), report)
    except MALFORMED as error:
        report.add(Code.PROOF, "the receipt", f"not as it has to be: {error!r:.200}")
    return report


def _compare(receipt: Values, proven: Values, report: Report) -> None:
    """The proof is of what is readable beside it."""
    if receipt[RECORD]["@value"] != proven:
        report.add(Code.BODY, RECORD, "is not the record that the proof is of")
    if sha256(write(receipt[NOTICE]["@value"])).hexdigest() != proven.get("notice"):
        report.add(Code.NOTICE, NOTICE, "is not the notice that the record names")
