"""What was held, or passed: said once per host in development, counted by the day when live."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from consent.catalog.paste import HOST, to_paste
from consent.errors import LogUnavailable
from consent.log import ProofLog
from consent.log.held import MOST_HOSTS, OTHERS, Held, HeldCounts, Outcome
from consent.model import Reason, Verdict
from consent.policy import Policy, hostname_of
from consent.registrable import registrable

logger = logging.getLogger("consent")

DELAY = 10.0
"""Seconds from the first thing found to writing it down, with what has come until then."""
DEVELOPMENT_DELAY = 1.0
LONGEST_PATH = 200
"""Characters of a page's path that are written to the server's log, escaped."""

ADVICE = {
    "block": (
        "asgi-consent: held %s on %a: no service declares this host."
        " To let pages load from it, add to the configuration:\n\n%s"
    ),
    "report": (
        "asgi-consent: %s is used on %a, and no service declares it:"
        ' undeclared_hosts = "block" would hold it. To declare it, add to the configuration:\n\n%s'
    ),
}


class Findings:
    """Hosts that pages wanted: no visitor, no address, no page is kept, only the host and a number.

    Nothing waits for it and nothing fails with it; what it counts is a lower bound.
    """

    def __init__(self, policy: Policy, log: ProofLog, clock: Callable[[], datetime]) -> None:
        config = policy.config
        self._policy = policy
        self._advice = ADVICE.get(config.blocking.undeclared_hosts)
        self._enforced = policy.enforced
        self._development = config.site.development
        self._site = hostname_of(config.site.url)
        self._domain = registrable(self._site)
        self._log = log if isinstance(log, HeldCounts) else None
        self._clock = clock
        self._declared = frozenset(service.id for service in config.services)
        self._said: set[tuple[str, str]] = set()
        self._pasted: set[str] = set()
        self._times: Counter[Held] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def found(
        self, host: str, verdict: Verdict, path: str, *, page: str, by_browser: bool = False
    ) -> None:
        """Something of this host was held, or would have been.

        Args:
            host: as ``HOST``; others are nobody's.
            verdict: what was held for, or would be.
            path: what follows the host in the address: what to paste may depend on it, and it is
                kept nowhere.
            page: the path of the page.
            by_browser: it was a browser that said so.
        """
        if self._advice is None or not HOST.fullmatch(host):
            return
        if not verdict.service:
            self._say(host, path, page)
        # Where undeclared hosts are only reported, browsers refuse nothing.
        passed = verdict.reason is Reason.NOT_ENFORCED or (by_browser and not self._enforced)
        outcome = Outcome.PASSED if passed else Outcome.HELD
        each = Held(self._clock().date(), self._site, host, verdict.service, outcome)
        if each not in self._times and len(self._times) >= MOST_HOSTS:
            each = each._replace(host=OTHERS, service="")
        self._times[each] += 1
        self._keep_soon()

    def advice(self, host: str, path: str = "/") -> str:
        """The TOML that declares this address; "" for what is no host, or is declared already."""
        name, _, port = host.partition(":")
        if not HOST.fullmatch(host) or self._policy.owners.of_host(name, port, path):
            return ""
        if path == "/" and self._policy.owners.divided(name):
            # A part of the host is declared, and which part this is about was not told.
            return ""
        return to_paste(host, path, own=self._is_near(host), declared=self._declared)

    def _say(self, host: str, path: str, page: str) -> None:
        if not self._development or len(self._said) >= MOST_HOSTS:
            return
        text = to_paste(host, path, own=self._is_near(host), declared=self._declared)
        if (host, text) in self._said:
            return
        self._said.add((host, text))
        if text in self._pasted:
            # Twice in the configuration, it would be an error.
            text = "# (nothing more: the lines above for another host declare it, too)"
        self._pasted.add(text)
        logger.warning(str(self._advice), host, page[:LONGEST_PATH], text)

    def _is_near(self, host: str) -> bool:
        name = host.partition(":")[0]
        return bool(self._domain) and f".{name}".endswith(f".{self._domain}")

    def _keep_soon(self) -> None:
        """Wait for more. A timer of a loop that is gone, as after a test, never comes back."""
        loop = asyncio.get_running_loop()
        if self._log is None or self._loop is loop:
            return
        self._loop = loop
        delay = DEVELOPMENT_DELAY if self._development else DELAY
        loop.call_later(delay, self._start)

    def _start(self) -> None:
        self._loop = None
        task = asyncio.get_running_loop().create_task(self.keep())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def keep(self) -> None:
        """Add what was found to the log; what it does not take now is tried with the next."""
        if self._log is None or not self._times:
            return
        times, self._times = self._times, Counter()
        try:
            await self._log.count_held(times)
        except LogUnavailable:
            # It may have been added all the same: then it is counted twice.
            self._times = Counter(dict((times + self._times).most_common(MOST_HOSTS)))
