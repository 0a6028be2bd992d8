"""A log that the writer made: nothing in it can be changed unseen, whichever column it is in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from consent.log import sequencer
from consent.log.migrate import VERSION_TABLE
from consent.log.schema import metadata
from consent.log.sql import SqlLog
from consent.tree.keys import Signer
from consent.verify.report import Code
from consent.verify.tables import PROOF, WORK
from tests.log.checked import KEY, ORIGIN, sequence
from tests.log.examples import NOTICE, SCREEN, a_record, patient
from tests.verify.built import changing
from tests.verify.found import report_on

COLUMNS = [(table, column) for table, columns in PROOF.items() for column in columns]
UNVOUCHED = {("witness", "kind"), ("witness", "name")}
"""Where an answer came from is nothing that the answer says; what it says is compared."""
NEXT = Signer(ORIGIN, bytes([1]) * 32)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
LONG_AGO = YESTERDAY - timedelta(days=1)
EARLIER = datetime.now(UTC) - timedelta(hours=2)
"""Another hour: of one, the last checkpoint is kept."""


async def fill(url: str) -> None:
    """Enough for a tile, the last few not yet in the tree; then another key signs."""
    log = await append(url, [KEY], 3, made_at=LONG_AGO)
    await sequence(log)
    assert [done.number async for done in log.pruner(before=YESTERDAY).prune()] == [3]
    await log.close()
    log = await append(url, [KEY], 277, made_at=EARLIER)
    await sequence(log)
    await log.close()
    log = await append(url, [KEY, NEXT], 20)
    await sequence(log)
    await log.close()
    await (await append(url, [KEY, NEXT], 5)).close()


async def append(url: str, keys: Sequence[Signer], number: int, **changes: Any) -> SqlLog:
    log = patient(url, keys=lambda: keys)
    await log.keep_screen(SCREEN)
    records = [
        a_record(screen=SCREEN.hash, idempotency_key=str(uuid4()), body_hash="0" * 64, **changes)
        for _ in range(number)
    ]
    await asyncio.gather(*(log.append(record, NOTICE) for record in records))
    return log


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of such a log, closed."""
    path = tmp_path_factory.mktemp("log") / "consent.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequencer, "PAUSE", 10_000)
        asyncio.run(fill(f"sqlite:///{path}"))
    with changing(path) as database:
        database.execute(
            "INSERT INTO witness SELECT size, 'directory', '/mnt', CAST(note AS BLOB)"
            " FROM checkpoint"
        )
    return path.read_bytes()


@pytest.fixture
def log(tmp_path: Path, written: bytes) -> Path:
    path = tmp_path / "consent.db"
    path.write_bytes(written)
    return path


def other(value: object) -> object:
    """Something else of the same type, as close as can be."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    text = str(value)
    return text[:-1] + ("1" if text[-1] == "0" else "0")


def test_the_log_as_it_was_written_holds(log: Path) -> None:
    report = report_on(log)
    assert (report.holds, report.found) == (True, {})
    counted = {
        "records": 302,
        "pending": 5,
        "pruned": 3,
        "prunings": 1,
        "checkpoints": 3,
        "keys": 2,
        "tiles": 1,
        "screens": 1,
    }
    assert counted.items() <= report.counts.items()


def test_every_table_and_column_of_the_log_is_known() -> None:
    known = {table: set(columns) for table, columns in {**PROOF, **WORK}.items()}
    tables = {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
    assert known == {**tables, VERSION_TABLE: {"version_num"}}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_another_value_in_any_column_is_found(log: Path, table: str, column: str) -> None:
    rows = f"FROM {table} WHERE {column} IS NOT NULL ORDER BY rowid DESC LIMIT 1"
    with changing(log) as database:
        ((row, value),) = database.execute(f"SELECT rowid, {column} {rows}").fetchall()
        changed = (other(value), row)
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", changed)
    assert report_on(log).holds is ((table, column) in UNVOUCHED)


@pytest.mark.parametrize("table", sorted(PROOF))
@pytest.mark.parametrize("order", ["rowid", "rowid DESC"], ids=["first", "last"])
def test_a_row_that_is_gone_is_found(log: Path, table: str, order: str) -> None:
    with changing(log) as database:
        database.execute(
            f"DELETE FROM {table} WHERE rowid ="
            f" (SELECT rowid FROM {table} ORDER BY {order} LIMIT 1)"
        )
    # An erased subject, older checkpoints and what witnesses said may go.
    lawful = table in ("subject", "witness") or (table, order) == ("checkpoint", "rowid")
    assert report_on(log).holds is lawful


@pytest.mark.parametrize("table", sorted(PROOF))
def test_a_row_that_is_there_twice_is_found(log: Path, table: str) -> None:
    """Whatever the constraints of the file say: they are part of what can be changed."""
    with changing(log) as database:
        database.execute(f"CREATE TABLE copy AS SELECT * FROM {table}")
        database.execute(f"DROP TABLE {table}")
        database.execute(f"ALTER TABLE copy RENAME TO {table}")
        database.execute(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1")
        # The queries go by these where the constraints are gone.
        database.execute("CREATE INDEX IF NOT EXISTS quick ON record (id)")
    report = report_on(log)
    assert not report.holds
    assert report.found.keys() & {Code.DUPLICATE, Code.HEAD, Code.CHECKPOINT, Code.TILE, Code.INDEX}
