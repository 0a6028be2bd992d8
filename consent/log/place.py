"""Can a log be kept where the configuration says? Asked on the machine that it will be kept on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from consent.errors import Code, ConfigError, Problem
from consent.log.engine import is_sqlite, parse

FIX = "Make it, or name another place, as 'sqlite:////var/lib/site/consent.db'."


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
