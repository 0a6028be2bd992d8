"""How long ``consent verify`` takes, and how much memory, by the number of records.

    python -m bench.verification [RECORDS ...]
    python -m bench.verification dossier [RECORDS ...]

With ``dossier``: how long a dossier of all of them takes to be made, without screenshots; to be
verified by itself; and beside the log.

Each log is made first, in a temporary file: records of format 2 with five purposes and twelve
services, each with its subject, a hundred to a checkpoint. What is measured is the command itself,
in a process of its own, of which it uses one; memory is the most that it had resident.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from sqlalchemy import create_engine

from consent.config.secrets import seed_text
from consent.log.migrate import upgrade
from consent.record import Action, Interface, Record, encode, new_id
from consent.tree.checkpoint import Checkpoint, signed
from consent.tree.keys import Signer
from consent.tree.merkle import Frontier, leaf_hash

SIZES = (100_000, 1_000_000)
BATCH = 100
ORIGIN = "www.example.fr/consent"
NOTICE = b'{"form":1,"retention_years":5}'
DIGEST = sha256(NOTICE).hexdigest()
START = datetime(2026, 1, 1, tzinfo=UTC)
PURPOSES = ("analytics", "loyalty", "marketing", "preferences", "social")
SERVICES = tuple(f"service-{number}" for number in range(12))
TOML = """
[site]
name = "Site"
url = "https://www.example.fr"
languages = ["fr"]
[controller]
name = "Example"
address = "1 rue de la Paix"
email = "a@b.fr"
[cookie]
secrets = ["a secret of more than thirty-two characters"]
[log]
url = "sqlite:///{log}"
keys = ["{key}"]
"""
INSERTS = {
    "record": "INSERT INTO record (id, idempotency_key, body_hash, notice, body)"
    " VALUES (?, ?, ?, ?, ?)",
    "subject": "INSERT INTO subject (record_id, subject, seq, salt) VALUES (?, ?, ?, ?)",
    "leaf": "INSERT INTO leaf (idx, record_id, hash) VALUES (?, ?, ?)",
    "tile": "INSERT INTO tile (level, idx, hash) VALUES (?, ?, ?)",
}


def record(number: int) -> Record:
    made_at = START + timedelta(milliseconds=20 * number)
    return Record(
        id=new_id(made_at),
        subject=uuid4(),
        seq=1,
        action=Action.SAVE,
        purposes={name: bool(number >> at & 1) for at, name in enumerate(PURPOSES)},
        services={name: bool(number >> at & 1) for at, name in enumerate(SERVICES)},
        notice=DIGEST,
        language="fr",
        interface=Interface.BANNER,
        made_at=made_at,
        site="www.example.fr",
        idempotency_key=str(uuid4()),
        body_hash=sha256(b"%d" % number).hexdigest(),
    )


def make(path: Path, records: int) -> None:
    """By the tables of the log and the tree's own code, in transactions of a batch."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    signer, tree = Signer(ORIGIN, bytes(32)), Frontier()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("INSERT INTO notice VALUES (?, ?)", (DIGEST, NOTICE))
        database.execute("INSERT INTO key VALUES (?, NULL)", (str(signer.key),))
        for start in range(0, records, BATCH):
            for table, rows in batch(tree, range(start, min(start + BATCH, records))).items():
                database.executemany(INSERTS[table], rows)
            note = signed(Checkpoint(ORIGIN, tree.size, tree.root), signer)
            database.execute("INSERT INTO checkpoint VALUES (?, ?)", (tree.size, note))
        head = (1, ORIGIN, tree.size, bytes(tree), 0)
        database.execute("INSERT INTO head VALUES (?, ?, ?, ?, ?)", head)


def batch(tree: Frontier, numbers: range) -> dict[str, list[tuple[object, ...]]]:
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in INSERTS}
    for number in numbers:
        each = record(number)
        body = encode(each)
        row = (each.id, each.idempotency_key, each.body_hash, each.notice, body)
        rows["record"].append(row)
        rows["subject"].append((each.id, str(each.subject), each.seq, each.salt))
        rows["leaf"].append((number, each.id, leaf_hash(body)))
        rows["tile"] += [(t.level, t.index, t.hash) for t in tree.append(leaf_hash(body))]
    return rows


def run(*arguments: object) -> str:
    """Seconds, of them on the processor, and MiB that were resident at most."""
    begun = perf_counter()
    command = [sys.executable, "-m", "consent", *map(str, arguments)]
    process = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(process, 0)
    # A log that does not hold is no measurement.
    if status:
        raise SystemExit(f"exit status {os.waitstatus_to_exitcode(status)}")
    seconds, busy = perf_counter() - begun, used.ru_utime + used.ru_stime
    return f"{seconds:>7.1f} s {busy:>7.1f} s {used.ru_maxrss / 1024:>5.0f} MiB"


def dossier(folder: Path) -> Iterator[str]:
    """The three commands, each in a process of its own."""
    config, out, log = folder / "consent.toml", folder / "dossier.zip", folder / "consent.db"
    config.write_text(TOML.format(log=log, key=seed_text(bytes(32))), "utf-8")
    days = ("--from", "2026-01-01", "--to", "2026-01-31", "--no-screenshots")
    yield f"made          {run('dossier', out, '--config', config, *days)}"
    yield f"verified      {run('verify', out)}"
    yield f"beside a log  {run('verify', out, '--log', f'sqlite:///{log}')}"


def measured(sizes: Iterable[int], *, of_dossiers: bool) -> Iterator[str]:
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "consent.db"
            make(path, size)
            about = f"{size:>10,} {path.stat().st_size >> 20:>6} MiB "
            if of_dossiers:
                yield from (about + line for line in dossier(Path(folder)))
            else:
                yield about + run("verify", path)


if __name__ == "__main__":
    words = sys.argv[1:]
    of_dossiers = words[:1] == ["dossier"]
    sizes = [int(word) for word in words[of_dossiers:]] or SIZES
    print("   records       file      time processor   resident")
    for line in measured(sizes, of_dossiers=of_dossiers):
        print(line, flush=True)
