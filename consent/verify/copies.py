"""Checkpoints that were kept elsewhere: in a file, or in the files of a directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from consent.errors import LogUnreadable, said
from consent.verify.checkpoints import Copy, read_copy
from consent.verify.notes import split_notes

LARGEST = 64 << 20
"""Bytes of one file; a checkpoint has some 200."""


def read_copies(place: Path) -> Iterator[Copy]:
    """All of them; in a directory those of its subdirectories as well, hidden files left out.

    Raises:
        LogUnreadable: a file cannot be read, or something in it is no checkpoint.
    """
    files = [place]
    if place.is_dir():
        inside = sorted(each for each in place.rglob("*") if each.is_file())
        files = [each for each in inside if not _is_hidden(each.relative_to(place))]
    if not files:
        raise LogUnreadable(f"{place}: there is no checkpoint in it")
    for file in files:
        yield from _read(file)


def _read(file: Path) -> Iterator[Copy]:
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError("too large for checkpoints")
        for note in split_notes(file.read_text("utf-8")):
            yield read_copy(str(file), note)
    except UnicodeDecodeError as error:
        raise LogUnreadable(f"{file}: not a text, and no checkpoint") from error
    except (OSError, ValueError) as error:
        raise LogUnreadable(f"{file}: {said(error)}") from error


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
