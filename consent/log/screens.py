"""What visitors saw and ran, kept once per hash, so that it can be shown again (law.md EU-10)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.log.schema import screen
from consent.model import Screen


@runtime_checkable
class Screens(Protocol):
    """What a log that also keeps screens promises; ``ProofLog`` does not ask for it."""

    async def keep_screen(self, shown: Screen) -> None:
        """Return once it is durable; a record names it only after that.

        Raises:
            LogUnavailable: it was not kept, or that is not known.
            ValueError: it is not what its hash says.
        """
        ...

    async def screen(self, digest: str) -> Screen | None:
        """The screen, or the scripts, with this hash, if a record ever named it.

        Raises:
            LogUnavailable: the log cannot be read now.
        """
        ...


def check_screen(shown: Screen) -> None:
    """One that is not what its hash says would prove nothing."""
    if sha256(shown.content).hexdigest() != shown.hash:
        raise ValueError("the screen's hash is not that of its content")


def kept(digest: str) -> Select[Any]:
    """The screen with this hash."""
    return select(screen.c.content).where(screen.c.hash == digest)


async def keep(connection: AsyncConnection, shown: Screen) -> None:
    """In a transaction that is repeated where another process was faster."""
    if (await connection.execute(kept(shown.hash))).first() is None:
        await connection.execute(screen.insert().values(hash=shown.hash, content=shown.content))
