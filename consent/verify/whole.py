"""A whole log, table by table; the order is that in which one thing vouches for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from consent.verify.bodies import in_ms
from consent.verify.canonical import read as read_canonical
from consent.verify.checkpoints import Checkpoints, Copy
from consent.verify.database import Database
from consent.verify.hashes import Edge
from consent.verify.notes import Key
from consent.verify.pending import Pending
from consent.verify.prunings import Prunings
from consent.verify.records import Records
from consent.verify.report import Code, Report
from consent.verify.rows import check_rows
from consent.verify.tables import all_of, check_schema
from consent.verify.tiles import Tiles
from consent.verify.tree import Head, Tree, read_head
from consent.verify.trust import Trust
from consent.verify.witnessed import answers

YEAR_MS = 365 * 86_400_000


def _silent(_: int) -> None:
    """Nobody is watching."""


def verify(
    database: Database,
    *,
    keys: Sequence[Key] = (),
    copies: Iterable[Copy] = (),
    now: datetime | None = None,
    progress: Callable[[int], None] = _silent,
) -> Report:
    """Everything that a log holds, computed again.

    Args:
        keys: those that the reader trusts; without, the log's first key is taken at its word.
        copies: checkpoints that were kept elsewhere.
        now: the time; later than that nothing can have been made.
        progress: told how many more leaves were read.

    Raises:
        LogUnreadable: the database broke off.
    """
    report = Report()
    columns = database.columns()
    if check_schema(columns, report):
        _Log(database, frozenset(columns), report, now or datetime.now(UTC)).check(
            keys, copies, progress
        )
    return report


def leaves(database: Database) -> int:
    """How many there will be to read, by the log's own word."""
    if "head" not in database.columns():
        return 0
    return sum(row[0] for row in database.rows("SELECT size FROM head") if type(row[0]) is int)


class _Log:
    def __init__(
        self, database: Database, tables: frozenset[str], report: Report, now: datetime
    ) -> None:
        self._database = database
        self._tables = tables
        self._report = report
        self._now = now

    def check(
        self, keys: Sequence[Key], copies: Iterable[Copy], progress: Callable[[int], None]
    ) -> None:
        report, database = self._report, self._database
        head = read_head(database, report)
        trust = self._trust(keys, head)
        notices, screens = self._archived("notice"), self._archived("screen")
        records = Records(report, notices=notices.keys(), screens=screens.keys(), now=self._now)
        checkpoints = Checkpoints(
            all_of(database, "checkpoint", report, "size"),
            answers(database, report),
            copies,
            origin=head.origin if head else "",
            trust=trust,
            report=report,
        )
        tree = Tree(
            records,
            checkpoints,
            Tiles(database, report),
            report,
            minimum=head.minimum if head else 0,
            prunings=self._prunings(head, trust),
            young_ms=self._young_ms(notices.values()),
        )
        edge = tree.walk(database, progress)
        self._check_head(head, edge)
        Pending(records, report, origin=report.origin, trust=trust).walk(database)
        for digest in sorted({*notices, *screens} - records.named):
            report.add(Code.UNREFERENCED, f"notice or screen {digest:.80}", "no record names it")
        check_rows(database, self._tables, report, pruned=bool(head and head.minimum))

    def _trust(self, keys: Sequence[Key], head: Head | None) -> Trust:
        trust = Trust(keys, origin=head.origin if head else "")
        for vkey, endorsement in all_of(self._database, "key", self._report, "vkey"):
            trust.learn(vkey, endorsement, self._report)
        trust.settle(self._report)
        return trust

    def _prunings(self, head: Head | None, trust: Trust) -> Prunings:
        return Prunings(
            all_of(self._database, "pruning", self._report, "first"),
            origin=head.origin if head else "",
            minimum=head.minimum if head else 0,
            trust=trust,
            report=self._report,
        )

    def _archived(self, table: str) -> dict[str, int | None]:
        """The hashes of all that was shown, each with the years that it says records are kept."""
        found: dict[str, int | None] = {}
        code = Code(table)
        for digest, content in all_of(self._database, table, self._report, "hash"):
            self._report.counts[f"{table}s"] += 1
            where = f"{table} {digest:.80}"
            if sha256(content).hexdigest() != digest:
                self._report.add(code, where, "its hash is another")
            try:
                said = read_canonical(content)
            except ValueError as error:
                self._report.add(code, where, str(error))
                said = None
            years = said.get("retention_years") if isinstance(said, dict) else None
            found[digest] = years if type(years) is int else None
        return found

    def _young_ms(self, retention: Iterable[int | None]) -> int | None:
        """Since when no record can be over, by the shortest time that visitors were ever told."""
        years = [each for each in retention if each is not None]
        return in_ms(self._now) - min(years) * YEAR_MS if years else None

    def _check_head(self, head: Head | None, edge: Edge) -> None:
        report = self._report
        report.size, report.root = edge.size, edge.root()
        report.origin = head.origin if head else ""
        expected = (edge.size, edge.packed()) if edge.size or head else None
        if (head and (head.size, head.frontier)) != expected:
            report.add(Code.HEAD, "head", f"not that of a tree of {edge.size} leaves")
        if report.signed_size != edge.size:
            what = f"{edge.size} leaves, and the newest checkpoint is for {report.signed_size}"
            report.add(Code.HEAD, "head", what)
