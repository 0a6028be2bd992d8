"""The tables: what is in them, what is not, and how they come to be."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

from consent.errors import LogUnavailable
from consent.log import migrate
from consent.log.migrate import NEWEST, TOUCH, VERSION_TABLE, is_newest, upgrade
from consent.log.schema import metadata
from tests.log.examples import NOTICE, SCREEN, a_record, everything, patient

pytestmark = pytest.mark.anyio

COLUMNS = {
    "notice": ["hash", "content"],
    "screen": ["hash", "content"],
    "record": ["id", "idempotency_key", "body_hash", "notice", "body"],
    "subject": ["record_id", "subject", "seq", "salt"],
    "delivery": ["record_id", "hook", "attempts", "due_ms"],
    "attempt": ["record_id", "hook", "number", "at_ms", "error"],
    "held": ["day", "site", "host", "service", "outcome", "times"],
    "pending": ["record_id", "promise"],
    "leaf": ["idx", "record_id", "hash"],
    "tile": ["level", "idx", "hash"],
    "head": ["id", "origin", "size", "frontier", "minimum"],
    "checkpoint": ["size", "note"],
    "key": ["vkey", "endorsement"],
    "witness": ["size", "kind", "name", "content"],
    "hold": ["subject", "reason", "until"],
    "trial": ["record_id"],
    "request": ["received", "answered", "kind", "outcome", "times"],
    "farewell": ["id", "hook", "subject", "seq", "record_id", "attempts", "due_ms"],
    "pruning": ["first", "note"],
    VERSION_TABLE: ["version_num"],
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path}/sync.db")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_no_address_no_browser_no_page_is_ever_stored(connection: Connection) -> None:
    """EU-30: every column is named here, so that a new one is a decision, not an accident."""
    upgrade(connection)
    found = inspect(connection)
    tables = {table: [c["name"] for c in found.get_columns(table)] for table in COLUMNS}
    assert tables == COLUMNS
    assert set(found.get_table_names()) == set(COLUMNS)


def test_the_migrations_make_the_tables_that_the_code_uses(connection: Connection) -> None:
    upgrade(connection)
    options = {"version_table": VERSION_TABLE, "compare_type": True}
    context = MigrationContext.configure(connection, opts=options)
    assert compare_metadata(context, metadata) == []


def test_the_constraints_are_named_as_the_code_names_them(connection: Connection) -> None:
    upgrade(connection)
    found = inspect(connection)
    for table in metadata.sorted_tables:
        unique = {named["name"] for named in found.get_unique_constraints(table.name)}
        foreign = {named["name"] for named in found.get_foreign_keys(table.name)}
        primary = {found.get_pk_constraint(table.name)["name"]}
        assert unique | foreign | primary == {str(c.name) for c in table.constraints}


def test_an_empty_database_is_brought_to_the_newest_revision(connection: Connection) -> None:
    assert not is_newest(connection)
    upgrade(connection)
    assert is_newest(connection)


def test_upgrading_again_changes_nothing(connection: Connection) -> None:
    upgrade(connection)
    before = inspect(connection).get_table_names()
    upgrade(connection)
    assert inspect(connection).get_table_names() == before


def test_the_newest_revision_is_the_last_one_shipped() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


async def test_a_database_of_a_later_release_is_left_alone(url: str, tmp_path: Path) -> None:
    log = patient(url)
    await log.append(a_record(), NOTICE)
    await log.close()
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database, database:
        database.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(LogUnavailable):
        await log.append(a_record(), NOTICE)
    await log.close()


async def test_rows_of_the_first_form_are_read_as_they_were(url: str, tmp_path: Path) -> None:
    """The state that every later revision starts from, row by row as SQL."""
    log = patient(url)
    record = await log.append(a_record(idempotency_key="k", body_hash="a" * 64), NOTICE)
    await log.close()
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database:
        dump = "\n".join(database.iterdump())
    with closing(sqlite3.connect(tmp_path / "again.db")) as database:
        database.executescript(dump)
    again = patient(f"sqlite:///{tmp_path}/again.db")
    assert await everything(again) == [record]
    assert await again.append(a_record(idempotency_key="k", body_hash="a" * 64), NOTICE) == record
    await again.close()


def test_no_statement_of_the_package_changes_or_deletes() -> None:
    """EU-31: a correction is a new record. What erases (GDPR 17) and prunes is named here.

    A checkpoint that another has followed shows nothing that this one does not (thinning.py).
    """
    folder = Path(migrate.__file__).parent
    for file in {*folder.rglob("*.py")} - {folder / "rights.py", folder / "pruning.py"}:
        text = file.read_text().replace(TOUCH.text, "")
        text = re.sub(
            r"update\((delivery|head)\)|delete\((pending|checkpoint)\)"
            r"|(update|delete)\(farewell\)|update\(request\)",
            "",
            text,
        )
        assert not re.search(r"\b(update|delete)\(|UPDATE |DELETE ", text), file


CHANGING = [("delivery", "UPDATE"), ("head", "UPDATE"), ("held", "UPDATE"), ("pending", "DELETE")]
"""Lists of what is to be done, how far it has come, and counts: no proof of anything."""
TRAPS = [
    f"CREATE TRIGGER {event}_{table} BEFORE {event} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'insert only'); END"
    for table in metadata.tables
    for event in ("UPDATE", "DELETE")
    if (table, event) not in CHANGING
]


async def test_nothing_that_is_stored_is_ever_changed(url: str, tmp_path: Path) -> None:
    """Every kind of call, over tables that let nothing but inserts pass."""
    log = patient(url)
    await log.append(a_record(), NOTICE)
    with closing(sqlite3.connect(tmp_path / "consent.db")) as database, database:
        for trap in TRAPS:
            database.execute(trap)
    first = await log.append(a_record(idempotency_key="k"), NOTICE)
    assert await log.append(a_record(idempotency_key="k"), NOTICE) == first
    await log.keep_screen(SCREEN)
    await log.keep_screen(SCREEN)
    await log.newer("")
    await log.outbox.append(a_record(), NOTICE, ["crm"])
    (told,) = await log.outbox.claim(["crm"], lease=60, most=1)
    await log.outbox.settle(told, error=None, again_in=None)
    await log.close()
    assert len(await everything(log)) == 3
    await log.close()
