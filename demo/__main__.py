"""python -m demo: the sites and the trackers, in one process and one event loop."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

from demo.addresses import LOOPBACK, Addresses
from demo.app import Demo
from demo.settings import FILES

TAKEN = 2
"""Exit status when a port is in use."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C."""
    chosen = _arguments(arguments)
    addresses = Addresses(chosen.port)
    try:
        sockets = listen(addresses)
    except OSError as error:
        first, last = addresses.port, addresses.bare
        print(
            f"The demo needs the ports {first} to {last}, and one of them cannot be used"
            f" ({error.strerror}).\nTry others: make demo PORT={first + 100}",
            file=sys.stderr,
        )
        return TAKEN
    if "CONSENT_SECRET" not in os.environ:
        os.environ["CONSENT_SECRET"] = kept_secret(Path("demo.secret"))
    demo = Demo(addresses, chosen.site, chosen.log)
    print(_welcome(demo), flush=True)
    config = uvicorn.Config(demo, log_level="warning", timeout_graceful_shutdown=3)
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again once all is closed
        uvicorn.Server(config).run(sockets)
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="the first of three ports in a row (%(default)s)"
    )
    parser.add_argument(
        "--site", choices=FILES, default="boutique", help="what is shown first (%(default)s)"
    )
    parser.add_argument(
        "--log", default="sqlite:///demo.db", help="where choices are proven (%(default)s)"
    )
    return parser.parse_args(arguments)


def listen(addresses: Addresses) -> list[socket.socket]:
    """Open all three ports, or none.

    Raises:
        OSError: one of them is in use, or may not be used.
    """
    sockets: list[socket.socket] = []
    try:
        for port in addresses.ports:
            sockets += _listen(port)
    except OSError:
        for each in sockets:
            each.close()
        raise
    return sockets


def kept_secret(file: Path) -> str:
    """The one in ``file``, which is made once: it signs the cookies, and the log goes on under no
    other key than the one that is made of it.
    """
    with suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="ascii") as new:
            new.write(secrets.token_urlsafe(32))
    return file.read_text("ascii")


def _listen(port: int) -> list[socket.socket]:
    """Both loopbacks where the machine has both: browsers try ``[::1]`` too for ``localhost``."""
    ipv4 = socket.create_server((LOOPBACK, port))
    try:
        return [ipv4, socket.create_server(("::1", port), family=socket.AF_INET6)]
    except OSError:
        return [ipv4]


def _welcome(demo: Demo) -> str:
    front = demo.front
    others = "\n".join(f"                {demo.url(site)}" for site in FILES if site != front)
    return f"""
  asgi-consent, the demonstration

  Open          {demo.url(front)}   behind the middleware
  Compare with  {demo.url(front, protected=False)}   the very same site without it
  Also          other sites, each with the promises of its privacy policy:
{others}

  The trackers are played on port {demo.addresses.trackers}; the strip above each page counts
  what reached them. Choices are proven in {demo.log}. Ctrl-C ends it.
"""


if __name__ == "__main__":
    sys.exit(main())
