"""A log on PostgreSQL is verified as one in a file is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing

import asyncpg  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner

from consent.cli import main
from consent.errors import LogUnreadable
from consent.log import sequencer
from consent.verify.opening import open_url
from consent.verify.report import Code
from tests.log.checked import KEY, keys, report_on, sequence
from tests.log.examples import NOTICE, a_record, patient
from tests.log.postgresql import Server


async def fill(url: str) -> None:
    log = patient(url, keys=keys)
    await asyncio.gather(*(log.append(a_record(), NOTICE) for _ in range(20)))
    await sequence(log)
    await log.append(a_record(), NOTICE)
    await log.close()


def execute(url: str, *statements: str) -> None:
    async def executed() -> None:
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(executed())


@pytest.fixture(scope="module")
def written(server: Server) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequencer, "PAUSE", 10_000)
        url = server.database()
        asyncio.run(fill(url))
    yield url


@pytest.fixture
def url(server: Server, written: str) -> str:
    """A copy for each test."""
    url = server.database()
    place, _, name = url.rpartition("/")
    execute(
        f"{place}/postgres",
        f"DROP DATABASE {name}",
        f"CREATE DATABASE {name} TEMPLATE {written.rpartition('/')[2]}",
    )
    return url


def test_a_log_that_was_not_touched_holds(url: str) -> None:
    result = CliRunner().invoke(main, ["verify", "--log", url, "--key", str(KEY.key)])
    assert (result.exit_code, result.stderr) == (0, "")
    assert "21 records" in result.stdout


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE record SET body = set_byte(body, 20, 0)", Code.LEAF),
        ("DELETE FROM leaf WHERE idx = 19", Code.ROLLED_BACK),
        ("UPDATE subject SET seq = seq + 1", Code.COMMITMENT),
        ("UPDATE pending SET promise = NULL", Code.UNPROMISED),
        ("DELETE FROM pending", Code.STRAY),
        ("UPDATE head SET size = 19", Code.HEAD),
    ],
)
def test_tampering_is_found(url: str, change: str, found: Code) -> None:
    execute(url, change)
    assert found in report_on(url, KEY).found


def test_what_is_not_known_is_told(url: str) -> None:
    execute(
        url,
        "CREATE VIEW seen AS SELECT id FROM record",
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER quiet BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION nothing()",
    )
    report = report_on(url, KEY)
    assert {each.where for each in report.examples} == {"seen", "trigger quiet"}
    assert report.holds


def test_it_is_read_as_it_was_at_one_moment_and_cannot_be_written_through(url: str) -> None:
    with closing(open_url(url.replace("postgresql", "postgresql+asyncpg"))) as database:
        assert "leaf" in database.columns()
        execute(url, "DELETE FROM leaf")
        assert list(database.rows("SELECT COUNT(*) FROM leaf")) == [(20,)]
        with pytest.raises(LogUnreadable, match="read-only"):
            list(database.rows("DELETE FROM record RETURNING id"))
