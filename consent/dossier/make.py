"""A whole dossier, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from consent.dossier.album import Taken, kept, picture, taken
from consent.dossier.folder import Folder
from consent.dossier.gather import Gathering, moment
from consent.dossier.pictures import VIEWPORTS, camera
from consent.dossier.report import report
from consent.errors import NoPictures, NoteRefused
from consent.log.snapshot import Part
from consent.log.sql import SqlLog
from consent.tree.keys import Signer, VerifierKey

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
    album: Path | None = None
    """Where pictures are that were taken at releases."""
    takes: bool = True
    """Whether pictures are to be taken of what is not there."""
    chromium: str | None = None
    """The program of a browser; else Playwright's own, or the machine's."""


Watch = Callable[[str, int], Callable[[int], object]]
"""Told what is to be done and how often; gives what is told of each step."""
Values = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """What has become of it."""

    records: int
    unpictured: int
    """Screens of which there are no pictures."""
    why: str
    """What kept them from being taken."""


async def make(
    log: SqlLog, signers: Sequence[Signer], wanted: Wanted, folder: Folder, watch: Watch
) -> Made:
    """Fill the folder.

    Args:
        signers: the keys of the site; the last that the log knows signs.

    Raises:
        LogUnavailable: the log cannot be read, or has nothing of that time.
        NoteRefused: it knows none of the keys.
        OSError: pictures cannot be read, or the folder written.
    """
    gathering = Gathering(log, folder, wanted.since, wanted.until, wanted.sample, wanted.made_at)
    async with log.snapshot() as snapshot:
        part = Part(wanted.since, wanted.until)
        snapshot.progress = watch("records", await snapshot.count(part))
        said = await gathering.gather(snapshot)
    known = await log.proofs.keys()
    signer = _known(signers, known, said["origin"])
    keys = [VerifierKey.parse(vkey) for vkey in known]
    why = await _picture(said["screens"], folder, wanted, signer, keys, watch)
    folder.put(INDEX, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    folder.put(REPORT, report(said, folder, lang=wanted.language, vkey=str(signer.key)))
    folder.seal(signer, moment(wanted.made_at))
    unpictured = sum("pictures" not in each for each in said["screens"])
    return Made(said["records"], unpictured, why)


async def _picture(
    screens: Sequence[Values],
    folder: Folder,
    wanted: Wanted,
    signer: Signer,
    keys: Sequence[VerifierKey],
    watch: Watch,
) -> str:
    """Put pictures of each screen beside it, those from its release where there are any."""
    for each in screens:
        found = kept(wanted.album, each["hash"], keys) if wanted.album else None
        if found:
            each.update(_put(folder, each["hash"], found))
    missing = [each for each in screens if "pictures" not in each]
    if not missing or not wanted.takes:
        return "" if wanted.takes else "none were wanted"
    step = watch("pictures", len(missing))
    try:
        async with camera(wanted.chromium) as browser:
            about = {"taken_at": moment(wanted.made_at), "browser": browser.name}
            for each in missing:
                pictures = await browser.take(folder.read(each["page"]).decode())
                found = taken(each["hash"], pictures, **about, signer=signer)
                each.update(_put(folder, each["hash"], found))
                step(1)
    except NoPictures as error:
        return str(error)
    return ""


def _put(folder: Folder, digest: str, found: Taken) -> Values:
    """What is then said of a screen."""
    return {
        "taken_at": found.taken_at,
        "browser": found.browser,
        "note": folder.put(f"screens/{digest}.note", found.note),
        "pictures": [
            {
                "viewport": name,
                "width": VIEWPORTS[name].width,
                "height": VIEWPORTS[name].height,
                "file": folder.put(f"screens/{picture(digest, name)}", content),
            }
            for name, content in found.pictures.items()
        ],
    }


def _known(signers: Sequence[Signer], known: Collection[str], origin: str) -> Signer:
    """Who verifies has the keys of the log, and no others."""
    for signer in reversed([each.under(origin) for each in signers]):
        if str(signer.key) in known:
            return signer
    raise NoteRefused("the log has not been signed with any of the configured keys")
