"""The record of the test choice, in the log: stored, archived with what was shown, in the tree."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from time import monotonic
from uuid import UUID

from consent.config import ConsentConfig
from consent.doctor.findings import Check, Report, Trouble, warning
from consent.errors import Code, LogUnavailable, LogUnfit, NoteRefused, counted
from consent.log.sql import SqlLog
from consent.months import SKEW
from consent.record import Record, encode
from consent.tree.keys import VerifierKey
from consent.tree.merkle import leaf_hash
from consent.tree.signers import signers
from consent.tree.tlog_proof import TlogProof

PATIENCE = 15.0
"""Seconds until a record has to be in the tree; it takes one where nothing else is to be done."""
PAUSE = 0.1
LOST = "Is this the log that the site writes to? See log.url, and in which directory it starts."
VERIFY = "'consent verify' says more."


async def inspect(
    log: SqlLog, report: Report, config: ConsentConfig | None, *, patience: float = PATIENCE
) -> None:
    """Look for the records of the report's subjects, and erase who they were."""
    try:
        subjects = [UUID(each) for each in report.subjects]
        found = [record for each in subjects async for record in log.read(subject=each)]
        if found:
            report.record = found[0].id
        else:
            await log.try_out()
        stored = f"the log has record {report.record}"
        if report.add(Check.STORED, _stored(found, config), fine=stored):
            fine = "notice, screen and scripts are archived"
            report.add(Check.ARCHIVED, await _archived(log, found[0]), fine=fine)
            await _in_the_tree(log, found[0], report, config, patience)
        await _erase(log, found, report)
    except LogUnfit as error:
        wrong = error.problem
        trouble = Trouble(f"{wrong.code} {wrong.path}: {wrong.message}"[:-1], wrong.fix)
        report.add(Check.STORED, [trouble], fine="")
    except LogUnavailable as error:
        trouble = Trouble(f"the log cannot be used: {error}", "See log.url.")
        report.add(Check.STORED, [trouble], fine="")
    finally:
        await log.close()


def unseen(report: Report, why: str) -> None:
    """The log is not at hand."""
    trouble = warning(why, "Run this where the log is to look at the record and to erase it.")
    report.add(Check.STORED, [trouble], fine="")


def _stored(found: Sequence[Record], config: ConsentConfig | None) -> Iterator[Trouble]:
    if not found:
        yield Trouble("the record is not in this log", LOST)
        return
    if len(found) > 1:
        yield Trouble(f"the test choice has {len(found)} records, not one", "See once, cross-site.")
    if config and found[0].notice != config.notice.hash:
        fix = "The site runs another configuration: start it anew, or name the right file."
        yield Trouble("the record names another notice than this configuration gives", fix)


async def _archived(log: SqlLog, record: Record) -> list[Trouble]:
    """Can what was shown be shown again (law.md EU-10)?"""
    kept = {
        "notice": await log.notice(record.notice),
        "screen": record.screen and await log.screen(record.screen),
        "scripts": record.scripts and await log.screen(record.scripts),
    }
    return [Trouble(f"its {what} is not archived", VERIFY) for what in kept if not kept[what]]


async def _in_the_tree(
    log: SqlLog, record: Record, report: Report, config: ConsentConfig | None, patience: float
) -> None:
    proof = await _awaited(log, record.id, patience)
    origin = await log.proofs.origin() or ""
    keys = [*await log.proofs.keys()]
    if config and all(each.code is not Code.SECRET_GENERATED for each in config.warnings):
        keys = [str(each.under(origin).key) for each in signers(config)] if origin else []
    fine = f"it is in the tree of {origin}, and its proof verifies"
    report.add(Check.TREE, _proven(proof, record, origin, keys), fine=fine)


async def _awaited(log: SqlLog, record_id: str, patience: float) -> TlogProof | None:
    end = monotonic() + patience
    while True:
        proof = await log.proofs.proof(record_id)
        if proof or monotonic() >= end:
            return proof
        await asyncio.sleep(PAUSE)


def _proven(
    proof: TlogProof | None, record: Record, origin: str, keys: Sequence[str]
) -> Iterator[Trouble]:
    if proof is None:
        fix = "No process has the log's keys, or none can use them: see log.keys, the site's log."
        yield Trouble("it has not come into the tree", fix)
        return
    try:
        known = [VerifierKey.parse(each) for each in keys]
        proof.verified(leaf_hash(encode(record)), origin, known)
    except NoteRefused as error:
        fix = f"The site signs with other keys than these, or the log was changed. {VERIFY}"
        yield Trouble(f"its proof does not verify: {error}", fix)


async def _forgotten(log: SqlLog, subject: UUID) -> int:
    """Nobody asked for it, nor chose anything: statistics leave both out."""
    return await log.rights.erase(subject, trial=True)


async def _erase(log: SqlLog, found: Sequence[Record], report: Report) -> None:
    """What is left is a record of nobody, marked as that of a test.

    A broken site may answer with somebody else's choice: nobody is erased who was there before.
    """
    before = {each.subject for each in found if each.made_at < report.began - SKEW}
    number = sum(
        [await _forgotten(log, each) for each in {each.subject for each in found} - before]
    )
    fix = "Look why the site took the test for somebody else, and erase that by hand if needed."
    troubles = [Trouble(f"{each} had chosen before, so is not erased", fix) for each in before]
    if found:
        done = (
            f"{counted(number, 'record')} of the test point{'s' * (number == 1)} to nobody any more"
        )
        report.add(Check.ERASED, troubles, fine=done)
