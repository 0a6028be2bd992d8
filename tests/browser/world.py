"""A site with a name and a certificate, and a Chromium that knows it and nobody else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme
import uvicorn
from playwright.sync_api import Browser, BrowserType
from starlette.types import ASGIApp

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.sink import Sink

DOMAIN = "site.test"


@contextmanager
def world(engine: BrowserType, app: ASGIApp, sink: Sink, *flags: str) -> Iterator[Browser]:
    """A Chromium for which ``app`` is every ``https://….site.test``, and ``sink`` all else."""
    with tls_server(app) as port:
        rules = f"MAP {DOMAIN} 127.0.0.1:{port}, MAP *.{DOMAIN} 127.0.0.1:{port}"
        rules += f", MAP * 127.0.0.1:{sink.port}"
        started = engine.launch(
            executable_path=CHROMIUM, args=[*QUIET, f"--host-resolver-rules={rules}", *flags]
        )
        try:
            yield started
        finally:
            started.close()


@contextmanager
def tls_server(app: ASGIApp) -> Iterator[int]:
    """``app`` on a free port of the loopback, over TLS."""
    with TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        trustme.CA().issue_cert(DOMAIN).private_key_and_cert_chain_pem.write_to_path(chain)
        config = uvicorn.Config(
            app,
            ssl_certfile=str(chain),
            log_level="error",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        config.load()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
