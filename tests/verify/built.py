"""A log built by hand, from the description of its bytes: a second writer, to check both by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import rfc8785

from tests.verify.signing import Signer, frontier, leaf_of, signer, tree_hash

START = datetime(2026, 1, 1, tzinfo=UTC)
SCHEMA = """
CREATE TABLE notice (hash VARCHAR(64) PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE screen (hash VARCHAR(64) PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE record (
    id VARCHAR(36) PRIMARY KEY, idempotency_key TEXT UNIQUE, body_hash VARCHAR(64),
    notice VARCHAR(64) NOT NULL REFERENCES notice (hash), body BLOB NOT NULL);
CREATE TABLE subject (
    record_id VARCHAR(36) PRIMARY KEY REFERENCES record (id), subject VARCHAR(36) NOT NULL,
    seq BIGINT NOT NULL, salt BLOB NOT NULL, UNIQUE (subject, seq));
CREATE TABLE pending (record_id VARCHAR(36) PRIMARY KEY REFERENCES record (id), promise BLOB);
CREATE TABLE leaf (idx BIGINT PRIMARY KEY, record_id VARCHAR(36) UNIQUE, hash BLOB NOT NULL);
CREATE TABLE tile (level INTEGER, idx BIGINT, hash BLOB NOT NULL, PRIMARY KEY (level, idx));
CREATE TABLE head (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, size BIGINT NOT NULL, frontier BLOB NOT NULL,
    minimum BIGINT NOT NULL);
CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE key (vkey TEXT PRIMARY KEY, endorsement TEXT);
CREATE TABLE pruning (first BIGINT PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE witness (
    size BIGINT, kind VARCHAR(20), name VARCHAR(200), content BLOB NOT NULL,
    PRIMARY KEY (size, kind, name));
"""


SCREEN, SCRIPTS = b'{"form":1,"html":"<p>Bonjour</p>"}', b'{"form":1,"guard.js":"void 0"}'
FORM_2 = {
    "format": 2,
    "kind": "choice",
    "screen": sha256(SCREEN).hexdigest(),
    "scripts": sha256(SCRIPTS).hexdigest(),
    "signals": ["gpc"],
}


def a_notice(text: str = "Bonjour") -> bytes:
    return rfc8785.dumps(
        {"form": 1, "retention_years": 5, "texts": {"fr": text, "zz": "\U0001f36a"}}
    )


@dataclass
class Built:
    """What is to be in a log; ``write`` puts it there."""

    records: int = 10
    pending: int = 3
    signers: Sequence[Signer] = field(default_factory=lambda: [signer(seed=1), signer(seed=2)])
    batch: int = 4
    erased: frozenset[int] = frozenset({2})
    pruned: int = 0
    made_at: datetime = START
    notice: bytes = field(default_factory=a_notice)
    """Its texts hold what is written in two halves in UTF-16."""

    @property
    def digest(self) -> str:
        return sha256(self.notice).hexdigest()

    def id(self, number: int) -> str:
        milliseconds = int((self.moment(number) - datetime.fromtimestamp(0, UTC)) / MILLISECOND)
        noise = int.from_bytes(sha256(b"%d" % number).digest()[:8]) >> 2
        return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | noise))

    def moment(self, number: int) -> datetime:
        return self.made_at + timedelta(seconds=number)

    def person(self, number: int) -> tuple[str, int, bytes]:
        """Of each two records one is by the same visitor as the one before."""
        subject = str(UUID(bytes=sha256(b"visitor %d" % (number // 2)).digest()[:16], version=4))
        return subject, number % 2 + 1, sha256(b"salt %d" % number).digest()

    def body(self, number: int, **changes: Any) -> bytes:
        subject, seq, salt = self.person(number)
        fields: dict[str, Any] = {
            "action": "save",
            "body_hash": sha256(b"body %d" % number).hexdigest(),
            "commitment": sha256(
                salt + rfc8785.dumps({"seq": seq, "subject": subject})
            ).hexdigest(),
            "format": 1,
            "id": self.id(number),
            "idempotency_key": f"key-of-request-{number}",
            "interface": "banner",
            "language": "fr",
            "made_at": f"{self.moment(number):%Y-%m-%dT%H:%M:%S}.000Z",
            "notice": self.digest,
            "purposes": {"analytics": number % 3 == 0, "marketing": False},
            "services": {"youtube": True},
            "site": "www.example.fr",
            **(FORM_2 if number % 2 else {}),
        }
        return rfc8785.dumps({**fields, **changes})

    def leaves(self, size: int) -> list[bytes]:
        return [leaf_of(self.body(number)) for number in range(size)]

    def sizes(self) -> Iterator[int]:
        yield from range(self.batch, self.records, self.batch)
        yield self.records

    def write(self, path: Path) -> Path:
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript(SCHEMA)
            database.execute("INSERT INTO notice VALUES (?, ?)", (self.digest, self.notice))
            for content in (SCREEN, SCRIPTS):
                shown = (sha256(content).hexdigest(), content)
                database.execute("INSERT INTO screen VALUES (?, ?)", shown)
            for number in range(self.pruned, self.records + self.pending):
                self._write_record(database, number)
            for number, leaf in enumerate(self.leaves(self.records)):
                row = (number, self.id(number), leaf)
                database.execute("INSERT INTO leaf VALUES (?, ?, ?)", row)
            self._write_signed(database)
        return path

    def _write_record(self, database: sqlite3.Connection, number: int) -> None:
        name, body = self.id(number), self.body(number)
        digest = sha256(b"body %d" % number).hexdigest()
        row = (name, f"key-of-request-{number}", digest, self.digest, body)
        database.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", row)
        if number not in self.erased:
            person = (name, *self.person(number))
            database.execute("INSERT INTO subject VALUES (?, ?, ?, ?)", person)
        if number >= self.records:
            promise = self.signers[-1].promise(leaf_of(body))
            database.execute("INSERT INTO pending VALUES (?, ?)", (name, promise))

    def prunings(self) -> Iterator[tuple[int, str]]:
        """One for each two records, five years and half after they were made."""
        after = "-"
        for first in range(0, self.pruned, 2):
            end = min(first + 2, self.pruned)
            before = self.moment(end) + timedelta(seconds=1)
            at = before + timedelta(days=5 * 366 + 184)
            note = self.signers[-1].note(
                f"asgi-consent/pruned/v1\n{self.signers[0].name}\nleaves {first} {end}\n"
                f"before {before:%Y-%m-%dT%H:%M:%SZ}\nat {at:%Y-%m-%dT%H:%M:%SZ}\n"
                f"kept 5 6\nafter {after}\n"
            )
            after = sha256(note.encode()).hexdigest()
            yield first, note

    def _write_signed(self, database: sqlite3.Connection) -> None:
        database.executemany("INSERT INTO pruning VALUES (?, ?)", self.prunings())
        leaves = self.leaves(self.records)
        for size in self.sizes():
            note = self.signers[-1].checkpoint(leaves[:size])
            database.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, note))
        for level, size in ((1, 256), (2, 65536)):
            for index in range(len(leaves) // size):
                tile = (level, index, tree_hash(leaves[index * size : (index + 1) * size]))
                database.execute("INSERT INTO tile VALUES (?, ?, ?)", tile)
        head = (1, self.signers[0].name, self.records, frontier(leaves), self.pruned)
        database.execute("INSERT INTO head VALUES (?, ?, ?, ?, ?)", head)
        witness = (
            self.batch,
            "directory",
            "kept",
            self.signers[-1].checkpoint(leaves[: self.batch]),
        )
        database.execute("INSERT INTO witness VALUES (?, ?, ?, CAST(? AS BLOB))", witness)
        before: Signer | None = None
        for each in self.signers:
            key = (each.vkey, before.endorse(each) if before else None)
            database.execute("INSERT INTO key VALUES (?, ?)", key)
            before = each


MILLISECOND = timedelta(milliseconds=1)


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, without whatever would keep a hand from it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        with database:
            yield database
