"""The entry of the consent log in a controller's record of processing (GDPR 30(1), law.md EU-32).

A draft from what the log holds: who is responsible reads it and completes it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from consent.errors import LogUnavailable, counted
from consent.log.snapshot import Part, Snapshot

PURPOSE = (
    "Proof of the choices that visitors make about cookies and similar techniques, and in forms of"
    " the site: GDPR articles 5(2) and 7(1)."
)
BASIS = "Legal obligation: GDPR article 6(1)(c) with 7(1)."
SUBJECTS = (
    "Visitors of {site} who made a choice, and whoever agreed, or did not, in one of its forms."
)
CATEGORIES = (
    "A random number for each visitor, in forms one that is made from the site's own for that"
    " person; the answer to each purpose, service and box of a form, when, in which"
    " language and by which interface; signals of the browser (GPC, DNT). No IP address, no user"
    " agent, no page address; no special categories."
)
RECIPIENTS = "Supervisory authority and courts on request; the visitor. Nobody else by the log."
TRANSFERS = "None by the log; it depends on where its database is kept."
ERASURE = (
    "{months} months for each choice, {years} years more for its proof; who it was is erased on"
    " request before that. They go when `consent prune` runs."
)
FORMS = (
    "What was agreed to in forms of the site has no end by itself: such a record, and each that was"
    " made after it, stays until `consent prune --forms`. The controller sets that time: to be"
    " completed."
)
PSEUDONYMS = "Pseudonymised: who it was lies apart from what was chosen, joined by a salted hash."
SIGNED = "Integrity: a Merkle tree over all records, signed with Ed25519 ({keys})."
UNSIGNED = "Integrity: records are only ever added. Nothing is signed yet."
COPIES = "Copies of what was signed are kept by {witnesses} ({kinds})."
ACCESS = "Access to the database, backups and encryption at rest: to be completed."


async def register(snapshot: Snapshot, _: Part) -> AsyncGenerator[str, None]:
    """The entry as a table in Markdown."""
    entry = await _entry(snapshot)
    yield "| GDPR 30(1) | |\n|---|---|\n"
    for name, value in entry.items():
        text = " ".join(value) if isinstance(value, list) else value
        yield f"| {name} | {_cell(text)} |\n"


async def register_json(snapshot: Snapshot, _: Part) -> AsyncGenerator[str, None]:
    """The same for programs."""
    yield json.dumps(await _entry(snapshot), indent=2, ensure_ascii=False) + "\n"


async def _entry(snapshot: Snapshot) -> dict[str, str | list[str]]:
    notice = await _newest(snapshot)
    said = notice["controller"]
    officer = said.get("dpo_email") or "none named"
    return {
        "(a) controller": f"{said['name']}, {said['address']}, {said['email']}",
        "(a) data protection officer": officer,
        "(b) purpose": PURPOSE,
        "(b) legal basis": BASIS,
        "(c) data subjects": SUBJECTS.format(site=notice["site"]["url"]),
        "(c) personal data": CATEGORIES,
        "(d) recipients": RECIPIENTS,
        "(e) third countries": TRANSFERS,
        "(f) erasure": [
            ERASURE.format(months=notice["lifetime_months"], years=notice["retention_years"]),
            FORMS,
        ],
        "(g) security": [PSEUDONYMS, *await _integrity(snapshot), ACCESS],
    }


async def _newest(snapshot: Snapshot) -> Mapping[str, Any]:
    """What visitors were shown last: a form's notice does not say how long a choice holds."""
    async for content in snapshot.notices():
        notice = json.loads(content)
        if isinstance(notice, dict) and "lifetime_months" in notice:
            return notice
    raise LogUnavailable("no choice is in the log, so no controller is known from it")


async def _integrity(snapshot: Snapshot) -> list[str]:
    keys = [row["vkey"] async for row in snapshot.table("key")]
    found = {(row["kind"], row["name"]) async for row in snapshot.table("witness")}
    kinds = ", ".join(sorted({kind for kind, _ in found}))
    copies = (
        [COPIES.format(witnesses=f"{len(found)} witness{'es' * (len(found) != 1)}", kinds=kinds)]
        if found
        else []
    )
    return [SIGNED.format(keys=counted(len(keys), "key")) if keys else UNSIGNED, *copies]


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
