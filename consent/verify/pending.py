"""Records that are not in the tree yet: the log has signed a promise to take each of them in."""

from __future__ import annotations

from consent.verify.database import Database
from consent.verify.hashes import leaf_hash
from consent.verify.notes import ID_BYTES
from consent.verify.records import Records, Row
from consent.verify.report import Code, Report
from consent.verify.tables import BYTES_OR_NONE, TEXT_OR_NONE, read
from consent.verify.tree import RECORD, RECORD_TYPES
from consent.verify.trust import Trust, identity

PROMISED = b"asgi-consent/promise/v1\n"
UNSEQUENCED = f"""
SELECT {RECORD}, p.record_id, p.promise FROM record r
LEFT JOIN subject s ON s.record_id = r.id LEFT JOIN pending p ON p.record_id = r.id
WHERE NOT EXISTS (SELECT 1 FROM leaf l WHERE l.record_id = r.id) ORDER BY r.id
"""  # noqa: S608 - no value goes in
TYPES = (*RECORD_TYPES, TEXT_OR_NONE, BYTES_OR_NONE)


class Pending:
    """Whoever could add a record here unseen could add one to the tree a second later.

    Args:
        origin: of the tree; empty while there is none.
    """

    def __init__(self, records: Records, report: Report, *, origin: str, trust: Trust) -> None:
        self._records = records
        self._report = report
        self._origin = origin
        self._trust = trust

    def walk(self, database: Database) -> None:
        """All of them, by id."""
        for *row, queued, promise in read(
            database, UNSEQUENCED, TYPES, self._report, "table record"
        ):
            self._report.counts["pending"] += 1
            record = Row(*row)
            if queued is None:
                what = "neither in the tree nor waiting to be"
                self._report.add(Code.STRAY, f"record {record.id}", what)
            elif promise is None:
                self._report.add(Code.UNPROMISED, f"record {record.id}", "nobody signed for it")
            elif not self._is_kept(promise, record.body):
                what = "the promise to take it into the tree is not signed by the log"
                self._report.add(Code.PROMISE, f"record {record.id}", what)
            self._records.check(record)

    def _is_kept(self, promise: bytes, body: bytes) -> bool:
        name, signature = promise[:ID_BYTES], promise[ID_BYTES:]
        leaf = leaf_hash(body)
        return any(
            key.id == name
            and identity(key) in self._trust.vouched
            and key.signed(PROMISED + (self._origin or key.name).encode() + b"\n" + leaf, signature)
            for key in self._trust.keys.values()
        )
