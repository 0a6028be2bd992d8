"""Can a log be kept where the configuration says? Asked on the machine that it will be kept on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from consent.errors import Code, ConfigError, Problem
from consent.log.engine import is_sqlite, parse

FIX = "Make it, or name another place, as 'sqlite:////var/lib/site/consent.db'."


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
