"""A site on the loopback, as a server runs it, with something faulty in front where wanted."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent import ConsentConfig, ConsentMiddleware
from consent.doctor import Check, Report, Status, examine
from consent.log import ProofLog
from consent.log.memory import MemoryLog
from tests.asgi.exchange import PAGE, responds
from tests.sites import SECRET, site

NO_LOG = "none at hand"


@dataclass
class Reply:
    """What the site answered, for a proxy to change."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]

    def put(self, name: str, *values: str) -> None:
        """In the place of all that were there."""
        self.headers = [each for each in self.headers if each[0] != name]
        self.headers += [(name, value) for value in values]


Ask = Callable[[Scope], None]
Edit = Callable[[Scope, Reply], None]


def nothing(*_: object) -> None:
    """Changes nothing."""


def front(app: ASGIApp, *, ask: Ask = nothing, edit: Edit = nothing) -> ASGIApp:
    """A proxy that changes what is asked, or what is answered."""

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        ask(scope)
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await app(scope, receive, keep)
        headers = [(n.decode(), v.decode("latin-1")) for n, v in messages[0]["headers"]]
        body = b"".join(each.get("body", b"") for each in messages[1:])
        reply = Reply(messages[0]["status"], headers, body)
        edit(scope, reply)
        reply.put("content-length", str(len(reply.body)))
        raw = [(n.encode(), v.encode("latin-1")) for n, v in reply.headers]
        await send({**messages[0], "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": reply.body})

    return proxy


def drop_headers(scope: Scope, *names: str) -> None:
    """As if the browser had not sent them."""
    dropped = {name.encode() for name in names}
    scope["headers"] = [each for each in scope["headers"] if each[0] not in dropped]


def made(url: str, *, log: ProofLog | None = None, **more: Any) -> tuple[ConsentConfig, ASGIApp]:
    """A site at ``url``, and its configuration."""
    config = site(**{"url": url, **more})
    return config, ConsentMiddleware(responds(PAGE), config=config, log=log or MemoryLog())


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """A socket, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


def _now() -> str:
    return format_datetime(datetime.now(UTC), usegmt=True)


def _dated(app: ASGIApp) -> ASGIApp:
    """By the moment: uvicorn makes its Date between other tasks, on a busy machine seconds ago."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"date", _now().encode())]
            await send(message)

        await app(scope, receive, sent)

    return asked


@contextmanager
def running(
    app: ASGIApp, listener: socket.socket, *, chain: Path | None = None, dated: bool = True
) -> Iterator[None]:
    """A server, over TLS where there is a certificate."""
    config = uvicorn.Config(
        _dated(app) if dated else app,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        date_header=False,
        ssl_certfile=str(chain) if chain else None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def certified(folder: Path) -> Path:
    """A certificate for the loopback, and beside it, in ``ca.pem``, who vouches for it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    chain = folder / "chain.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(chain)
    return chain


class Stand:
    """A healthy site on a server, behind a proxy that does each time what it is told."""

    def __init__(self, url: str, **more: Any) -> None:
        self.url = url
        self.log = MemoryLog()
        self.config, app = made(url, **{"log": self.log, **more})
        self._ask: Ask = nothing
        self._edit: Edit = nothing
        self.app = front(app, ask=lambda scope: self._ask(scope), edit=self._change)

    def visit(self, *, ask: Ask = nothing, edit: Edit = nothing, path: str = "/") -> Report:
        self._ask, self._edit = ask, edit
        return examine(self.url + path, config=self.config, no_log=NO_LOG)

    def _change(self, scope: Scope, reply: Reply) -> None:
        reply.put("date", _now())
        self._edit(scope, reply)


@contextmanager
def standing(**more: Any) -> Iterator[Stand]:
    """Such a site, as long as it is needed."""
    with listening() as (listener, url):
        url = more.pop("url", url)
        stand = Stand(url, **more)
        stand.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with running(stand.app, listener, dated=False):
            yield stand


def visited(*, ask: Ask = nothing, edit: Edit = nothing, path: str = "/", **more: Any) -> Report:
    """What is found at a site of one's own behind such a proxy."""
    with standing(**more) as stand:
        return stand.visit(ask=ask, edit=edit, path=path)


def found(report: Report) -> dict[Check, Status]:
    """What is not fine, the worst of each check, but that there was no log at hand."""
    worst: dict[Check, Status] = {}
    for each in report.findings:
        if each.status is not Status.FINE and each.what != NO_LOG:
            worst[each.check] = max(each.status, worst.get(each.check, each.status), key=BADNESS)
    return worst


BADNESS = list(Status).index
OTHER_SECRET = SECRET[::-1]
