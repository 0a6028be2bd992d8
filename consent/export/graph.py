"""A whole log, or a part of it, as one JSON-LD document."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from consent.errors import LogUnavailable
from consent.export.dpv import Facts, Profile, consent_record
from consent.export.words import CONTEXT
from consent.log.snapshot import Part, Snapshot


async def graph(
    snapshot: Snapshot,
    part: Part,
    *,
    profile: Profile = Profile.GDPR,
    jurisdiction: str | None = None,
) -> AsyncGenerator[str, None]:
    """Each record on a line of its own, between the lines that make it a document."""
    notices = {row["hash"]: row["content"] async for row in snapshot.table("notice")}
    origin = [row["origin"] async for row in snapshot.table("head")]
    yield f'{{"@context": {json.dumps(CONTEXT)}, "@graph": [\n'
    comma = ""
    async for record in snapshot.records(part):
        facts = Facts(f"https://{origin[0] if origin else record.site + '/consent'}", jurisdiction)
        notice = read_notice(notices[record.notice])
        yield comma + json.dumps(consent_record(record, notice, facts, profile))
        comma = ",\n"
    yield "\n]}\n"


def read_notice(content: bytes) -> Mapping[str, Any]:
    """What was shown, as far as a record in this form needs it.

    Raises:
        LogUnavailable: it is of no form that says so.
    """
    notice = json.loads(content)
    if not isinstance(notice, dict) or "controller" not in notice:
        raise LogUnavailable("a notice in the log names no controller")
    return notice
