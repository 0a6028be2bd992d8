"""A process that writes to the log: ``python -m tests.log.writer MODE URL ACKS``.

Each record that was acknowledged is named, in a line, in the file ACKS, by one write that cannot
be torn: what a killed writer leaves there is what it was promised.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from uuid import uuid4

from consent.errors import LogUnavailable
from consent.log.sql import SqlLog
from tests.log.checked import keys
from tests.log.examples import NOTICE, a_record, patient

FULL_AT = 1_000_000
"""Bytes that a file may have on the disk that is full."""


class Writer:
    """Appends and acknowledges."""

    def __init__(self, url: str, acks: str) -> None:
        self.log = patient(url, keys=keys)
        self.url = url
        self.acks = acks
        self._acks = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def append(self) -> None:
        record = await self.log.append(a_record(), NOTICE)
        os.write(self._acks, f"{record.id}\n".encode())

    async def insisting(self) -> None:
        while True:
            await self._insist(str(uuid4()))

    async def _insist(self, key: str) -> None:
        while True:
            try:
                record = await self.log.append(a_record(idempotency_key=key), NOTICE)
            except LogUnavailable:
                await asyncio.sleep(0.02)
            else:
                os.write(self._acks, f"{record.id}\n".encode())
                return

    async def forever(self) -> None:
        while True:
            await self.append()


async def fifty(writer: Writer) -> None:
    """Fifty at once, into tables that may not be there yet."""
    await asyncio.gather(*(writer.append() for _ in range(50)))


async def same(writer: Writer) -> None:
    """Five times the request that the other processes send as well."""
    sent = (a_record(idempotency_key="k", body_hash="a" * 64) for _ in range(5))
    stored = await asyncio.gather(*(writer.log.append(record, NOTICE) for record in sent))
    sys.stdout.write(" ".join({record.id for record in stored}))


async def forever(writer: Writer) -> None:
    """Until killed."""
    await asyncio.gather(*(writer.forever() for _ in range(8)))


async def stubborn(writer: Writer) -> None:
    """Until killed; what is refused is sent again under its key until it is acknowledged."""
    writer.log = SqlLog(writer.url, keys=keys, deadline=0.5)
    await asyncio.gather(*(writer.insisting() for _ in range(8)))


async def five(writer: Writer) -> None:
    """One after the other, without keys: the tree grows by transactions of its own."""
    writer.log = patient(writer.url)
    for _ in range(5):
        await writer.append()


async def hasty(writer: Writer) -> None:
    """One whose answer is not awaited; the log is not closed."""
    sending = asyncio.ensure_future(writer.append())
    await asyncio.sleep(0)
    assert not sending.done()


async def full(writer: Writer) -> None:
    """Until the disk is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_AT, FULL_AT))
    try:
        await writer.forever()
    except LogUnavailable as error:
        sys.stdout.write(str(error))


async def nobody(writer: Writer) -> None:
    """As a user that may read the file but not write it, nor load code any more."""
    rehearsal = patient(f"sqlite:///{writer.acks}.rehearsal")
    await rehearsal.append(a_record(), NOTICE)
    await rehearsal.close()
    if os.geteuid() == 0:
        os.setuid(65534)
    try:
        await writer.append()
    except LogUnavailable as error:
        sys.stdout.write(str(error))


def forked(writer: Writer) -> None:
    """Before, in and after a child process, with the parent's log still open."""
    asyncio.run(writer.append())
    if (child := os.fork()) == 0:
        asyncio.run(writer.append())
        os._exit(0)
    os.waitpid(child, 0)
    asyncio.run(writer.append())


MODES = {
    mode.__name__: mode for mode in (fifty, same, forever, stubborn, five, hasty, full, nobody)
}

if __name__ == "__main__":
    name, url, acks = sys.argv[1:]
    writer = Writer(url, acks)
    if name == "forked":
        forked(writer)
    else:
        asyncio.run(MODES[name](writer))
