"""The sample of a dossier: drawn as it has to be, each in the tree; and the numbers it bears on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from consent.verify.archive import MOST
from consent.verify.bodies import MOMENT, in_ms
from consent.verify.canonical import read
from consent.verify.chained import Chain
from consent.verify.counted import NAMED, Counted
from consent.verify.database import Database
from consent.verify.given import Given
from consent.verify.proof_file import Proof
from consent.verify.report import Code, Report

SEED = "asgi-consent/sample/v1"


class Sample:
    """Its records, as far as they are of the period."""

    def __init__(self, given: Given, chain: Chain) -> None:
        self._given = given
        said = given.said
        self._since, self._until = said["period"]["from"], said["period"]["until"]
        self._first, self._last = int(said["leaves"]["first"]), int(said["leaves"]["last"])
        size, self._minimum = int(said["tree"]["size"]), int(said["tree"]["minimum"])
        if not (MOMENT(self._since) and MOMENT(self._until) and self._since < self._until):
            raise ValueError("the period does not begin before it ends")
        if not 0 <= self._minimum <= self._first <= self._last < size:
            raise ValueError("its leaves are not in the tree")
        self._size = size
        self._trials = _leaves_of(said["trials"], range(self._first, self._last + 1))
        self._newest = chain[size][0]
        self._records: dict[int, dict[str, Any]] = {}

    def check(self) -> Counted:
        """Which records have to be there, and what each of them shows."""
        said, leaves = self._given.said["sample"], range(self._first, self._last + 1)
        if said["drawn"] != drawn(self._newest.checkpoint.root, leaves, int(said["most"])):
            self._given.add(Code.SAMPLE, "sample", "other records than the root draws")
        around = {self._first - 1, self._first, self._last, self._last + 1}
        edges = sorted(index for index in around if self._minimum <= index < self._size)
        if said["edges"] != edges:
            self._given.add(Code.SAMPLE, "sample", "the edges of the period are not shown")
        for index in sorted({*said["drawn"], *edges}):
            with self._given.told(Code.PROOF, f"leaf {index!r:.20}"):
                self._check_proof(index)
        for index in edges:
            if index in self._records and self._is_inside(index) != (index in leaves):
                what = "is not on the side of the period's edge where it has to be"
                self._given.add(Code.SAMPLE, f"leaf {index}", what)
        return self._check_numbers(complete=len(said["drawn"]) == len(leaves))

    def check_log(self, log: Database) -> None:
        """Every record of the period, counted again."""
        real, first, last = Counted(), self._size, -1
        marked, trials = _trials(log), []
        for index, body in _of_period(log, self._since, self._until, self._size):
            if index in marked:
                trials.append(index)
            else:
                real.add(read(body))
            first, last = min(first, index), max(last, index)
        if (first, last) != (self._first, self._last):
            what = f"the records of the period are {first} to {last}"
            self._given.add(Code.STATISTICS, "leaves", what)
        if set(trials) != self._trials:
            self._tell([f"trials {sorted(self._trials)}, and the log marks {sorted(trials)}"])
        self._tell(Counted.said(self._given.said).differences(real))

    def _check_proof(self, index: int) -> None:
        found = Report()
        proof = Proof(self._given.read(f"proofs/{index}.tlog-proof").decode(), found)
        proof.check(list(self._given.trust.keys.values()), [])
        self._given.report.counts["proofs"] += 1
        for each in found.examples:
            self._given.add(each.code, each.where, each.what)
        if proof.index != index or proof.copy.checkpoint != self._newest.checkpoint:
            raise ValueError("of another leaf, or another tree")
        record = read(proof.body)
        self._records[index] = record
        for name, place in NAMED.items():
            digest = record.get(name)
            if digest and all(each["hash"] != digest for each in self._given.said[place]):
                code = Code.NOTICE if name == "notice" else Code.SCREEN
                self._given.add(code, f"record {record['id']}", f"its {name} is not there")

    def _is_inside(self, index: int) -> bool:
        return bool(self._since <= self._records[index]["made_at"] < self._until)

    def _check_numbers(self, *, complete: bool) -> Counted:
        said, sample = Counted.said(self._given.said), Counted()
        for index, record in self._records.items():
            inside = self._first <= index <= self._last and self._is_inside(index)
            if inside and index not in self._trials:
                sample.add(record)
        self._tell(said.contradictions(self._given.said["records"]))
        self._tell(said.differences(sample) if complete else said.too_few(sample))
        if said.records.total() + len(self._trials) > self._last + 1 - self._first:
            self._tell(["more records than leaves"])
        return sample

    def _tell(self, found: Iterable[str]) -> None:
        for what in found:
            self._given.add(Code.STATISTICS, "statistics", what)


def _leaves_of(said: Any, leaves: range) -> frozenset[int]:
    """Those that are said to be no visitor's: each once, and of the period."""
    found = frozenset(each for each in said if type(each) is int and each in leaves)
    if len(found) < len(said):
        raise ValueError("its trials are no leaves of the period")
    return found


def drawn(root: bytes, leaves: range, most: int) -> list[int]:
    """The sample that follows from a root, as docs/dossier.md has it."""
    if not 0 < most <= MOST:
        raise ValueError(f"a sample of {most}")
    if len(leaves) <= most:
        return list(leaves)
    found: set[int] = set()
    seed, number = f"{SEED}\n{b64encode(root).decode()}\n", 0
    while len(found) < most:
        digest = sha256(f"{seed}{number}\n".encode()).digest()
        found.add(leaves.start + int.from_bytes(digest) % len(leaves))
        number += 1
    return sorted(found)


def _trials(log: Database) -> set[int]:
    """Leaves whose records the log marks as nobody's choice; an old one marks none."""
    if "trial" not in log.columns():
        return set()
    query = "SELECT l.idx FROM trial t JOIN leaf l ON l.record_id = t.record_id"
    return {index for (index,) in log.rows(query)}


def _of_period(log: Database, since: str, until: str, size: int) -> Iterator[tuple[int, bytes]]:
    """Ids begin with the time, so a record of the period is found by its id."""
    first, stop = (f"{in_ms(datetime.fromisoformat(each)):012x}" for each in (since, until))
    for index, body in log.rows(
        "SELECT l.idx, r.body FROM record r JOIN leaf l ON l.record_id = r.id"  # noqa: S608
        f" WHERE r.id >= '{first[:8]}-{first[8:]}' AND r.id < '{stop[:8]}-{stop[8:]}'"
        f" AND l.idx < {size:d} ORDER BY r.id"
    ):
        yield index, bytes(body)
