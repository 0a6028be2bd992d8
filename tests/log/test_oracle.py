"""Who has the database and not the key does not get the log itself to sign what he put there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consent.errors import LogUnavailable
from consent.log.sql import SqlLog
from consent.tree.keys import Signer
from consent.tree.merkle import Frontier, leaf_hash
from tests.log.checked import KEY, ORIGIN, holds, keys, report_on, sequence
from tests.log.examples import NOTICE, a_record, patient

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("never")]
LATER = datetime.now(UTC) + timedelta(days=9000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "consent.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@contextmanager
def hand_in(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        with database:
            yield database


async def grown(url: str, number: int, *signers: Signer) -> SqlLog:
    log = patient(url, keys=lambda: signers or keys())
    for _ in range(number):
        await log.append(a_record(), NOTICE)
    await sequence(log)
    return log


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Another history, whole in itself but for what only the key can make."""
    with hand_in(path) as database:
        rows = database.execute(
            "SELECT l.idx, r.id, r.body FROM leaf l JOIN record r ON r.id = l.record_id ORDER BY 1"
        ).fetchall()
        frontier = Frontier()
        for index, name, body in rows:
            changed = body.replace(old, new)
            leaf = leaf_hash(changed)
            frontier.append(leaf)
            database.execute("UPDATE record SET body = ? WHERE id = ?", (changed, name))
            database.execute("UPDATE leaf SET hash = ? WHERE idx = ?", (leaf, index))
        database.execute("UPDATE head SET frontier = ?", (bytes(frontier),))


async def test_what_was_rewritten_is_not_covered_by_the_next_signature(
    url: str, path: Path
) -> None:
    log = await grown(url, 5)
    rewrite(path, b'"language":"fr"', b'"language":"en"')
    await log.append(a_record(), NOTICE)
    with pytest.raises(LogUnavailable, match="none of the keys"):
        await sequence(log)
    await log.close()
    assert not report_on(url, KEY).holds


async def test_nor_where_the_signature_that_contradicts_it_was_taken_out(
    url: str, path: Path
) -> None:
    log = await grown(url, 5)
    rewrite(path, b'"language":"fr"', b'"language":"en"')
    with hand_in(path) as database:
        database.execute("DELETE FROM checkpoint")
    await log.append(a_record(), NOTICE)
    with pytest.raises(LogUnavailable, match="none of the keys"):
        await sequence(log)
    await log.close()


async def test_what_a_key_before_has_signed_is_built_upon(url: str) -> None:
    new = Signer(ORIGIN, bytes([1]) * 32)
    await (await grown(url, 3)).close()
    await (await grown(url, 3, KEY, new)).close()
    # A process that knows the first key alone finds the other endorsed by it.
    await (await grown(url, 3)).close()
    await holds(url, size=9)


async def test_a_young_record_under_an_older_id_is_not_pruned(url: str, path: Path) -> None:
    log = await grown(url, 3)
    with hand_in(path) as database:
        (name,) = database.execute("SELECT record_id FROM leaf WHERE idx = 0").fetchone()
        old = "00000000-0000-7000-8000-000000000000"
        for table, column in (("leaf", "record_id"), ("record", "id"), ("subject", "record_id")):
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (old, name))
    with pytest.raises(LogUnavailable, match="was changed"):
        async for _ in log.pruner(before=datetime.now(UTC) - timedelta(days=1)).prune():
            pass
    await log.close()


async def test_nor_one_whose_bytes_were_made_older(url: str, path: Path) -> None:
    log = await grown(url, 3)
    with hand_in(path) as database:
        (name,) = database.execute("SELECT record_id FROM leaf WHERE idx = 0").fetchone()
        database.execute(
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), '\"fr\"', '\"en\"') AS BLOB)"
            " WHERE id = ?",
            (name,),
        )
    with pytest.raises(LogUnavailable, match="was changed"):
        async for _ in log.pruner(before=LATER).prune():
            pass
    await log.close()
