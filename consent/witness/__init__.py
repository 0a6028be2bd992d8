"""Who keeps copies of the log's checkpoints, so that its past cannot be made anew.

A witness that cannot be reached is asked again later; nothing else waits for it.
"""

from __future__ import annotations

from typing import Protocol

from consent.tree.checkpoint import Checkpoint

__all__ = ["COSIGNATURE", "DIRECTORY", "TIMESTAMP", "History", "Signed", "Witness"]

DIRECTORY, COSIGNATURE, TIMESTAMP = "directory", "cosignature", "timestamp"


class Signed:
    """A checkpoint and the note that it is signed in."""

    __slots__ = ("checkpoint", "note")

    def __init__(self, checkpoint: Checkpoint, note: str) -> None:
        self.checkpoint = checkpoint
        self.note = note


class History(Protocol):
    """What a witness is shown of a log."""

    async def consistency(self, old: int, size: int) -> list[bytes]:
        """That the tree of ``size`` leaves begins with that of ``old`` (RFC 6962 2.1.2)."""
        ...


class Witness(Protocol):
    """One place outside of the database."""

    @property
    def kind(self) -> str:
        """One of the three."""
        ...

    @property
    def name(self) -> str:
        """Where it is, as it is written in the log; 200 characters at most."""
        ...

    async def attest(self, new: Signed, last: int, history: History) -> bytes:
        """Give it a checkpoint.

        Args:
            last: the size of the one that it had before, as far as the log knows; 0 for none.

        Returns:
            What it gave for it.

        Raises:
            WitnessUnavailable: it cannot be asked now.
            WitnessConflict: what it had before is no part of this tree.
        """
        ...
