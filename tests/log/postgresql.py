"""A PostgreSQL server of the tests' own, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

PATIENCE = 120.0
"""Seconds for it to start on however busy a machine."""


def programs() -> Path | None:
    """The folder with ``initdb`` and its like: the newest that is installed."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3:])
    # A link on the path may stand there without its like.
    linked = shutil.which("initdb")
    found = known[-1] if known else Path(linked).resolve() if linked else None
    return found.parent if found else None


class Server:
    """One that runs; every test has a database of its own."""

    def __init__(self, programs: Path, port: int) -> None:
        self._programs = programs
        self._port = port

    def database(self) -> str:
        """The URL of a new, empty one."""
        name = f"test_{uuid4().hex}"
        where = ["-h", "127.0.0.1", "-p", str(self._port), "-U", "site"]
        subprocess.run([self._programs / "createdb", *where, name], check=True)
        return f"postgresql://site@127.0.0.1:{self._port}/{name}"


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """It refuses to run as root, so root lends it a user."""
    folder = Path(tempfile.mkdtemp(prefix="consent-postgresql-"))
    lent = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if lent:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    make = [programs / "initdb", "-D", data, "-U", "site", "-A", "trust", "--no-sync"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*lent, *map(str, make)], check=True, **quiet)  # type: ignore[call-overload]
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    command = [*lent, str(programs / "postgres"), "-D", data, *options]
    process = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
    try:
        _wait(programs, port)
        yield Server(programs, port)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder)


def _wait(programs: Path, port: int) -> None:
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    end = time.monotonic() + PATIENCE
    while subprocess.run(ready, check=False).returncode:
        assert time.monotonic() < end
        time.sleep(0.1)
