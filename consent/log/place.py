"""Can a log be kept where the configuration says? Asked on the machine that it will be kept on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from consent.errors import Code, ConfigError, LogOfOtherKeys, LogUnavailable, Problem
from consent.log.engine import is_sqlite, parse
from consent.log.snapshot import opened
from consent.log.strangers import NEWEST, known_signer
from consent.tree.keys import Signer

FIX = "Make it, or name another place, as 'sqlite:////var/lib/site/consent.db'."

DEADLINE = 2.0
"""Seconds for a database to answer."""


def is_log(file: Path) -> bool:
    """Has it the table of the proofs? What is no database, or cannot be looked into here, is left
    to who opens it, and says why."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'record'"
            return database.execute(asked).fetchone() is not None
    except sqlite3.Error:
        return True


def warnings(url: str) -> Iterator[Problem]:
    """What keeps SQLite from writing there: it makes the file, and two more beside it.

    Not an error: the configuration may be checked on another machine than the site's.
    """
    try:
        place = parse(url)
    except ConfigError as error:
        yield from error.problems
        return
    if not is_sqlite(place):
        return
    file = Path(str(place.database))
    if not file.parent.is_dir():
        yield Problem(Code.LOG_PLACE, "log.url", f"There is no folder {str(file.parent)!r}.", FIX)
    elif not os.access(file.parent, os.W_OK | os.X_OK):
        message = f"This user may not write into the folder {str(file.parent)!r}."
        yield Problem(Code.LOG_PLACE, "log.url", message, FIX)
    elif file.exists() and not os.access(file, os.R_OK | os.W_OK):
        message = f"This user may not write the file {str(file)!r}."
        yield Problem(Code.LOG_PLACE, "log.url", message, FIX)


async def stranger(url: str, signers: Sequence[Signer]) -> Problem | None:
    """Was the log in this file begun with other keys? One that cannot be read here says nothing.

    It is only looked at: neither made, nor brought up to date under a site that is running.
    """
    with suppress(ConfigError, LogUnavailable):
        place = parse(url)
        if not is_sqlite(place) or not _is_file(Path(str(place.database))):
            return None
        async with opened(place, deadline=DEADLINE) as log:
            heads = [row async for row in log.table("head")]
            keys = {row["vkey"]: row["endorsement"] async for row in log.table("key")}
            newest = [row.note async for row in log.stream(NEWEST)]
        ours = [each.under(head["origin"]) for head in heads for each in signers]
        try:
            known_signer(ours, keys, "".join(newest))
        except LogOfOtherKeys as error:
            return error.problem
    return None


def _is_file(file: Path) -> bool:
    return file.is_file() and is_log(file)
