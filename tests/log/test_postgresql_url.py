"""What a URL may say about PostgreSQL: what libpq understands, to the writer and the verifier."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from consent.errors import ConfigError, LogUnavailable
from consent.log.sql import SqlLog
from consent.verify.opening import open_url
from tests.log.examples import NOTICE, a_record, patient
from tests.log.postgresql import Server

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "said",
    [
        "host=127.0.0.1,127.0.0.1&port=1,{port}&target_session_attrs=read-write",
        "host=127.0.0.1&port={port}&sslmode=prefer&application_name=shop",
    ],
)
async def test_the_writer_and_the_verifier_read_the_same_url(server: Server, said: str) -> None:
    name = server.database().rpartition("/")[2]
    url = f"postgresql://site@/{name}?{said.format(port=server.port)}"
    log = patient(url)
    await log.append(a_record(), NOTICE)
    await log.close()
    # It runs an event loop of its own.
    assert await asyncio.to_thread(records, url) == 1


def records(url: str) -> int:
    with closing(open_url(url)) as database:
        return len(list(database.rows("SELECT id FROM record")))


@pytest.mark.parametrize(
    "user, said, reason",
    [
        ("nobody", "", 'role "nobody" does not exist'),
        ("site", "?target_session_attrs=standby", "None of the hosts"),
        ("site", "?sslmode=certainly", "`sslmode` parameter must be one of"),
    ],
)
async def test_why_a_server_does_not_take_us_is_told(
    server: Server, user: str, said: str, reason: str
) -> None:
    log = SqlLog(f"postgresql://{user}@127.0.0.1:{server.port}/postgres{said}", deadline=60)
    with pytest.raises(LogUnavailable, match=reason):
        await log.append(a_record(), NOTICE)
    await log.close()


async def test_ports_in_the_wrong_place_are_told() -> None:
    with pytest.raises(ConfigError, match="E030"):
        SqlLog("postgresql://site@one:5432,two:5432/consent")
