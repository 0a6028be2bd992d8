"""Who may go on with a log: whoever has a key that it knows, or one that such a key endorses.

A log is begun under one key. Whoever came with another and made that known beside it would have the
log say of two keys that each was the first, and nobody could verify it any more who had not known
one of them from before. So a stranger signs nothing, neither promise nor checkpoint, and finds the
log unavailable: what is chosen meanwhile is answered as if it could not be reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.errors import LogOfOtherKeys, NoteRefused
from consent.log.promised import trusted
from consent.log.schema import checkpoint, key
from consent.tree import note as notes
from consent.tree.keys import Signer, VerifierKey

NEWEST = select(checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)


def known_signer(
    signers: Sequence[Signer], keys: Mapping[str, str | None], newest: str | None
) -> Signer | None:
    """The newest of these signers that a log goes by; none where it has no key yet.

    Args:
        signers: of this process, under the name of the log.
        keys: of the log, each with its endorsement.
        newest: its newest checkpoint.

    Raises:
        LogOfOtherKeys: it has keys, and they are others.
    """
    families = _families(keys, newest)
    for signer in reversed(signers):
        if any(signer.key in family for family in families):
            return signer
    if keys:
        begun = [family[0].short for family in families]
        raise LogOfOtherKeys(begun, [signer.key.short for signer in signers])
    return None


async def recognised(
    connection: AsyncConnection, signers: Sequence[Signer]
) -> tuple[Signer | None, Mapping[str, str | None]]:
    """The same of the log in a database, and the keys of that.

    Raises:
        LogOfOtherKeys: as before.
    """
    keys = {row.vkey: row.endorsement for row in await connection.execute(select(key))}
    several = [*keys.values()].count(None) > 1
    newest = await connection.scalar(NEWEST) if several else None
    return known_signer(signers, keys, newest), keys


def _families(keys: Mapping[str, str | None], newest: str | None) -> list[list[VerifierKey]]:
    """Each first key with those that it endorsed, by way of others too.

    There is one. Of several, which is what releases before this check made of a log, that one holds
    that has signed the newest checkpoint: the others cannot continue it.
    """
    families = []
    for vkey, endorsement in keys.items():
        with suppress(NoteRefused):
            if endorsement is None:
                notes_of = [note for note in keys.values() if note is not None]
                families.append(trusted([VerifierKey.parse(vkey)], notes_of))
    return [family for family in families if _signed(newest, family)] or families


def _signed(note: str | None, keys: Sequence[VerifierKey]) -> bool:
    with suppress(NoteRefused):
        notes.parse(note or "").signers(keys)
        return True
    return False
