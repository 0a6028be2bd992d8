"""Behind PgBouncer, which gives each transaction whichever connection is free (docs/scaling.md)."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from consent.errors import ConfigError
from consent.export.lines import lines
from consent.log.sequencer import Overtaken
from consent.log.snapshot import Part
from consent.log.sql import SqlLog
from consent.verify.opening import open_url
from consent.verify.whole import verify
from tests.log.checked import keys, sequence
from tests.log.examples import NOTICE, a_record, patient
from tests.log.postgresql import PATIENCE, QUIET, Server

pytestmark = pytest.mark.anyio
SETTINGS = """
[databases]
* = host=127.0.0.1 port={server} user=site
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
"""


@pytest.fixture
def pooled(server: Server, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, by way of three connections for everybody."""
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("PgBouncer is not installed: that the log works behind it is NOT tested")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Path(server.data.parent, f"pgbouncer-{port}.ini")
    settings.write_text(SETTINGS.format(server=server.port, port=port))
    settings.chmod(0o644)
    # As a database does, it refuses to run as root.
    lent = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with subprocess.Popen([*lent, program, str(settings)], **QUIET) as process:  # type: ignore[call-overload]
        try:
            _wait(port)
            name = server.database().rpartition("/")[2]
            yield f"postgresql://site@127.0.0.1:{port}/{name}?statement_cache_size=0"
        finally:
            process.terminate()


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


def whole(url: str) -> tuple[bool, int]:
    with closing(open_url(url)) as database:
        report = verify(database)
    return report.holds, report.counts["records"]


async def test_several_processes_write_read_and_verify(pooled: str) -> None:
    logs = [patient(pooled, keys=keys) for _ in range(4)]
    one = a_record()
    await logs[0].append(one, NOTICE)
    for _ in range(5):
        written = (log.append(a_record(), NOTICE) for log in logs for _ in range(4))
        await asyncio.gather(*written)
        found = await asyncio.gather(*(_ids(log, one.subject) for log in logs))
        assert found == [[one.id]] * 4
    with suppress(Overtaken):  # by one of the four, which do it by themselves as well
        await sequence(logs[0])
    assert len(await _ids(logs[1], None)) == 81
    async with logs[2].snapshot() as snapshot:
        bodies = [piece async for piece in lines(snapshot, Part())]
    assert len(bodies) > 81
    for log in logs:
        await log.close()
    assert await asyncio.to_thread(whole, pooled) == (True, 81)


async def _ids(log: SqlLog, subject: object) -> list[str]:
    return [record.id async for record in log.read(subject=subject)]  # type: ignore[arg-type]


async def test_only_none_can_be_kept() -> None:
    with pytest.raises(ConfigError, match="E030"):
        SqlLog("postgresql://site@127.0.0.1/consent?statement_cache_size=100")
