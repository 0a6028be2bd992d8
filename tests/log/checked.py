"""A whole log, checked by the verifier, which shares no code with what wrote it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from consent.log.sql import SqlLog
from consent.tree.keys import Signer
from consent.verify.database import Database, SqliteDatabase
from consent.verify.notes import read_key
from consent.verify.postgresql import PostgresqlDatabase
from consent.verify.report import Report
from consent.verify.whole import verify

ORIGIN = "www.example.fr/consent"
KEY = Signer(ORIGIN, bytes(32))


def keys() -> Sequence[Signer]:
    return [KEY]


async def sequence(log: SqlLog) -> int:
    """One batch, now."""
    return await log._run(lambda store: store.sequence())


def report_on(url: str, *trusted: Signer) -> Report:
    pinned = [read_key(str(signer.key)) for signer in trusted]
    with closing(_database(url)) as database:
        return verify(database, keys=pinned)


async def holds(url: str, *, size: int, pending: int = 0) -> Report:
    """It does, with so many records in the tree and so many that are still to come into it."""
    report = await asyncio.to_thread(report_on, url, KEY)
    assert report.holds, report.examples
    assert (report.size, report.counts["pending"]) == (size, pending)
    return report


def _database(url: str) -> Database:
    kind, _, place = url.partition(":///")
    return SqliteDatabase(Path(place)) if kind == "sqlite" else PostgresqlDatabase(url)
