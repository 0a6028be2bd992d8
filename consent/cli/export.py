"""``consent export``: what the log holds, for other programs and for people."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO
from uuid import UUID

import click

from consent.cli.source import DAY, in_order, named_log, watched
from consent.errors import LogUnavailable
from consent.export.dpv import Profile
from consent.export.graph import graph
from consent.export.lines import lines
from consent.export.register import LANGUAGES, register, register_json
from consent.export.sheet import sheet
from consent.export.words import PLACES
from consent.log.snapshot import Part, Snapshot
from consent.log.sql import SqlLog

Exported = Callable[[Snapshot, Part], AsyncGenerator[str, None]]
FORMATS = ("jsonl", "csv", "jsonld", "register", "register-json")


def _country(_: click.Context, __: click.Parameter, code: str | None) -> str | None:
    if code is None or code in PLACES:
        return code
    raise click.BadParameter(f"{code!r} is none of: {', '.join(PLACES)}.")


@click.command(short_help="Write what the log holds.")
@named_log
@click.option("--format", "form", required=True, type=click.Choice(FORMATS))
@click.option("--out", required=True, metavar="FILE|-", help="Where to; - for standard output.")
@click.option("--from", "first", type=DAY, help="The first day, in UTC.")
@click.option("--to", "last", type=DAY, help="The last day, in UTC.")
@click.option("--subject", type=click.UUID, help="The records of one visitor.")
@click.option(
    "--profile",
    type=click.Choice([str(each) for each in Profile]),
    default="gdpr",
    show_default=True,
    help="Of jsonld.",
)
@click.option(
    "--jurisdiction",
    metavar="CODE",
    callback=_country,
    help="Of jsonld: a country, or EU; where not given, by the controller's country.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Of register and register-json; where not given, the site's first.",
)
def export(
    log: SqlLog,
    form: str,
    out: str,
    profile: str,
    jurisdiction: str | None,
    lang: str | None,
    first: datetime | None,
    last: datetime | None,
    subject: UUID | None,
) -> None:
    """Write what the log holds, as it is at one moment, however large it is.

    Exit status: 0 if all was written; 1 if the log cannot be read, or the file written; also 1, but
    without a word, if whoever reads standard output stops before its end, as 'head' does.
    """
    in_order(first, last)
    part = Part(
        first.replace(tzinfo=UTC) if first else None,
        last.replace(tzinfo=UTC) + timedelta(days=1) if last else None,
        subject,
    )
    linked = partial(graph, profile=Profile(profile), jurisdiction=jurisdiction)
    forms: dict[str, Exported] = {
        "jsonl": lines,
        "csv": sheet,
        "jsonld": linked,
        "register": partial(register, lang=lang),
        "register-json": partial(register_json, lang=lang),
    }
    try:
        with _written(out) as file:
            asyncio.run(_export(log, forms[form], part, file))
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be read: {error}") from error
    except BrokenPipeError:
        raise  # which ``click`` answers
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error


async def _export(
    log: SqlLog,
    exported: Exported,
    part: Part,
    file: IO[str],
) -> None:
    try:
        async with log.snapshot() as snapshot:
            with watched("records", await snapshot.count(part)) as bar:
                snapshot.progress = bar.update
                async with aclosing(exported(snapshot, part)) as pieces:
                    async for piece in pieces:
                        file.write(piece)
    finally:
        await log.close()


@contextmanager
def _written(out: str) -> Iterator[IO[str]]:
    """A file that is there whole or not at all, and for nobody else's eyes: it holds subjects."""
    if out == "-":
        yield sys.stdout
        # Else what is left is written as Python ends, where nobody hears that the pipe is closed.
        sys.stdout.flush()
        return
    unfinished = Path(f"{out}.part")
    unfinished.unlink(missing_ok=True)
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
