"""Answers as a table for spreadsheets: one row for each purpose and service of each record."""

from __future__ import annotations

import csv
from collections.abc import AsyncGenerator, Iterator, Sequence
from io import StringIO

from consent.log.snapshot import Part, Snapshot
from consent.record import Record

HEAD = (
    "record",
    "made_at",
    "site",
    "subject",
    "seq",
    "kind",
    "action",
    "interface",
    "language",
    "signals",
    "notice",
    "about",
    "id",
    "answer",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the begin of something to run."""


async def sheet(snapshot: Snapshot, part: Part) -> AsyncGenerator[str, None]:
    """Lines of CSV (RFC 4180), the header first."""
    yield _line(HEAD)
    async for record in snapshot.records(part):
        for cells in _answers(record):
            yield _line(cells)


def _answers(record: Record) -> Iterator[Sequence[str | int]]:
    common = (
        record.id,
        record.made_at.isoformat(timespec="milliseconds"),
        record.site,
        "" if record.erased else str(record.subject),
        "" if record.erased else record.seq,
        record.kind.value,
        record.action.value,
        record.interface.value,
        record.language,
        " ".join(record.signals),
        record.notice,
    )
    for about, answers in (("purpose", record.purposes), ("service", record.services)):
        for name, answer in answers.items():
            yield (*common, about, name, "true" if answer else "false")


def _line(cells: Sequence[str | int]) -> str:
    text = StringIO()
    csv.writer(text).writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: str | int) -> str | int:
    """A text that would be run is quoted, as OWASP advises; a number is not a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
