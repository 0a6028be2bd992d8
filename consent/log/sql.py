"""The proof log in a database: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select

from consent.config import ConsentConfig
from consent.errors import LogUnavailable
from consent.log.admission import check_notice
from consent.log.batch import Deliveries
from consent.log.engine import is_sqlite, parse
from consent.log.held import Held, read
from consent.log.held import since as held_since
from consent.log.home import Home
from consent.log.outbox import SqlOutbox
from consent.log.proofs import SqlProofs
from consent.log.pruning import Pruner
from consent.log.rights import SqlRights
from consent.log.rounds import Rounds
from consent.log.rows import (
    RECENT,
    SIZE,
    archived,
    not_sequenced,
    page_of_all,
    page_of_one,
    record_from,
    sequenced,
)
from consent.log.screens import check_screen, keep, kept
from consent.log.sequencer import Sequencer
from consent.log.snapshot import Snapshot, opened
from consent.log.store import Store
from consent.model import Notice, Screen
from consent.record import Record
from consent.tree.keys import Signer
from consent.tree.signers import signers
from consent.witness import Witness
from consent.witness.configured import witnesses

T = TypeVar("T")

DEADLINE = 2.0
"""Seconds after which an answer is refused; the visitor is waiting."""


def _now() -> datetime:
    return datetime.now(UTC)


class SqlLog:
    """Keeps what ``ProofLog`` promises, durably; see there.

    Opens nothing before the first call. It may be called from any event loop, also after a fork.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://…``.
        deadline: seconds after which any call raises ``LogUnavailable``.
        keys: makes what the tree is signed with: all are the log's, the last signs. Called once a
            process; without keys, or where they cannot be made, nothing is signed, and records
            wait to be put into the tree. A log that was begun with other keys, or with any where
            here are none, takes no records; ``None``, of what is no site, is not asked for any.
        witnesses: who is shown the tree every hour while it grows.
        clock: the time, in UTC; decides when hooks are told again.

    Raises:
        ConfigError: E030, the URL is of no database that can keep a proof.
    """

    def __init__(
        self,
        url: str,
        *,
        keys: Callable[[], Sequence[Signer]] | None = None,
        witnesses: Sequence[Witness] = (),
        deadline: float = DEADLINE,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._url = parse(url)
        self._keys = keys
        self._witnesses = witnesses
        self._deadline = deadline
        self._clock = clock
        # By process: what was opened before a fork is neither usable nor safe to close after it.
        self._homes: dict[int, Home] = {}
        weakref.finalize(self, _leave, self._homes, wait=False).atexit = False
        _OPEN.add(self)

    @classmethod
    def of(cls, config: ConsentConfig, *, deadline: float = DEADLINE) -> SqlLog:
        """The log of a site, with its keys and its witnesses.

        Raises:
            ConfigError: E030 or E033, what only shows when the log is about to be used.
        """
        keys = partial(signers, config)
        return cls(config.log.url, keys=keys, witnesses=witnesses(config), deadline=deadline)

    @property
    def outbox(self) -> SqlOutbox:
        """What is still to be told to the site's hooks."""
        return SqlOutbox(self._run, self._append, self._clock)

    @property
    def proofs(self) -> SqlProofs:
        """What can be shown of the tree."""
        return SqlProofs(self._run)

    @property
    def file(self) -> str | None:
        """Where it is kept, if that is one file."""
        return self._url.database if is_sqlite(self._url) else None

    @property
    def rights(self) -> SqlRights:
        """Holds, and what was erased."""
        return SqlRights(self._run, self._clock)

    def pruner(
        self, *, before: datetime, kept: tuple[int, int] | None = None, forms: bool = False
    ) -> Pruner:
        """Takes away what is older, and signs that it did; see there."""
        sequencer = Sequencer(self._keys)
        now = self._clock()
        return Pruner(self._run, sequencer, before=before, now=now, kept=kept, forms=forms)

    async def erase(self, subject: UUID) -> int:
        """See ``Erasable``."""
        return await self.rights.erase(subject)

    async def given_access(self) -> None:
        """See ``Accountable``."""
        await self.rights.given_access()

    async def append(self, record: Record, notice: Notice) -> Record:
        """Return once record and notice are on the disk."""
        return await self._append(record, notice)

    async def read(self, *, subject: UUID | None = None) -> AsyncIterator[Record]:
        """In pages, each its own transaction: a slow reader holds up nobody."""
        position: Record | None = None
        while rows := await self._fetch(_page(subject, position)):
            for row in rows:
                position = record_from(row)
                yield position

    async def newer(self, cursor: str) -> tuple[str, dict[UUID, int]]:
        """The cursor is the size of the tree; what is not in the tree is told every time.

        In this order: a record that is put into the tree between two of the questions is found by
        both or by the second, never by none.
        """
        found = [*await self._fetch(not_sequenced())]
        if found:
            self._home().look()
        size = next((row.size for row in await self._fetch(SIZE)), 0)
        if not cursor:
            self._home().try_out()
        # A cursor beyond the end is that of a database which has since been restored.
        known = cursor and int(cursor) <= size
        found += await self._fetch(sequenced(int(cursor) if known else size - RECENT))
        newest: dict[UUID, int] = {}
        for row in found:
            subject = UUID(row.subject)
            newest[subject] = max(row.seq, newest.get(subject, 0))
        return str(size), newest

    async def try_out(self) -> None:
        """Whether anything can be recorded, found out without recording anything.

        Raises:
            LogUnwritable: it can be read at most.
            LogOfOtherKeys: these keys are not those that it was begun with.
            LogUnavailable: it cannot be used now.
        """
        await self._run(lambda store: store.try_out())

    async def notice(self, digest: str) -> Notice | None:
        """The texts behind a record's ``notice``."""
        rows = await self._fetch(archived(digest))
        return Notice(digest, rows[0].content) if rows else None

    async def keep_screen(self, shown: Screen) -> None:
        """See ``Screens``: once per hash, whoever comes first."""
        check_screen(shown)
        await self._run(lambda store: store.write(lambda at: keep(at, shown)))

    async def screen(self, digest: str) -> Screen | None:
        """The screen, or the scripts, that a record names."""
        rows = await self._fetch(kept(digest))
        return Screen(digest, rows[0].content) if rows else None

    async def count_held(self, times: Mapping[Held, int]) -> None:
        """See ``HeldCounts``; not a proof, so it may be lost."""
        await self._run(lambda store: store.count(times))

    async def held(self, *, since: date) -> dict[Held, int]:
        """See ``HeldCounts``."""
        return read(await self._fetch(held_since(since)))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Everything as it is at one moment, for as long as it takes to read it."""
        # Makes the tables, or brings them up to date.
        await self.proofs.origin()
        async with opened(self._url, deadline=self._deadline) as snapshot:
            yield snapshot

    async def close(self) -> None:
        """Closes every connection and ends the thread."""
        if home := self._homes.pop(os.getpid(), None):
            await asyncio.to_thread(home.leave, wait=True)

    async def _fetch(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return await self._run(lambda store: store.fetch(query))

    async def _append(self, record: Record, notice: Notice, deliveries: Deliveries = ()) -> Record:
        check_notice(record, notice)
        return await self._home().queue.append(record, notice, deliveries)

    def _home(self) -> Home:
        home = self._homes.get(os.getpid())
        return home or self._homes.setdefault(os.getpid(), self._make_home())

    async def _run(self, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        try:
            return await self._home().run(work)
        except TimeoutError as error:
            raise LogUnavailable(f"not done within {self._deadline} s") from error

    def _make_home(self) -> Home:
        sequencer = Sequencer(self._keys)
        store = Store(self._url, sequencer, deadline=self._deadline)
        rounds = Rounds(SqlProofs(lambda work: work(store)), self._witnesses)
        return Home(store, rounds, sequencer, self._deadline)


def _page(subject: UUID | None, last: Record | None) -> Select[Any]:
    if subject is None:
        return page_of_all(last.id if last else "")
    return page_of_one(subject, last.seq if last else 0)


_OPEN: weakref.WeakSet[SqlLog] = weakref.WeakSet()


def _leave(homes: dict[int, Home], *, wait: bool) -> None:
    """When a log is collected without ``close``, or the process ends.

    It may be collected in any thread, in one that it needs in order to end, too, and while that
    holds any lock: who waited there for the end would wait in vain.
    """
    if home := homes.pop(os.getpid(), None):
        home.leave(wait=wait)


@atexit.register
def _leave_all() -> None:
    """What is begun ends before the process does."""
    for log in list(_OPEN):
        _leave(log._homes, wait=True)
