"""``consent dossier``: one file for the authority."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from consent.cli.source import DAY, DEADLINE, configured, in_order, is_there, watched
from consent.config import ConsentConfig
from consent.dossier.folder import Folder, made
from consent.dossier.make import Made, Wanted, make
from consent.dossier.report import LANGUAGES, language
from consent.errors import LogUnavailable, NoteRefused
from consent.log.sql import SqlLog
from consent.tree.signers import signers

SAMPLE = 100
"""Records that are shown with their proofs, where nothing else is said."""
UNPICTURED = 3
"""Exit status of a dossier without all its pictures."""


@click.command(short_help="Put what was shown and chosen into one file.")
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
@click.option(
    "--screens",
    "album",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Pictures that 'consent screens' took at releases.",
)
@click.option("--no-screenshots", "blind", is_flag=True, help="Take no pictures now.")
@click.option("--chromium", metavar="PATH", help="The browser to take them with.")
def dossier(
    out: Path,
    file: str,
    first: datetime,
    last: datetime,
    lang: str | None,
    sample: int,
    album: Path | None,
    blind: bool,
    chromium: str | None,
) -> None:
    """Put what was shown and chosen between two days into OUT.zip, with the proof of it.

    Exit status: 0; 1 if the configuration or the log cannot be used, or has nothing of these days;
    3 if the dossier was made, but not all pictures could be taken.
    """
    now = datetime.now(UTC)
    in_order(first, last)
    since, end = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
    if end > now:
        raise click.BadParameter(f"{end:%Y-%m-%d} is yet to come.", param_hint="--to")
    config = configured(file)
    wanted = Wanted(
        since,
        end + timedelta(days=1),
        lang or language(config.site.languages[0]),
        sample,
        now,
        album,
        takes=not blind,
        chromium=chromium,
    )
    try:
        with made(out) as folder:
            done = asyncio.run(_make(config, wanted, folder))
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be used: {error}") from error
    except NoteRefused as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or out}: {error.strerror}") from error
    click.echo(f"{out}: {done.records} records of {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    if done.unpictured:
        told = f"WITHOUT screenshots of {done.unpictured} screens: {done.why}"
        click.secho(told, fg="red", bold=True, err=True)
        sys.exit(0 if blind else UNPICTURED)


async def _make(config: ConsentConfig, wanted: Wanted, folder: Folder) -> Made:
    log = SqlLog(config.log.url, deadline=DEADLINE)
    if not is_there(log):
        raise click.ClickException(f"there is no file {log.file}")
    try:
        with ExitStack() as stack:

            def watch(label: str, length: int) -> Callable[[int], object]:
                # One at a time: the one before has come to its end.
                stack.close()
                return stack.enter_context(watched(label, length)).update

            return await make(log, signers(config), wanted, folder, watch)
    finally:
        await log.close()
