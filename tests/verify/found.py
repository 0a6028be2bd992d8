"""What the verifier says of a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from consent.verify.checkpoints import Copy, read_copy
from consent.verify.database import SqliteDatabase
from consent.verify.notes import read_key
from consent.verify.report import Code, Report
from consent.verify.whole import verify
from tests.verify.signing import Signer


def report_on(
    path: Path,
    *,
    pinned: Iterable[Signer] = (),
    kept: Sequence[str] = (),
    now: datetime | None = None,
) -> Report:
    keys = [read_key(signer.vkey) for signer in pinned]
    copies: list[Copy] = [read_copy("a file", note) for note in kept]
    with closing(SqliteDatabase(path)) as database:
        return verify(database, keys=keys, copies=copies, now=now)


def found_in(
    path: Path, *, pinned: Iterable[Signer] = (), kept: Sequence[str] = ()
) -> frozenset[Code]:
    """The findings, without what is only noted."""
    found = report_on(path, pinned=pinned, kept=kept).found
    return frozenset(code for code in found if not code.is_note)
