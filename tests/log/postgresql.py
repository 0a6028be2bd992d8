"""PostgreSQL servers of the tests' own, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

PATIENCE = 120.0
"""Seconds for one to start on however busy a machine."""
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def programs() -> Path | None:
    """The folder with ``initdb`` and its like: the newest that is installed."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3:])
    # A link on the path may stand there without its like.
    linked = shutil.which("initdb")
    found = known[-1] if known else Path(linked).resolve() if linked else None
    return found.parent if found else None


class Server:
    """One cluster on the loopback interface, which can be killed and started again."""

    def __init__(self, programs: Path, folder: Path, *options: str) -> None:
        self._programs = programs
        self._folder = folder
        self.data = folder / "data"
        self._options = options
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        self.run("initdb", "-D", str(self.data), "-U", "site", "-A", "trust", "--no-sync")

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run(self._command(program, *arguments), check=True, cwd=self._folder, **QUIET)  # type: ignore[call-overload]

    def start(self) -> None:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self._folder)]
        settings = [word for option in self._options for word in ("-c", option)]
        command = self._command("postgres", "-D", str(self.data), *where, *settings)
        ready = ["pg_isready", "-q", *where[:4]]
        end = time.monotonic() + PATIENCE
        while self._process is None or subprocess.run(self._command(*ready), **QUIET).returncode:  # type: ignore[call-overload]
            assert time.monotonic() < end
            # One that was killed may leave others behind, for a moment, that are in the way.
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(command, cwd=self._folder, **QUIET)  # type: ignore[call-overload]
            time.sleep(0.1)

    def kill(self) -> None:
        """As when the machine's memory is full: no goodbye to anybody."""
        assert self._process is not None
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        return f"postgresql://site@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The URL of a new, empty one."""
        name = f"test_{uuid4().hex}"
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "site"]
        self.run("createdb", *where, name)
        return self.url(name)

    def standby(self, name: str) -> Server:
        """A copy that this one waits for at each COMMIT."""
        other = Server(self._programs, self._folder / name, *self._options)
        other._folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(other._folder, "postgres")
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "site"]
        self.run("pg_basebackup", *where, "-D", str(other.data), "-R", "-X", "stream", "-c", "fast")
        other.start()
        self.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.ask("SELECT pg_reload_conf()")
        while self.ask("SELECT sync_state FROM pg_stat_replication").split() != ["sync"]:
            time.sleep(0.05)
        return other

    def ask(self, query: str) -> str:
        """The answer, as text."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "site", "-d", "postgres"]
        command = self._command("psql", *where, "-Atc", query)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def promote(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def receivers(self) -> list[int]:
        """The processes of a standby that take what its primary sends."""
        found = subprocess.run(
            ["ps", "--ppid", str(self.pid), "-o", "pid=,args="],
            text=True,
            capture_output=True,
            check=True,
        )
        return [int(line.split()[0]) for line in found.stdout.splitlines() if "walreceiver" in line]

    def _command(self, program: str, *arguments: str) -> list[str]:
        """It refuses to run as root, so root lends it a user."""
        lent = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return [*lent, str(self._programs / program), *arguments]


@contextmanager
def running(programs: Path, *options: str) -> Iterator[Server]:
    """One in a folder of its own, with these settings; by default as fast as it can be."""
    folder = Path(tempfile.mkdtemp(prefix="consent-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = Server(programs, folder, *(options or ("fsync=off",)))
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


class Pair:
    """A primary, and the synchronous standby that takes over when it dies."""

    def __init__(self, primary: Server, standby: Server, database: str) -> None:
        self.primary = primary
        self.standby = standby
        ports = f"host=127.0.0.1,127.0.0.1&port={primary.port},{standby.port}"
        self.url = f"postgresql://site@/{database}?{ports}&target_session_attrs=read-write"
        """Of whichever of the two takes writes."""
        self._deaf: list[int] = []

    def deafen(self) -> None:
        """The standby takes nothing any more: whoever waits for it waits."""
        self._deaf = self.standby.receivers()
        for receiver in self._deaf:
            os.kill(receiver, signal.SIGSTOP)

    def fail_over(self) -> None:
        """The primary dies; the standby takes over, alone."""
        self.primary.kill()
        for receiver in self._deaf:
            os.kill(receiver, signal.SIGCONT)
        self.standby.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.standby.promote()


@contextmanager
def pair(programs: Path, *options: str) -> Iterator[Pair]:
    """Both, with an empty database; settings as for ``running``."""
    with running(programs, *options) as primary:
        database = primary.database().rpartition("/")[2]
        standby = primary.standby("standby")
        try:
            yield Pair(primary, standby, database)
        finally:
            standby.stop()
