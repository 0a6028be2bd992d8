"""A folder that checkpoints are copied to: on another machine, in a git repository, on a stick.

One file for each, ``checkpoint-<size>.note``, written once, so that a version control system or a
backup sees additions only.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from consent.errors import NoteRefused, WitnessConflict, WitnessUnavailable, said
from consent.tree import note as notes
from consent.tree.checkpoint import Checkpoint
from consent.tree.paths import is_consistent
from consent.witness import DIRECTORY, History, Signed

T = TypeVar("T")
_NAME = re.compile(r"checkpoint-(0|[1-9][0-9]{0,18})\.note")


class Directory:
    """See ``Witness``."""

    kind = DIRECTORY

    def __init__(self, path: str) -> None:
        """One that exists: a disk that is not mounted must not be replaced by an empty folder."""
        self.name = path

    async def attest(self, new: Signed, last: int, history: History) -> bytes:
        """Nothing is written that does not continue the newest checkpoint there."""
        old = await self._in_thread(self._newest)
        if old is not None:
            await self._check(old, new.checkpoint, history)
        if old is None or old.size < new.checkpoint.size:
            await self._in_thread(lambda: self._write(new))
        return new.note.encode()

    async def _check(self, old: Checkpoint, new: Checkpoint, history: History) -> None:
        if old.origin != new.origin:
            raise WitnessConflict(f"it keeps the log {old.origin}, not {new.origin}")
        if old.size > new.size:
            raise WitnessConflict(f"it has seen {old.size} leaves, the log has {new.size}")
        proof = await history.consistency(old.size, new.size)
        if not is_consistent(old.size, old.root, new.size, new.root, proof):
            raise WitnessConflict(f"the first {old.size} leaves that it has seen were others")

    def _newest(self) -> Checkpoint | None:
        names = map(_NAME.fullmatch, sorted(os.listdir(self.name)))
        size = max((int(name[1]) for name in names if name), default=None)
        if size is None:
            return None
        checkpoint = Checkpoint.parse(notes.parse(self._file(size).read_text("utf-8")).text)
        if checkpoint.size != size:
            raise NoteRefused(f"{self._file(size)} is of {checkpoint.size} leaves")
        return checkpoint

    def _write(self, new: Signed) -> None:
        """Whole or not at all, and on the disk before it counts."""
        beside = Path(self.name, f".{secrets.token_hex(8)}")
        try:
            with beside.open("x", encoding="utf-8", newline="\n") as file:
                file.write(new.note)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._file(new.checkpoint.size))
        finally:
            beside.unlink(missing_ok=True)

    @staticmethod
    async def _in_thread(work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise WitnessUnavailable(said(error)) from error
        except (NoteRefused, UnicodeDecodeError) as error:
            raise WitnessConflict(f"what it has cannot be read: {error}") from error

    def _file(self, size: int) -> Path:
        return Path(self.name, f"checkpoint-{size}.note")
