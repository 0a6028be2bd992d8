"""A failover, to be looked at: what happens to choices while the database's machine dies.

    python -m bench.two_clusters

Starts a PostgreSQL primary with a synchronous standby and two application processes, all on the
loopback interface, and clients that post choices. The standby stops listening; the primary is
killed with -9; the standby takes over. At the end the log is verified, and every choice that was
answered has to be in it, once. Exits with 1 where that is not so.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2 as httpx

from bench.load import PATIENCE, ROOT, served
from consent.log.sql import SqlLog
from tests.log.postgresql import Pair, pair, programs

APPLICATIONS, VISITORS, CHOICES = 2, 8, 200
GIVE_UP = 300.0
"""Seconds until something has gone wrong, on however busy a machine."""
SETTINGS = ("synchronous_commit=on",)
FROM_THE_SITE = {
    "host": "bench.example",
    "origin": "https://bench.example",
    "sec-fetch-site": "same-origin",
    "x-forwarded-proto": "https",
}


@dataclass
class Visits:
    """Visitors who choose, one after the other, until it is enough."""

    ports: Sequence[int]
    answered: list[str] = field(default_factory=list)
    """Subjects whose cookies were set."""
    refused: int = 0
    """Answers 503."""
    is_over: bool = False

    async def come(self) -> None:
        """Several at once."""
        async with httpx.AsyncClient(headers=FROM_THE_SITE, timeout=PATIENCE) as client:
            await asyncio.gather(*(self._one_after_the_other(client, n) for n in range(VISITORS)))

    async def _one_after_the_other(self, client: httpx.AsyncClient, turn: int) -> None:
        while not self.is_over:
            # A click keeps its key, whichever application it is sent to until it is answered.
            key = str(uuid4())
            while not await self._post(client, self.ports[turn % len(self.ports)], key):
                turn += 1
                await asyncio.sleep(0.1)
            turn += 1

    async def _post(self, client: httpx.AsyncClient, port: int, key: str) -> bool:
        url = f"http://127.0.0.1:{port}/consent/choice"
        headers = {"idempotency-key": key}
        answer = await client.post(url, json={"action": "accept_all"}, headers=headers)
        if answer.status_code == 503:
            self.refused += 1
            return False
        self.answered.append(answer.raise_for_status().json()["subject"])
        return True


@dataclass
class Outcome:
    """What is in the log after it all."""

    answered: int
    refused: int
    lost: int
    twice: int
    report: str
    """Of ``consent verify``."""
    holds: bool

    @property
    def is_good(self) -> bool:
        """Everything that was answered, once, in a tree that holds."""
        return self.holds and not self.lost and not self.twice


def fail_over(
    servers: Pair, choices: int = CHOICES, tell: Callable[[str], None] = print
) -> Outcome:
    """So many choices before the primary dies, and after."""
    with ExitStack() as stack:
        ports = [stack.enter_context(served(servers.url)) for _ in range(APPLICATIONS)]
        tell(f"two application processes, at {' and '.join(map(str, ports))}; {VISITORS} visitors")
        visits = Visits(ports)
        asyncio.run(asyncio.wait_for(_told(servers, visits, choices, tell), GIVE_UP))
    return asyncio.run(_outcome(servers.url, visits))


async def _told(servers: Pair, visits: Visits, choices: int, tell: Callable[[str], None]) -> None:
    begun = time.monotonic()

    def say(what: str) -> None:
        tell(f"{time.monotonic() - begun:6.1f} s  {what}")

    coming = asyncio.create_task(visits.come())
    await _until(lambda: len(visits.answered) >= choices, coming)
    say(f"{len(visits.answered)} choices answered")
    refused = visits.refused
    servers.deafen()
    say("the standby's receiver is stopped: COMMIT waits for it, and so does every visitor")
    await _until(lambda: visits.refused > refused, coming)
    say("first answer 503: no cookie, nothing granted; the click is sent again under its key")
    await asyncio.to_thread(servers.fail_over)
    say("the primary has been killed with -9, the standby promoted")
    before = len(visits.answered)
    await _until(lambda: len(visits.answered) > before, coming)
    say("first choice answered by the new primary")
    await _until(lambda: len(visits.answered) >= before + choices, coming)
    visits.is_over = True
    await coming
    say(f"{len(visits.answered)} choices answered, {visits.refused} times 503 on the way")


async def _until(holds: Callable[[], bool], coming: asyncio.Task[None]) -> None:
    while not holds():
        if coming.done():
            coming.result()
        await asyncio.sleep(0.01)


async def _outcome(url: str, visits: Visits) -> Outcome:
    log = SqlLog(url, deadline=PATIENCE)
    stored = Counter([str(record.subject) async for record in log.read()])
    await log.close()
    command = [sys.executable, "-m", "consent", "verify", "--log", url]
    verified = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True
    )
    return Outcome(
        answered=len(visits.answered),
        refused=visits.refused,
        lost=sum(subject not in stored for subject in visits.answered),
        twice=sum(times > 1 for times in stored.values()),
        report=verified.stdout + verified.stderr,
        holds=verified.returncode == 0,
    )


def main() -> None:
    where = programs()
    if where is None:
        raise SystemExit("PostgreSQL is not installed")
    with pair(where, *SETTINGS) as servers:
        primary, standby = servers.primary.port, servers.standby.port
        print(f"a primary at 127.0.0.1:{primary}, a synchronous standby at 127.0.0.1:{standby}")
        outcome = fail_over(servers)
        print(f"\nconsent verify:\n{outcome.report}")
        print(f"{outcome.answered} answered, {outcome.lost} lost, {outcome.twice} stored twice")
    raise SystemExit(not outcome.is_good)


if __name__ == "__main__":
    main()
