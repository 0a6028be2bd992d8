"""Logs that may be read and not be written, by whoever it is that tries."""

from __future__ import annotations

from pathlib import Path

WRITE_VERSION = 18
"""Where an SQLite file says which programs may write it (its format, 1.3.3): here, none yet."""


def seal(file: Path) -> None:
    """A file; permissions would not stop root, as whom tests may run."""
    with file.open("r+b") as database:
        database.seek(WRITE_VERSION)
        database.write(b"\x03")
