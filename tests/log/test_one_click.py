"""One click that is sent many times at once, over HTTP, to four server processes (edges.md E9)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest

from tests.asgi.serving import Server, cookie_of, serving
from tests.log.checked import report_on
from tests.log.examples import everything, patient
from tests.log.postgresql import Server as PostgresqlServer
from tests.log.postgresql import programs

KEY = "one-click-that-is-sent-many-times"
PROCESSES = 4


@pytest.fixture(scope="module")
def urls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Of empty logs, whose tables all processes want to make at once."""
    urls = {"sqlite": f"sqlite:///{tmp_path_factory.mktemp('log')}/consent.db"}
    if programs():
        server: PostgresqlServer = request.getfixturevalue("server")
        urls["postgresql"] = server.database()
    return urls


@pytest.fixture(scope="module")
def processes(
    urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    """A port each, so that every process gets its share."""
    folder = tmp_path_factory.mktemp("processes")
    app = "tests.asgi.frameworks.several:app"
    logs = " ".join(f"{kind}={url}" for kind, url in urls.items())
    with serving(folder, app=app, servers=PROCESSES, SHOP_LOGS=logs) as servers:
        yield servers


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_twenty_identical_posts_to_four_processes_are_one_record(
    kind: str, urls: dict[str, str], processes: list[Server]
) -> None:
    """E9; and the same key with another body is refused by each of them."""
    if kind not in urls:
        pytest.skip("PostgreSQL is not installed: what the log promises there is NOT tested")

    def post(number: int) -> httpx.Response:
        return processes[number % PROCESSES].post("accept_all", key=KEY, below=f"/{kind}")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    (subject,) = asyncio.run(subjects(urls[kind]))
    assert {answer.json()["subject"] for answer in answers} == {subject}
    assert len({cookie_of(answer) for answer in answers}) == 1
    others = [server.post("refuse_all", key=KEY, below=f"/{kind}") for server in processes]
    assert {(other.status_code, other.json()["code"]) for other in others} == {(422, "key_reused")}
    assert not any("set-cookie" in other.headers for other in others)
    assert asyncio.run(subjects(urls[kind])) == [subject]
    assert report_on(urls[kind]).holds


async def subjects(url: str) -> list[str]:
    """Of all records."""
    log = patient(url)
    found = [str(record.subject) for record in await everything(log)]
    await log.close()
    return found
