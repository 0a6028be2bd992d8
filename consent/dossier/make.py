"""A whole dossier, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from consent.dossier.folder import Folder
from consent.dossier.gather import Gathering, Values, moment
from consent.dossier.report import report
from consent.errors import NoteRefused
from consent.log.snapshot import Part
from consent.log.sql import SqlLog
from consent.tree.keys import Signer

INDEX = "dossier.json"
REPORT = "report.html"


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for."""

    since: datetime
    """Midnight, in UTC."""
    until: datetime
    """The midnight after the last day."""
    language: str
    """Of the report: ``fr`` or ``en``."""
    sample: int
    """How many records are shown with their proofs."""
    made_at: datetime


Watch = Callable[[int], Callable[[int], object]]
"""Told how many records there are; gives what is told of each step."""


async def make(
    log: SqlLog, signers: Sequence[Signer], wanted: Wanted, folder: Folder, watch: Watch
) -> Values:
    """Fill the folder; what ``dossier.json`` says.

    Args:
        signers: the keys of the site; the last that the log knows signs.

    Raises:
        LogUnavailable: the log cannot be read, or has nothing of that time.
        NoteRefused: it knows none of the keys.
    """
    gathering = Gathering(log, folder, wanted.since, wanted.until, wanted.sample, wanted.made_at)
    async with log.snapshot() as snapshot:
        part = Part(wanted.since, wanted.until)
        snapshot.progress = watch(await snapshot.count(part))
        said = await gathering.gather(snapshot)
    signer = _known(signers, await log.proofs.keys(), said["origin"])
    folder.put(INDEX, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    folder.put(REPORT, report(said, folder, lang=wanted.language, vkey=str(signer.key)))
    folder.seal(signer, moment(wanted.made_at))
    return said


def _known(signers: Sequence[Signer], known: Collection[str], origin: str) -> Signer:
    """Who verifies has the keys of the log, and no others."""
    for signer in reversed([each.under(origin) for each in signers]):
        if str(signer.key) in known:
            return signer
    raise NoteRefused("the log has not been signed with any of the configured keys")
