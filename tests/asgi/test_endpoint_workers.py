"""Several workers over one real log."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from consent.asgi import sequence
from consent.asgi.endpoint import Endpoints
from consent.log.memory import MemoryLog
from consent.log.sql import SqlLog
from tests.asgi.visits import Visit, now
from tests.asgi.wire import Wire, chunk
from tests.log.examples import patient

KEY = {"idempotency-key": "11112222-3333-4444-8555-666677778888"}
Worker = Callable[[], Endpoints]

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Worker]:
    """Makes one more worker over the same database."""
    logs: list[SqlLog] = []
    monkeypatch.setattr(sequence, "PATIENCE", 60)

    def make() -> Endpoints:
        logs.append(patient(f"sqlite:///{tmp_path}/consent.db"))
        return Visit(proof=logs[-1], clock=now).endpoints

    yield make
    for log in logs:
        await log.close()


async def ask(endpoints: Endpoints, wire: Wire) -> Wire:
    await endpoints(wire.scope, wire.receive, wire.send)
    return wire


async def choose(
    endpoints: Endpoints, action: str, *, cookie: bytes = b"", headers: dict[str, str] | None = None
) -> Wire:
    body = chunk(b'{"action": "%s"}' % action.encode(), more=False)
    return await ask(endpoints, Wire(body, headers={**(headers or {}), "cookie": cookie.decode()}))


async def state(endpoints: Endpoints, cookie: bytes) -> Any:
    wire = Wire(headers={"cookie": cookie.decode()})
    wire.scope.update(method="GET", path="/consent/state")
    return (await ask(endpoints, wire)).answer


async def test_twenty_sendings_of_one_click_at_once_are_one_record(
    worker: Worker, tmp_path: Path
) -> None:
    """E9."""
    workers = [worker() for _ in range(4)]
    sent = [choose(workers[n % 4], "accept_all", headers=KEY) for n in range(20)]
    answers = await gather(*sent)
    assert {wire.status for wire in answers} == {200}
    assert len({wire.answer["subject"] for wire in answers}) == 1
    log = patient(f"sqlite:///{tmp_path}/consent.db")
    assert len([record async for record in log.read()]) == 1
    await log.close()


async def test_a_withdrawal_here_ends_the_old_cookie_there(worker: Worker) -> None:
    """C12."""
    here, there = worker(), worker()
    granted = await choose(here, "accept_all")
    await choose(here, "refuse_all", cookie=granted.cookie)
    await there._sequence.refresh()
    assert (await state(there, granted.cookie))["decided"] is False


async def test_two_tabs_on_two_workers_at_once_end_in_the_refusal(worker: Worker) -> None:
    here, there = worker(), worker()
    first = await choose(here, "accept_all")
    refused, granted = await gather(
        choose(here, "refuse_all", cookie=first.cookie),
        choose(there, "accept_all", cookie=first.cookie),
    )
    assert refused.status == 200
    assert granted.status == 409 or refused.answer["seq"] > granted.answer["seq"]


async def test_every_new_cookie_is_accepted_everywhere_at_once(worker: Worker) -> None:
    here, there = worker(), worker()
    granted = await choose(here, "accept_all")
    assert (await state(there, granted.cookie))["decided"] is True


async def test_the_log_is_read_from_the_first_request_on(worker: Worker) -> None:
    """C12: without a lifespan, which many hosts never send."""
    here, there = worker(), worker()
    granted = await choose(here, "accept_all")
    await choose(here, "refuse_all", cookie=granted.cookie)
    await state(there, b"")
    asked = there._sequence._task
    assert asked is not None
    await asked
    assert (await state(there, granted.cookie))["decided"] is False


async def test_a_refusal_that_was_owed_is_recorded_once_the_log_is_back() -> None:
    """E10, EU-08."""
    log = MemoryLog(fail_before=True)
    endpoints = Visit(log=log).endpoints
    owed = await choose(endpoints, "refuse_all")
    log.fail_before = False
    other = await choose(endpoints, "accept_all")
    settling = endpoints._chooser._proof._settling
    assert settling is not None
    await settling
    subjects = [str(record.subject) for record in log.records]
    assert subjects == [other.answer["subject"], owed.answer["subject"]]


async def test_head_sends_no_body() -> None:
    wire = Wire()
    wire.scope.update(method="HEAD", path="/consent/policy")
    await ask(Visit().endpoints, wire)
    assert (wire.status, wire.sent[1]["body"]) == (200, b"")
