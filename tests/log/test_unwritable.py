"""A log that may be read and not be written says so by a code, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from consent.cli import main
from consent.errors import Code, LogUnavailable, LogUnwritable
from consent.log.store import Store
from tests.log.checked import keys
from tests.log.examples import NOTICE, a_record, everything, patient
from tests.log.postgresql import Server
from tests.log.sealed import seal

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("never")]


@pytest.fixture(params=["a file", "a server that is read-only", "a role without rights"])
async def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a log with one record."""
    if request.param == "a file":
        url = f"sqlite:///{tmp_path}/consent.db"
        await _one_record(url)
        seal(tmp_path / "consent.db")
        return url
    server: Server = request.getfixturevalue("server")
    url = server.database()
    await _one_record(url)
    name = url.rpartition("/")[2]
    if request.param == "a server that is read-only":
        server.ask(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        return url
    server.ask(f"CREATE ROLE reader_{name} LOGIN IN ROLE pg_read_all_data")
    return url.replace("site@", f"reader_{name}@")


async def _one_record(url: str) -> UUID:
    """Its subject."""
    log = patient(url)
    record = await log.append(a_record(), NOTICE)
    await log.close()
    return record.subject


async def until(said: Callable[[], bool]) -> None:
    while not said():  # noqa: ASYNC110 - what is logged has no event
        await asyncio.sleep(0.01)


async def test_it_can_be_read_and_nothing_be_recorded(sealed: str) -> None:
    log = patient(sealed, keys=keys)
    assert len(await everything(log)) == 1
    with pytest.raises(LogUnwritable) as refused:
        await log.append(a_record(), NOTICE)
    assert (refused.value.problem.code, refused.value.problem.path) == (Code.LOG_RIGHTS, "log.url")
    with pytest.raises(LogUnwritable):
        await log.try_out()
    await log.close()


async def test_a_site_says_so_when_it_starts(sealed: str, caplog: pytest.LogCaptureFixture) -> None:
    """Before anybody chooses; and what it reads, it reads all the same."""
    log = patient(sealed, keys=keys)
    cursor, newest = await log.newer("")
    assert (cursor, len(newest)) == ("0", 1)
    await until(lambda: "E034 log.url" in caplog.text)
    await log.newer(cursor)
    await log.close()
    assert caplog.text.count("E034") == 1


async def test_a_log_that_only_reads_is_not_tried_out(
    sealed: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = patient(sealed)
    await log.newer("")
    await log.close()
    assert caplog.text == ""


async def test_what_passes_is_not_taken_for_it(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = []

    async def busy(store: Store) -> None:
        tried.append(store)
        raise LogUnavailable("not done in time")

    monkeypatch.setattr(Store, "try_out", busy)
    log = patient(url, keys=keys)
    await log.newer("")
    await log.close()
    assert (len(tried), caplog.text) == (1, "")


async def test_what_may_not_be_made_says_so_too(server: Server) -> None:
    """A role that may connect, and make no tables."""
    url = server.database()
    role = f"guest_{url.rpartition('/')[2]}"
    server.ask(f"CREATE ROLE {role} LOGIN")
    log = patient(url.replace("site@", f"{role}@"))
    with pytest.raises(LogUnwritable):
        await log.append(a_record(), NOTICE)
    await log.close()


def test_a_command_names_the_code(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/consent.db"
    subject = asyncio.run(_one_record(url))
    seal(tmp_path / "consent.db")
    held = ["hold", str(subject), "--reason", "claim", "--until", "2099-12-31"]
    result = CliRunner().invoke(main, [*held, "--log", url])
    assert result.exit_code == 1
    assert "the log cannot be used: E034 log.url: " in result.stderr
    assert CliRunner().invoke(main, ["holds", "--log", url]).exit_code == 0
