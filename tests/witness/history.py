"""Two logs that begin alike and then go apart, to be shown to witnesses."""

from __future__ import annotations

from collections.abc import Sequence

from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.keys import Signer
from consent.tree.paths import consistency, hashes
from consent.witness import Signed
from tests.tree.grown import Grown

ORIGIN = "www.example.fr/consent"
LOG = Signer(ORIGIN, bytes(32))
LEAVES = [b"%d" % number for number in range(20)]
FORKED = [*LEAVES[:3], b"another", *LEAVES[4:]]


class Grows:
    """A ``History`` over some leaves."""

    def __init__(self, leaves: Sequence[bytes] = LEAVES) -> None:
        self._leaves = leaves

    async def consistency(self, old: int, size: int) -> list[bytes]:
        return hashes(consistency(old, size), Grown(self._leaves[:size]).read)

    def at(self, size: int, origin: str = ORIGIN) -> Signed:
        checkpoint = Checkpoint(origin, size, Grown(self._leaves[:size]).frontier.root)
        return Signed(checkpoint, signed(checkpoint, LOG))
