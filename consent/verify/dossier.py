"""A dossier for the authority (docs/dossier.md), by its ZIP file alone, or beside the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from consent.errors import LogUnreadable, said
from consent.verify.archive import FIRST, Archive, opened
from consent.verify.chained import Chain, check_checkpoints, check_copies, check_witnesses
from consent.verify.checkpoints import Copy
from consent.verify.database import Database
from consent.verify.given import Given, index
from consent.verify.notes import Key
from consent.verify.read_out import check_report
from consent.verify.report import Code, Report
from consent.verify.sampled import Sample
from consent.verify.sealed import check_keys, check_sums
from consent.verify.shown import check_shown
from consent.verify.trust import Trust
from consent.verify.whole import verify


def _silent(_: int) -> None:
    """Nobody is watching."""


def is_dossier(path: Path) -> bool:
    """By its first bytes; what cannot be read is none."""
    try:
        with path.open("rb") as file:
            return file.read(len(FIRST)) == FIRST
    except OSError:
        return False


def verify_dossier(
    path: Path,
    *,
    keys: Sequence[Key] = (),
    copies: Sequence[Copy] = (),
    log: Database | None = None,
    progress: Callable[[int], None] = _silent,
) -> Report:
    """Everything that a dossier shows, computed again.

    Args:
        keys: those that the reader trusts; without, the log's first key is taken at its word.
        copies: checkpoints kept elsewhere; those of the same size have to be the same.
        log: the log that it was made from, which is then verified too, and counted again.
        progress: told how many more leaves of it were read.

    Raises:
        LogUnreadable: the file, or the log, cannot be read.
    """
    report = Report()
    try:
        with opened(path) as archive:
            given = _given(archive, report, keys)
            chain = _check(given, copies)
            if log:
                _check_log(given, chain, log, keys, copies, progress)
    except ValueError as error:
        report.add(Code.ARCHIVE, path.name, str(error))
    except OSError as error:
        raise LogUnreadable(f"{path}: {said(error)}") from error
    return report


def _given(archive: Archive, report: Report, keys: Sequence[Key]) -> Given:
    said = index(archive)
    report.origin = said["origin"]
    return Given(archive, said, report, Trust(keys, origin=report.origin))


def _check(given: Given, copies: Sequence[Copy]) -> Chain:
    """In the order in which one thing vouches for the next."""
    chain: Chain = {}
    check_keys(given)
    check_sums(given)
    with given.told(Code.CHECKPOINT, "checkpoints"):
        chain = check_checkpoints(given)
        check_copies(given, chain, copies)
    with given.told(Code.OUTSIDE, "witnesses"):
        check_witnesses(given, chain)
    with given.told(Code.DOSSIER, "what was shown"):
        check_shown(given)
    check_report(given)
    with given.told(Code.SAMPLE, "sample"):
        Sample(given, chain).check()
    for name in sorted(given.archive.names - given.names):
        given.add(Code.ARCHIVE, name, "nothing says what it is")
    given.report.counts["files"] = len(given.archive.names)
    return chain


def _check_log(
    given: Given,
    chain: Chain,
    log: Database,
    keys: Sequence[Key],
    copies: Sequence[Copy],
    progress: Callable[[int], None],
) -> None:
    """It has to hold itself, and to continue every checkpoint of the dossier."""
    signed = [copy for copy, _ in chain.values()]
    theirs = verify(log, keys=keys, copies=[*copies, *signed], progress=progress)
    for each in theirs.examples:
        given.add(each.code, f"log: {each.where}", each.what)
    for name in ("records", "checkpoints"):
        given.report.counts[f"{name} of the log"] = theirs.counts[name]
    with given.told(Code.STATISTICS, "the log"):
        Sample(given, chain).check_log(log)
