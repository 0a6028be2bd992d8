"""Rounds to the witnesses: every hour while the log grows, and whenever somebody asks for one.

Each process that has put records into the tree sets out an hour after its last round. It leaves
out the witnesses that another process has asked about those records since. So every leaf comes
to every witness, an hour late at most, and a process that ends has left nothing undone that the
next one to put a record into the tree does not do.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from consent.errors import ConsentError, LogUnavailable, WitnessConflict, WitnessUnavailable
from consent.log.proofs import SqlProofs
from consent.tree import note as notes
from consent.tree.checkpoint import Checkpoint
from consent.witness import Signed, Witness

logger = logging.getLogger("consent")

HOUR = 3600.0
"""Seconds between two rounds of one process."""
FIRST = 300.0
"""Seconds after its start in which the first one begins: many processes live less than an hour."""

CONFLICT = (
    "ALARM: the witness %s does not confirm the proof log at %d records: %s. One of the two was"
    " changed, or restored from an old copy; 'consent verify' says more."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it stands with one witness."""

    witness: Witness
    size: int
    """Of the checkpoint that it has, or that it was to have."""
    error: ConsentError | None = None


async def once(
    proofs: SqlProofs, witnesses: Sequence[Witness], *, least: int | None = None
) -> list[Outcome]:
    """Show the newest checkpoint to each witness that does not have it, all at the same time.

    Args:
        least: the size that satisfies; where not given, the newest.

    Raises:
        LogUnavailable: it cannot be read, or what they gave not kept.
    """
    newest = await proofs.checkpoint()
    if newest is None:
        return []
    size, note = newest
    new = Signed(Checkpoint.parse(notes.parse(note).text), note)
    had = await proofs.witnessed()
    enough = size if least is None else least

    async def outcome(witness: Witness) -> Outcome:
        last = had.get((witness.kind, witness.name), 0)
        satisfied = last >= enough
        return Outcome(witness, last) if satisfied else await _ask(witness, new, last, proofs)

    return await asyncio.gather(*map(outcome, witnesses))


async def _ask(witness: Witness, new: Signed, last: int, proofs: SqlProofs) -> Outcome:
    size = new.checkpoint.size
    try:
        content = await witness.attest(new, last, proofs)
    except (WitnessUnavailable, WitnessConflict) as error:
        return Outcome(witness, size, error)
    await proofs.add_attestation((size, new.note), witness.kind, witness.name, content)
    return Outcome(witness, size)


class Rounds:
    """When one process sets out; lives on the loop of the store."""

    def __init__(self, proofs: SqlProofs, witnesses: Sequence[Witness]) -> None:
        self._proofs = proofs
        self._witnesses = witnesses
        self._due = monotonic() + random.uniform(0, FIRST)  # noqa: S311 - a pause, not a secret
        self._task: asyncio.Task[None] | None = None
        self._grown = False
        self._end = asyncio.Event()

    def wake(self) -> None:
        """The tree has grown."""
        self._grown = True
        if self._witnesses and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def end(self) -> None:
        """None is begun any more."""
        self._end.set()

    async def _run(self) -> None:
        while self._grown and not self._end.is_set():
            least = await self._size()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._due - monotonic())):
                    await self._end.wait()
            if not self._end.is_set():
                await self._set_out(least)

    async def _set_out(self, least: int | None) -> None:
        self._due = monotonic() + HOUR
        self._grown = False
        self._grown = not await self._all_have(least) or self._grown

    async def _size(self) -> int | None:
        """What satisfies; ``None`` where that cannot be read, and only the newest does."""
        try:
            newest = await self._proofs.checkpoint()
        except LogUnavailable:
            return None
        return newest[0] if newest else None

    async def _all_have(self, least: int | None) -> bool:
        try:
            outcomes = await once(self._proofs, self._witnesses, least=least)
        except LogUnavailable as error:
            logger.warning("no witness was asked: %s", error)
            return False
        for outcome in outcomes:
            _say(outcome)
        return all(outcome.error is None for outcome in outcomes)


def _say(outcome: Outcome) -> None:
    name, size = outcome.witness.name, outcome.size
    if isinstance(outcome.error, WitnessConflict):
        logger.error(CONFLICT, name, size, outcome.error)
    elif outcome.error:
        logger.warning(
            "the witness %s has no copy at %d records yet: %s", name, size, outcome.error
        )
