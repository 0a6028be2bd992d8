"""``.tlog-proof`` files: that a log has a leaf, shown without the log (c2sp.org/tlog-proof)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from consent.errors import NoteRefused
from consent.tree.base64 import decoded, encoded
from consent.tree.checkpoint import Checkpoint, verified
from consent.tree.keys import VerifierKey
from consent.tree.merkle import HASH_BYTES
from consent.tree.paths import root_by_inclusion

_FORM = re.compile(
    r"c2sp\.org/tlog-proof@v1\n"
    r"(?:extra (?P<extra>[^\n]+)\n)?"
    r"index (?P<index>0|[1-9][0-9]{0,18})\n"
    r"(?P<hashes>(?:[^\n]+\n)*)\n"
    r"(?P<checkpoint>.+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where a leaf stands, the hashes from it to the root, and the checkpoint with that root."""

    index: int
    hashes: tuple[bytes, ...]
    """32 bytes each, from the leaf upwards."""
    checkpoint: str
    """A signed note."""
    extra: bytes = b""
    """What a reader needs beside it. Nothing in the file vouches for it."""

    def __str__(self) -> str:
        extra = f"extra {encoded(self.extra)}\n" if self.extra else ""
        hashes = "".join(f"{encoded(each)}\n" for each in self.hashes)
        return f"c2sp.org/tlog-proof@v1\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> TlogProof:
        """Read such a file, trusting nothing in it.

        Raises:
            NoteRefused: it is none.
        """
        form = _FORM.fullmatch(text)
        if not form:
            raise NoteRefused("not a tlog-proof of version 1")
        extra = decoded(form["extra"] or "")
        hashes = [decoded(line) for line in form["hashes"].split("\n")[:-1]]
        sound = tuple(each for each in hashes if each is not None and len(each) == HASH_BYTES)
        if extra is None or len(sound) < len(hashes):
            raise NoteRefused("a tlog-proof with a line that is not base64 of what it should be")
        return cls(int(form["index"]), sound, form["checkpoint"], extra)

    def verified(self, leaf: bytes, origin: str, keys: Iterable[VerifierKey]) -> Checkpoint:
        """The checkpoint, which one of the keys signed and whose tree has the leaf there.

        Args:
            leaf: its hash.

        Raises:
            NoteRefused: it is not so.
        """
        checkpoint = verified(self.checkpoint, origin, keys)
        root = root_by_inclusion(leaf, self.index, checkpoint.size, self.hashes)
        if root != checkpoint.root:
            raise NoteRefused(f"the tree does not have this leaf at {self.index}")
        return checkpoint
