"""Each step of a write failing before and after it took effect; then all is read again."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.event import listen
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.errors import LogUnavailable
from consent.log import store
from consent.log.engine import open_engine
from consent.tree.merkle import TILE_HEIGHT
from tests.log.checked import holds, keys, sequence
from tests.log.examples import NOTICE, a_notice, a_record, patient
from tests.log.inspection import verified

pytestmark = pytest.mark.anyio

TABLES = ["notice", "record", "subject", "pending"]
STEPS = ["BEGIN IMMEDIATE", *(f"INSERT INTO {table}" for table in TABLES)]
NINE = datetime(2026, 3, 29, 9, tzinfo=UTC)
OTHER = a_notice(b'{"texts":{"fr":"Bonsoir"}}')


class Fault:
    """Breaks one step of the writes to come; each time it does, once less."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.step = ""
        self.times = 0
        self.error: Exception = sqlite3.OperationalError("disk I/O error")
        monkeypatch.setattr(store, "open_engine", self._open)

    def arm(self, moment: str, step: str, *, times: int = 1) -> None:
        self.step, self.times = f"{moment} {step}", times

    def _open(self, *args: Any, **options: Any) -> AsyncEngine:
        engine = open_engine(*args, **options)
        listen(engine.sync_engine, "before_cursor_execute", self._before)
        listen(engine.sync_engine, "after_cursor_execute", self._after)
        self._commit = engine.dialect.do_commit
        engine.dialect.do_commit = self._do_commit  # type: ignore[method-assign,assignment]
        return engine

    def _before(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        self._perhaps(f"before {statement}")

    def _after(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        self._perhaps(f"after {statement}")

    def _do_commit(self, connection: Any) -> None:
        self._perhaps("before COMMIT")
        self._commit(connection)
        self._perhaps("after COMMIT")

    def _perhaps(self, reached: str) -> None:
        if self.times and reached.startswith(self.step):
            self.times -= 1
            raise self.error


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Fault:
    return Fault(monkeypatch)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", [*STEPS, "COMMIT"])
@pytest.mark.usefixtures("never")
async def test_a_fault_leaves_all_or_nothing_and_the_next_try_settles_it(
    fault: Fault, url: str, tmp_path: Path, step: str, moment: str
) -> None:
    log = patient(url, keys=keys)
    before = await log.append(a_record(), NOTICE)
    fault.arm(moment, step)
    with pytest.raises(LogUnavailable):
        await log.append(a_record(notice=OTHER.hash, idempotency_key="k"), OTHER)
    assert fault.times == 0
    persisted = (moment, step) == ("after", "COMMIT")
    assert len(verified(tmp_path / "consent.db")) == (2 if persisted else 1)
    after = await log.append(a_record(notice=OTHER.hash, idempotency_key="k"), OTHER)
    await log.close()
    assert [row.id for row in verified(tmp_path / "consent.db")] == [before.id, after.id]
    await holds(url, size=0, pending=2)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["INSERT INTO head", 'INSERT INTO "key"', "COMMIT"])
@pytest.mark.usefixtures("never")
async def test_a_fault_while_the_tree_is_begun_leaves_all_or_nothing(
    fault: Fault, url: str, step: str, moment: str
) -> None:
    log = patient(url, keys=keys)
    await log.proofs.origin()
    fault.arm(moment, step)
    with pytest.raises(LogUnavailable):
        await log.append(a_record(idempotency_key="k"), NOTICE)
    assert fault.times == 0
    await log.append(a_record(idempotency_key="k"), NOTICE)
    await log.close()
    await holds(url, size=0, pending=1)


TILE = 1 << TILE_HEIGHT
TREE = ["UPDATE head", "INSERT INTO leaf", "INSERT INTO tile", "INSERT INTO checkpoint"]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["BEGIN IMMEDIATE", *TREE, "DELETE FROM pending", "COMMIT"])
@pytest.mark.usefixtures("never")
async def test_a_fault_while_the_tree_grows_leaves_all_or_nothing(
    fault: Fault, url: str, step: str, moment: str
) -> None:
    """Then the process is started again, and all is in the tree, once."""
    log = patient(url, keys=keys)
    await asyncio.gather(*(log.append(a_record(), NOTICE) for _ in range(TILE)))
    fault.arm(moment, step)
    with pytest.raises(LogUnavailable):
        await sequence(log)
    await log.close()
    assert fault.times == 0
    persisted = (moment, step) == ("after", "COMMIT")
    await holds(url, size=TILE if persisted else 0, pending=0 if persisted else TILE)
    again = patient(url, keys=keys)
    await again.append(a_record(), NOTICE)
    await sequence(again)
    await again.close()
    await holds(url, size=TILE + 1)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["INSERT INTO checkpoint", "DELETE FROM checkpoint", "COMMIT"])
@pytest.mark.usefixtures("never")
async def test_a_fault_while_checkpoints_are_thinned_out_leaves_the_old_or_the_new(
    fault: Fault, url: str, step: str, moment: str
) -> None:
    log = patient(url, keys=keys)
    await log.append(a_record(made_at=NINE), NOTICE)
    await sequence(log)
    await log.append(a_record(made_at=NINE), NOTICE)
    fault.arm(moment, step)
    with pytest.raises(LogUnavailable):
        await sequence(log)
    await log.close()
    assert fault.times == 0
    persisted = (moment, step) == ("after", "COMMIT")
    report = await holds(url, size=2 if persisted else 1, pending=0 if persisted else 1)
    assert report.counts["checkpoints"] == 1
    again = patient(url, keys=keys)
    await again.append(a_record(made_at=NINE), NOTICE)
    await sequence(again)
    await again.close()
    assert (await holds(url, size=3)).counts["checkpoints"] == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["CREATE TABLE record", "INSERT INTO consent_schema", "COMMIT"])
async def test_a_fault_while_the_tables_are_made_leaves_none_or_all(
    fault: Fault, url: str, tmp_path: Path, step: str, moment: str
) -> None:
    log = patient(url)
    fault.arm(moment, f"\n{step}" if step.startswith("CREATE") else step)
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    assert fault.times == 0
    kept = await log.append(a_record(), NOTICE)
    await log.close()
    assert [row.id for row in verified(tmp_path / "consent.db")] == [kept.id]


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT])
@pytest.mark.parametrize("step", ["BEGIN IMMEDIATE", "COMMIT"])
async def test_a_busy_database_is_tried_again(
    fault: Fault, url: str, tmp_path: Path, step: str, code: int
) -> None:
    log = patient(url)
    await log.append(a_record(), NOTICE)
    fault.error.sqlite_errorcode = code  # type: ignore[attr-defined]
    fault.arm("before", step, times=5)
    await log.append(a_record(), NOTICE)
    assert fault.times == 0
    await log.close()
    assert len(verified(tmp_path / "consent.db")) == 2


async def test_a_notice_archived_by_another_process_meanwhile_is_no_obstacle(
    fault: Fault, url: str, tmp_path: Path
) -> None:
    log = patient(url)
    await log.append(a_record(), NOTICE)
    fault.error = sqlite3.IntegrityError("UNIQUE constraint failed: notice.hash")
    fault.arm("before", "INSERT INTO notice")
    await log.append(a_record(notice=OTHER.hash), OTHER)
    await log.close()
    assert len(verified(tmp_path / "consent.db")) == 2
