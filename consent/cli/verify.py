"""``consent verify``: does a log hold?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click

from consent.cli.shown import harmless, table
from consent.cli.source import watched
from consent.config import ConsentConfig
from consent.errors import ConfigError, LogUnreadable
from consent.verify.checkpoints import Copy
from consent.verify.copies import read_copies
from consent.verify.database import Database
from consent.verify.dossier import is_dossier, verify_dossier
from consent.verify.notes import Key, read_key
from consent.verify.opening import open_file, open_url
from consent.verify.proof_file import read_proof, verify_proof
from consent.verify.receipt import Values, read_receipts, verify_receipts
from consent.verify.report import Report
from consent.verify.whole import leaves
from consent.verify.whole import verify as verified

TAKEN_AT_ITS_WORD = """\
The log's first key was taken at its word: name it with --key, or bring copies of
its checkpoints with --witness, to know that it is the log that you know."""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--log", "url", metavar="URL", help="Where the log is, instead of a FILE.")
@click.option("--config", metavar="FILE", help="The configuration that names the log.")
@click.option("--key", "keys", metavar="VKEY", multiple=True, help="A key that you trust.")
@click.option(
    "--witness",
    "witnesses",
    metavar="DIR|FILE",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Checkpoints that were kept elsewhere.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report for machines.")
def verify(
    file: Path | None,
    url: str | None,
    config: str | None,
    keys: Sequence[str],
    witnesses: Sequence[Path],
    as_json: bool,
) -> None:
    """Compute everything in a log again, and say whether it holds. Nothing is written.

    FILE is a database, an export, a dossier, a receipt or the proof of one record.
    A dossier is verified by itself, or beside the log that --log or --config names.

    Exit status: 0 if it holds; 1 if it does not, or cannot be read; 2 if the command was misused.
    """
    named = sum(each is not None for each in (file, url, config))
    trusted = [_key(text) for text in keys]
    absent = f"there is no file {harmless(str(file))}" if file and not file.exists() else None
    try:
        whole = file if file and is_dossier(file) else None
        if named != 1 and not (whole and named == 2):
            raise click.UsageError(absent or "Name the log by one of FILE, --log or --config.")
        if absent:
            raise click.ClickException(absent)
        copies = [copy for place in witnesses for copy in read_copies(place)]
        proof = read_proof(file) if file and not whole else None
        receipts = read_receipts(file) if file and not (whole or proof) else None
        if whole:
            report = _verified_dossier(whole, url, config, trusted, copies)
        elif proof or receipts:
            report = _verified_proof(proof or receipts or [], trusted, copies)
        else:
            with closing(_opened(file, url, config)) as database:
                report = _verified(database, trusted, copies)
    except LogUnreadable as error:
        what = harmless(str(error))
        raise click.ClickException(f"the log cannot be verified: {what}") from error
    what = "dossier" if whole else "receipt" if receipts else "proof" if proof else "log"
    told = "\n".join(_lines(report, bool(keys or copies), what))
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else told)
    sys.exit(0 if report.holds else 1)


def _key(text: str) -> Key:
    try:
        return read_key(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: {error}", param_hint="--key") from error


def _opened(file: Path | None, url: str | None, config: str | None) -> Database:
    if file is not None:
        return open_file(file)
    try:
        return open_url(ConsentConfig.from_toml(config).log.url if config else str(url))
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise click.UsageError(f"--log: {error}") from error


def _verified_proof(
    proof: str | Sequence[Values], keys: Sequence[Key], copies: Sequence[Copy]
) -> Report:
    if not keys:
        raise click.UsageError("A proof proves as much as the key is known: name it with --key.")
    if isinstance(proof, str):
        return verify_proof(proof, keys=keys, copies=copies)
    return verify_receipts(proof, keys=keys, copies=copies)


def _verified_dossier(
    file: Path,
    url: str | None,
    config: str | None,
    keys: Sequence[Key],
    copies: Sequence[Copy],
) -> Report:
    if url is None and config is None:
        return verify_dossier(file, keys=keys, copies=copies)
    with closing(_opened(None, url, config)) as log, _watched(log) as progress:
        return verify_dossier(file, keys=keys, copies=copies, log=log, progress=progress)


def _verified(database: Database, keys: Sequence[Key], copies: Sequence[Copy]) -> Report:
    with _watched(database) as progress:
        return verified(database, keys=keys, copies=copies, progress=progress)


@contextmanager
def _watched(database: Database) -> Iterator[Callable[[int], None]]:
    with watched("records", leaves(database)) as bar:
        yield bar.update


def _lines(report: Report, known: bool, what: str) -> Iterator[str]:
    """For people; ``known``: they brought something to know the log by."""
    rows = [(str(each.code), each.where, each.what) for each in report.examples]
    if rows:
        yield table(("finding", "where", "what"), rows)
    for code, number in report.found.items():
        told = sum(each.code is code for each in report.examples)
        if number > told:
            yield f"{code}: {number - told} more"
    if report.record:
        yield f"{report.record}\n"
    yield ", ".join(_counted(number, kind) for kind, number in sorted(report.counts.items()))
    if report.checkpoint:
        note = "".join(f"{harmless(line)}\n" for line in report.checkpoint.split("\n")[:-1])
        yield f"\nNewest checkpoint, to be kept elsewhere:\n\n{note}"
    if report.size and not known:
        yield TAKEN_AT_ITS_WORD
    yield f"The {what} holds." if report.holds else f"The {what} does NOT hold."


def _counted(number: int, kind: str) -> str:
    """``1 key``, ``2 keys``, ``1 record of the log``, ``1 pruned``."""
    what, _, more = kind.partition(" ")
    one = "copy" if what == "copies" else what.removesuffix("s")
    return " ".join(filter(None, (str(number), one if number == 1 else what, more)))
