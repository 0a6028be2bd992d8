"""Which of the pending records this log has promised: only those come into its tree.

Else the log itself would sign whatever somebody slipped into its database.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress

from consent.errors import NoteRefused
from consent.tree.keys import Signer, VerifierKey
from consent.tree.promise import endorsed, is_own, is_promised, promise

logger = logging.getLogger("consent")

MOST_OWN = 100_000
"""Leaves remembered as promised by this process; the promises of others are verified."""

UNPROMISED = (
    "record %s is not put into the tree of the proof log: none of the log's keys promised it, so"
    " somebody else may have written it. 'consent verify' finds all such records."
)


class Promised:
    """What one process has promised, and what it knows not to be."""

    def __init__(self) -> None:
        self._own: set[bytes] = set()
        self._refused: set[str] = set()

    def give(self, signer: Signer, leaf: bytes) -> bytes:
        """The promise for a leaf, which is then known without being verified."""
        if len(self._own) >= MOST_OWN:
            self._own.clear()
        self._own.add(leaf)
        return promise(signer, signer.key.name, leaf)

    def holds(
        self,
        record: str,
        content: bytes | None,
        leaf: bytes,
        signer: Signer,
        keys: Iterable[VerifierKey],
    ) -> bool:
        """Whether one of the keys promised this leaf; said once of each record if none did."""
        if leaf in self._own:
            return True
        if record in self._refused:
            return False
        origin = signer.key.name
        if content is not None and (
            is_own(content, signer, origin, leaf) or is_promised(content, origin, leaf, keys)
        ):
            return True
        self._refused.add(record)
        logger.error(UNPROMISED, record)
        return False

    def done(self, leaves: Iterable[bytes]) -> None:
        """These need not be remembered any longer."""
        self._own.difference_update(leaves)


def trusted(known: Iterable[VerifierKey], endorsements: Sequence[str]) -> list[VerifierKey]:
    """These keys, and those that they endorsed, by way of others too."""
    keys = [*known]
    for _ in endorsements:
        for note in endorsements:
            with suppress(NoteRefused):
                if (new := endorsed(note, keys)) not in keys:
                    keys.append(new)
    return keys
