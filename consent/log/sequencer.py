"""Puts records into the tree, in whichever process has the keys, one batch a transaction.

The head is read, then what is pending, and all of it checked, which holds up nobody. Then, in one
transaction, the head is moved, on the condition that it is still where it was read. Of several
sequencers one moves it and the others roll back, so no leaf gets two places and no size two roots.
With the head come its leaves, tiles and checkpoint, the checkpoint before it goes where it has
become needless (``thinning``), and ``pending`` loses what is now in the tree: all of it or nothing,
at any crash. A checkpoint is signed before COMMIT and shown to nobody before it has returned.

Only what this log has promised is put into the tree: else the log itself would sign what somebody
slipped into its database. Records from before there were promises are all in the first batch. And
only a head that one of the log's keys has signed is built upon: the next signature covers all that
is below it, so it would vouch for whatever somebody had put there.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Delete, Row, Select, Table, Update, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogUnavailable, NoteRefused
from consent.log.growth import Growth
from consent.log.promised import Promised, trusted
from consent.log.rows import padded
from consent.log.schema import checkpoint, head, key, leaf, pending, record, tile
from consent.log.strangers import recognised
from consent.log.thinning import thin_out
from consent.tree.checkpoint import Checkpoint, signed, verified
from consent.tree.keys import Signer, VerifierKey
from consent.tree.merkle import Frontier, leaf_hash
from consent.tree.promise import endorsement

logger = logging.getLogger("consent")

MOST = 1024
"""Records in one transaction: about 10 ms during which nobody else can write to SQLite."""
PAUSE = 0.8
"""Seconds after a record came until it is put into the tree, at most; what comes meanwhile goes
with it."""
BREATH = 0.02
"""Seconds between two full batches, in which others get their turn."""

NO_KEYS = (
    "the keys of the proof log cannot be used: %s. Choices are recorded, but not put into the tree."
)

UNSIGNED = (
    "none of the keys of the proof log has signed what it holds; 'consent verify' tells whether it"
    " was changed. If another key has, name that one in log.keys, before the one that signs"
)


class Overtaken(Exception):
    """Another process has moved the head."""


class Sequencer:
    """The keys of one process, and what it does with them; without keys, nothing."""

    def __init__(self, keys: Callable[[], Sequence[Signer]] | None) -> None:
        """``keys``: all are the log's, the last signs; ``None`` for what is no site."""
        self._signers = _usable(keys or tuple)
        self.is_of_site = keys is not None
        """Is this to record choices, and not only to read them?"""
        self._signer: Signer | None = None
        self.is_open = False
        """Are head and key known to be stored?"""
        self._promised = Promised()

    @property
    def has_keys(self) -> bool:
        """Whether there is anything that it could do."""
        return bool(self._signers)

    async def open(self, connection: AsyncConnection) -> None:
        """Name the tree and make the key known, if nobody has: both before anything is signed.

        Raises:
            LogOfOtherKeys: nothing may be recorded: it could never come into the tree.
        """
        if self.is_open:
            return
        if self._signers:
            await self.begin(connection)
        elif self.is_of_site:
            await self.signer(connection)

    async def signer(self, connection: AsyncConnection) -> Signer | None:
        """The newest key that the log goes by already, to sign something else than the tree.

        It is none where nothing has been signed yet. Changes nothing.

        Raises:
            LogOfOtherKeys: it goes by others.
        """
        origin = await connection.scalar(select(head.c.origin)) or ""
        ours = [signer.under(origin) for signer in self._signers] if origin else ()
        known, _ = await recognised(connection, ours)
        return known

    def promise(self, body: bytes) -> bytes | None:
        """That a record will be in the tree."""
        signer = self._signer
        return self._promised.give(signer, leaf_hash(body)) if signer else None

    async def look(self, connection: AsyncConnection) -> Growth | None:
        """What the oldest records that are pending add to the tree; ``None`` where there is none.

        Only reads, and needs no lock: where the head has moved meanwhile, ``put`` does nothing.

        Raises:
            LogOfOtherKeys: what others promised is not for these keys to judge.
        """
        await self.signer(connection)
        before = (await connection.execute(select(head))).first()
        if before is None:
            return None
        growth = Growth(Frontier(before.size, before.frontier), before.origin)
        keys = await self._trusted(connection, before.origin)
        async for record_id, hash in self._due(connection, before, keys):
            growth.add(record_id, hash)
        return growth

    async def put(self, connection: AsyncConnection, growth: Growth) -> int:
        """Into the tree with it; how many they were.

        Raises:
            Overtaken: nothing may be committed.
        """
        if not growth.leaves:
            return 0
        moved = _move(growth.before.size, growth.frontier)
        if (await connection.execute(moved)).rowcount != 1:
            raise Overtaken
        # Only now: until the head is ours, another may thin out the checkpoint that is looked at.
        await _check_signed(
            connection, growth.before, await self._trusted(connection, growth.before.origin)
        )
        signer = self._under(growth.before.origin)
        await self._introduce(connection, signer)
        await _insert(connection, leaf, growth.leaves)
        await _insert(connection, tile, growth.tiles)
        at = Checkpoint(growth.before.origin, growth.frontier.size, growth.frontier.root)
        await _insert(connection, checkpoint, [{"size": at.size, "note": signed(at, signer)}])
        await thin_out(connection, growth.before.size, at.size, growth.leaves[-1]["record_id"])
        done = [row["record_id"] for row in growth.leaves]
        for start in range(0, len(done), MOST):
            await connection.execute(_no_longer_pending(done[start : start + MOST]))
        self._promised.done(row["hash"] for row in growth.leaves)
        return len(done)

    async def _trusted(self, connection: AsyncConnection, origin: str) -> Sequence[VerifierKey]:
        notes = [row.endorsement for row in await connection.execute(ENDORSEMENTS)]
        return trusted([signer.under(origin).key for signer in self._signers], notes)

    async def _due(
        self, connection: AsyncConnection, before: Row[Any], keys: Sequence[VerifierKey]
    ) -> AsyncIterator[tuple[str, bytes]]:
        """Ids and leaves of what is promised, the oldest first; before the first batch, of all."""
        taken, last, signer = 0, "", self._under(before.origin)
        while rows := (await connection.execute(oldest(last))).all():
            last = rows[-1].id
            for row in rows:
                hash = leaf_hash(row.body)
                is_older = row.promise is None and not before.size
                if is_older or self._promised.holds(row.id, row.promise, hash, signer, keys):
                    yield row.id, hash
                    taken += 1
                    if taken == MOST and before.size:
                        return

    async def begin(self, connection: AsyncConnection) -> None:
        """As ``open``, whatever is known."""
        while (row := (await connection.execute(select(head))).first()) is None:
            origin = self._signers[-1].key.name
            start = {"id": 1, "origin": origin, "size": 0, "frontier": b"", "minimum": 0}
            await _insert(connection, head, [start])
        await self._introduce(connection, self._under(row.origin))

    def _under(self, origin: str) -> Signer:
        """Whoever came first has named the tree; every signature is under that name."""
        if self._signer is None or self._signer.key.name != origin:
            self._signer = self._signers[-1].under(origin)
        return self._signer

    async def _introduce(self, connection: AsyncConnection, signer: Signer) -> None:
        ours = [each.under(signer.key.name) for each in self._signers]
        known, keys = await recognised(connection, ours)
        if (vkey := str(signer.key)) not in keys:
            note = endorsement(signer.key, known) if known else None
            await _insert(connection, key, [{"vkey": vkey, "endorsement": note}])


class Sequencing:
    """When it is done: soon after something was recorded; never while nothing happens."""

    def __init__(self, step: Callable[[], Awaitable[int]]) -> None:
        self._step = step
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._end = asyncio.Event()

    def wake(self) -> None:
        """Something may be pending."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def end(self) -> None:
        """What is pending stays so, for whoever comes next; a batch that is begun is ended."""
        self._end.set()

    async def _run(self) -> None:
        # At different times in different processes, which then find nothing left to do.
        while self._again and not await self._ended(random.uniform(PAUSE / 2, PAUSE)):  # noqa: S311
            self._again = False
            try:
                await self._until_none_is_left()
            except Overtaken:
                self._again = True
            except LogUnavailable as error:
                logger.warning("records wait to be put into the tree: %s", error)

    async def _until_none_is_left(self) -> None:
        while await self._step() >= MOST and not await self._ended(BREATH):
            pass

    async def _ended(self, pause: float) -> bool:
        end = asyncio.ensure_future(self._end.wait())
        await asyncio.wait({end}, timeout=pause)
        end.cancel()
        return self._end.is_set()


ENDORSEMENTS = select(key.c.endorsement).where(key.c.endorsement.is_not(None))
ANY_PENDING = select(pending.c.record_id).limit(1)


def oldest(after: str) -> Select[Any]:
    """Pending records by their ids, which begin with the time."""
    found = select(record.c.id, record.c.body, pending.c.promise).join(pending)
    return found.where(pending.c.record_id > after).order_by(pending.c.record_id).limit(MOST)


def _no_longer_pending(ids: Sequence[str]) -> Delete:
    return delete(pending).where(pending.c.record_id.in_(padded(ids)))


def _move(size: int, frontier: Frontier) -> Update:
    """Compare and swap."""
    moved = update(head).where(head.c.id == 1, head.c.size == size)
    return moved.values(size=frontier.size, frontier=bytes(frontier))


async def _check_signed(
    connection: AsyncConnection, before: Checkpoint, keys: Sequence[VerifierKey]
) -> None:
    """What was there before is what the log has signed; it is read from a database that others may
    have had their hands in.

    Raises:
        LogUnavailable: nothing may be signed on top of it.
    """
    if not before.size:
        return
    query = select(checkpoint.c.note).where(checkpoint.c.size == before.size)
    try:
        if verified(await connection.scalar(query) or "", before.origin, keys) != before:
            raise LogUnavailable(UNSIGNED)
    except NoteRefused as error:
        raise LogUnavailable(UNSIGNED) from error


async def _insert(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(table), rows)


def _usable(keys: Callable[[], Sequence[Signer]]) -> Sequence[Signer]:
    try:
        return keys()
    except (NoteRefused, ValueError) as error:
        logger.error(NO_KEYS, error)
        return ()
