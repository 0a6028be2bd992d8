"""``consent dossier``: one file for the authority."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from consent.cli.source import DAY, is_there
from consent.config import ConsentConfig
from consent.dossier.folder import Folder, made
from consent.dossier.gather import Values
from consent.dossier.make import Wanted, make
from consent.dossier.report import LANGUAGES, language
from consent.errors import Code, ConfigError, LogUnavailable, NoteRefused
from consent.log.sql import SqlLog
from consent.tree.signers import signers

SAMPLE = 100
"""Records that are shown with their proofs, where nothing else is said."""


@click.command()
@click.argument("out", metavar="OUT.zip", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--config", "file", metavar="FILE", required=True, help="The configuration of the site."
)
@click.option("--from", "first", type=DAY, required=True, help="The first day, in UTC.")
@click.option("--to", "last", type=DAY, required=True, help="The last day, in UTC.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Of the report.")
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1, 100_000),
    default=SAMPLE,
    show_default=True,
    help="How many records are shown with their proofs.",
)
def dossier(
    out: Path, file: str, first: datetime, last: datetime, lang: str | None, sample: int
) -> None:
    """Put what was shown and chosen between two days into OUT.zip, with the proof of it.

    Exit status: 0; 1 if the configuration or the log cannot be used, or has nothing of these days.
    """
    now = datetime.now(UTC)
    since, end = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
    if end < since:
        raise click.BadParameter(f"{end:%Y-%m-%d} is before {since:%Y-%m-%d}.", param_hint="--to")
    if end > now:
        raise click.BadParameter(f"{end:%Y-%m-%d} is yet to come.", param_hint="--to")
    config = _read(file)
    wanted = Wanted(
        since, end + timedelta(days=1), lang or language(config.site.languages[0]), sample, now
    )
    try:
        with made(out) as folder:
            said = asyncio.run(_make(config, wanted, folder))
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be used: {error}") from error
    except NoteRefused as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out}: {said['records']} records of {first:%Y-%m-%d} to {last:%Y-%m-%d}")


def _read(file: str) -> ConsentConfig:
    try:
        config = ConsentConfig.from_toml(file)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    if any(warning.code == Code.SECRET_GENERATED for warning in config.warnings):
        raise click.ClickException("a secret is not set here, so the log's key is not known")
    return config


async def _make(config: ConsentConfig, wanted: Wanted, folder: Folder) -> Values:
    log = SqlLog(config.log.url)
    if not is_there(log):
        raise click.ClickException(f"there is no file {log.file}")
    try:
        with ExitStack() as stack:

            def watch(length: int) -> Callable[[int], object]:
                # To standard error, and only where somebody sees it.
                bar = click.progressbar(
                    length=length,
                    label="records",
                    file=sys.stderr,
                    hidden=not sys.stderr.isatty(),
                )
                return stack.enter_context(bar).update

            return await make(log, signers(config), wanted, folder, watch)
    finally:
        await log.close()
