"""From the log into the folder: everything that a dossier holds but pictures and report."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from rfc8785 import dumps

from consent.banner.screens import stand_alone
from consent.dossier.counts import NAMED, Counts, Use
from consent.dossier.folder import Folder
from consent.dossier.sample import drawn
from consent.errors import LogUnavailable
from consent.log.period import Head, Period, Signed
from consent.log.snapshot import Part, Snapshot
from consent.log.sql import SqlLog
from consent.model import Screen
from consent.tree.base64 import encoded
from consent.tree.checkpoint import Checkpoint
from consent.tree.keys import VerifierKey
from consent.tree.note import parse
from consent.tree.tlog_proof import TlogProof

FORM = 1
"""Of ``dossier.json``; its readers go by it."""
ENDINGS = {"timestamp": "tsr"}
"""Of what witnesses gave, by kind; all else is a note."""
Values = dict[str, Any]


def moment(at: datetime) -> str:
    """As records have it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


@dataclass(frozen=True)
class Gathering:
    """From one log, at one moment."""

    log: SqlLog
    folder: Folder
    since: datetime
    """Midnight, in UTC."""
    until: datetime
    """The midnight after the last day."""
    sample: int
    """How many records are shown with their proofs."""
    made_at: datetime
    named: set[str] = field(default_factory=set)
    """Notices, screens and scripts of the records with proofs."""

    async def gather(self, snapshot: Snapshot) -> Values:
        """Fill the folder; what ``dossier.json`` is to say.

        Raises:
            LogUnavailable: the log cannot be read, or has nothing of that time.
        """
        try:
            return await self._gather(snapshot)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"{error!r}: 'consent verify' says what is wrong with it"
            raise LogUnavailable(what) from error

    async def _gather(self, snapshot: Snapshot) -> Values:
        period = Period(snapshot, part := Part(self.since, self.until))
        head = await period.head()
        if head is None:
            raise LogUnavailable("nothing in it is signed yet")
        counts, trials = Counts(), await period.trials(head.size)
        async for index, body in period.bodies(head.size):
            if index in trials:
                counts.pass_over(index)
            else:
                counts.add(index, body)
        if counts.indexes is None:
            raise LogUnavailable("no record of these days is in the tree")
        span = range(counts.indexes[0], counts.indexes[1] + 1)
        tree = Checkpoint.parse(parse(head.note).text)
        checkpoints = await self._checkpoints(period, span)
        sizes = [each["size"] for each in checkpoints]
        return {
            "form": FORM,
            "made_at": moment(self.made_at),
            "origin": head.origin,
            "period": {"from": moment(self.since), "until": moment(self.until)},
            "tree": {"size": tree.size, "root": encoded(tree.root), "minimum": head.minimum},
            "leaves": {"first": span.start, "last": span.stop - 1},
            "records": counts.records,
            "trials": sorted(trials),
            "waiting": await snapshot.count(part) - counts.records - len(trials),
            "keys": await self._keys(snapshot),
            "checkpoints": checkpoints,
            "witnesses": await self._witnesses(period, sizes),
            "sample": await self._proofs(period, head, tree.root, span),
            "statistics": {
                "records": counts.groups(),
                "answers": counts.answers(),
                "held": await self._held(period),
            },
            **await self._shown(snapshot, counts),
        }

    async def _keys(self, snapshot: Snapshot) -> list[Values]:
        found = []
        async for row in snapshot.table("key"):
            name = VerifierKey.parse(row["vkey"]).id.hex()
            files = {"vkey": self.folder.put(f"keys/{name}.vkey", f"{row['vkey']}\n")}
            if row["endorsement"] is not None:
                files["endorsement"] = self.folder.put(f"keys/{name}.note", row["endorsement"])
            found.append({"id": name, **files})
        return found

    async def _checkpoints(self, period: Period, span: range) -> list[Values]:
        """Each with the proof that it continues the one before it."""
        found: list[Values] = []
        before: Signed | None = None
        async for each in period.checkpoints(span.start, span.stop):
            name = f"checkpoints/{each.size}"
            said = {"size": each.size, "day": str(each.day)}
            said["file"] = self.folder.put(f"{name}.note", each.note)
            if before is not None:
                hashes = await self.log.proofs.consistency(before.size, each.size)
                path = "".join(f"{encoded(each)}\n" for each in hashes)
                said["consistency"] = self.folder.put(f"{name}.consistency", path)
            found.append(said)
            before = each
        return found

    async def _witnesses(self, period: Period, sizes: list[int]) -> list[Values]:
        found = []
        for size in sizes:
            number = 0
            async for row in period.witnessed(size):
                number += 1
                name = f"witnesses/{size}-{number}.{ENDINGS.get(row.kind, 'note')}"
                said = {"size": size, "kind": row.kind, "name": row.name}
                found.append({**said, "file": self.folder.put(name, row.content)})
        return found

    async def _proofs(self, period: Period, head: Head, root: bytes, span: range) -> Values:
        """Of those that were drawn, of the first and the last, and of those just around them."""
        indexes = drawn(root, span.start, span.stop, self.sample)
        around = {span.start - 1, span.start, span.stop - 1, span.stop}
        edges = sorted(around.intersection(range(head.minimum, head.size)))
        put = []
        async for index, body in period.at({*indexes, *edges}):
            hashes = await self.log.proofs.inclusion(index, head.size)
            record = json.loads(body)
            # The record alone: whose it is stays in the log.
            proof = TlogProof(index, tuple(hashes), head.note, dumps({"record": record}))
            self.folder.put(f"proofs/{index}.tlog-proof", str(proof))
            self.named.update(digest for name in NAMED if (digest := record.get(name)))
            put.append(index)
        if set(put) != {*indexes, *edges}:
            raise ValueError("a record that is in the tree is not in the log")
        return {"most": self.sample, "drawn": indexes, "edges": edges}

    async def _held(self, period: Period) -> list[Values]:
        last = (self.until - timedelta(days=1)).date()
        return [
            {**row._mapping, "times": int(row.times)}
            async for row in period.held(self.since.date(), last)
        ]

    async def _shown(self, snapshot: Snapshot, counts: Counts) -> Values:
        """Notices, screens and scripts that records name, as they were archived."""
        found: dict[str, list[Values]] = {"notices": [], "screens": [], "scripts": []}
        async for row in snapshot.table("notice"):
            use = counts.used["notice"].get(row["hash"])
            if use or row["hash"] in self.named:
                found["notices"].append(self._notice(row["hash"], row["content"], use))
        async for row in snapshot.table("screen"):
            use = counts.used["screen"].get(row["hash"]) or counts.used["scripts"].get(row["hash"])
            if use or row["hash"] in self.named:
                kind, said = self._screen(row["hash"], row["content"], use)
                found[kind].append(said)
        return found

    def _notice(self, digest: str, content: bytes, use: Use | None) -> Values:
        file = self.folder.put(f"notices/{digest}.json", content)
        return {"hash": digest, "file": file, **_used(use)}

    def _screen(self, digest: str, content: bytes, use: Use | None) -> tuple[str, Values]:
        """By hashes of its files too: those of scripts and styles are what others can compare."""
        said = json.loads(content)
        kind = "scripts" if "scripts" in said else "screens"
        shown: Values = {"hash": digest}
        shown["file"] = self.folder.put(f"{kind}/{digest}.json", content)
        files = said.get("scripts") or said.get("styles") or {}
        shown["files"] = {name: sha256(text.encode()).hexdigest() for name, text in files.items()}
        if kind == "screens":
            page = stand_alone(Screen(digest, content))
            shown |= {"interface": said["interface"], "language": said["language"]}
            shown["page"] = self.folder.put(f"screens/{digest}.html", page)
        return kind, {**shown, **_used(use)}


def _used(use: Use | None) -> Values:
    """In the period; what only the records around it name was not."""
    if use is None:
        return {"records": 0, "first": None, "last": None}
    return {"records": use.records, "first": use.first, "last": use.last}
