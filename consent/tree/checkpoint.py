"""Checkpoints: how large a log is and its root, as one signed note (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from consent.errors import NoteRefused
from consent.tree import note as notes
from consent.tree.base64 import decoded, encoded
from consent.tree.keys import Signer, VerifierKey
from consent.tree.merkle import HASH_BYTES

# As many digits as a 64-bit size has.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All leaves of a log up to one size, in one hash."""

    origin: str
    """Which log: as ``www.example.fr/consent``."""
    size: int
    root: bytes
    """32 bytes."""

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint; lines after the third are passed over.

        Raises:
            NoteRefused: it is none.
        """
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < 3 or "" in lines:
            raise NoteRefused("not the lines of a checkpoint")
        size, root = number(lines[1]), decoded(lines[2])
        if size is None or root is None or len(root) != HASH_BYTES:
            raise NoteRefused("not the size or not the root of a checkpoint")
        return cls(lines[0], size, root)


def number(text: str) -> int | None:
    """A size or an index: decimal digits without leading zeros; ``None`` for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


def signed(checkpoint: Checkpoint, *signers: Signer) -> str:
    """The note that is kept and handed out.

    Raises:
        NoteRefused: the origin cannot stand in one.
    """
    if "\n" in checkpoint.origin or not checkpoint.origin:
        raise NoteRefused("an origin is one line")
    return str(notes.sign(str(checkpoint), *signers))


def verified(note: str, origin: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note, which one of the keys signed.

    Raises:
        NoteRefused: it is none, of another log, or none of the keys signed it.
    """
    parsed = notes.parse(note)
    parsed.signers(keys)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != origin:
        raise NoteRefused(f"a checkpoint of {checkpoint.origin}, not of {origin}")
    return checkpoint
