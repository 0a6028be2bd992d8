"""A visitor of a site that consists of our own paths only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self

from anyio.from_thread import start_blocking_portal
from httpx2 import Response
from starlette.testclient import TestClient

from consent.asgi.endpoint import Endpoints
from consent.asgi.findings import Findings
from consent.asgi.sequence import Sequence
from consent.banner import Pages
from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.log import ProofLog
from consent.log.memory import MemoryLog
from consent.model import Choice
from consent.policy import Policy
from tests.sites import site

NOW = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


def noon() -> datetime:
    return NOW


def now() -> datetime:
    return datetime.now(UTC)


class Visit:
    """A browser, the endpoints it talks to, and the log behind them."""

    def __init__(
        self,
        config: ConsentConfig | None = None,
        *,
        log: MemoryLog | None = None,
        proof: ProofLog | None = None,
        url: str = "https://www.example.fr",
        root_path: str = "",
        clock: Callable[[], datetime] = noon,
    ) -> None:
        self.config = config or site()
        self.log = log or MemoryLog()
        self.cookie = ChoiceCookie(self.config)
        self.sequence = Sequence(proof or self.log)
        self.findings = Findings(Policy(self.config), proof or self.log, clock)
        self.endpoints = Endpoints(
            self.config,
            Policy(self.config),
            Pages(self.config),
            self.cookie,
            proof or self.log,
            self.sequence,
            clock,
            self.findings,
        )
        self.client = TestClient(
            self.endpoints, base_url=url, root_path=root_path, follow_redirects=False
        )

    @contextmanager
    def staying(self) -> Iterator[Self]:
        """With one event loop for all requests: beginning one for each costs more than they do."""
        with start_blocking_portal() as portal:
            self.client.portal = portal
            yield self
            self.client.portal = None

    def send(
        self, content: Mapping[str, Any] | bytes, *, headers: Mapping[str, str] = SAME_ORIGIN
    ) -> Response:
        """Post JSON."""
        sent = {"content": content} if isinstance(content, bytes) else {"json": content}
        more = {"content-type": "application/json"} if isinstance(content, bytes) else {}
        return self.client.post("/consent/choice", headers={**more, **headers}, **sent)

    def submit(
        self, fields: Mapping[str, Any], *, headers: Mapping[str, str] = SAME_ORIGIN
    ) -> Response:
        """Post a form."""
        return self.client.post("/consent/choice", headers=headers, data=dict(fields))

    def holds(self) -> Choice | None:
        """The choice in the cookie that the browser has now."""
        value = self.client.cookies.get("__Host-eu-consent")
        return self.cookie.decode(value.encode(), now=NOW) if value else None

    @property
    def wrote(self) -> list[tuple[str, dict[str, bool]]]:
        """Action and answers of each record."""
        return [(str(one.action), dict(one.purposes)) for one in self.log.records]
