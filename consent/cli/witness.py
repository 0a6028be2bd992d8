"""``consent witness``: copies of the newest checkpoint go where they are to be kept, now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import click

from consent.cli.shown import table
from consent.cli.source import DEADLINE, is_there
from consent.config import ConsentConfig
from consent.errors import ConfigError, LogUnavailable
from consent.log.rounds import Outcome, once
from consent.log.sql import SqlLog
from consent.witness import Witness
from consent.witness.configured import witnesses


@click.command(short_help="Show the newest checkpoint to every witness.")
@click.option(
    "--config", "file", metavar="FILE", required=True, help="The configuration of the site."
)
def witness(file: str) -> None:
    """Show the newest checkpoint of the log to every witness in log.witnesses.

    The site does so itself every hour while choices come in; this is for cron, and for sites that
    do not run for an hour at a time.

    Exit status: 0 if all have it; 1 if one does not, or the log cannot be used.
    """
    try:
        config = ConsentConfig.from_toml(file)
        asked = witnesses(config)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    if not asked:
        raise click.ClickException("log.witnesses names none")
    log = SqlLog(config.log.url, deadline=DEADLINE)
    outcomes = asyncio.run(_asked(log, asked)) if is_there(log) else []
    rows = [
        (each.witness.kind, each.witness.name, str(each.size), str(each.error or "has it"))
        for each in outcomes
    ]
    shown = table(("kind", "witness", "records", "outcome"), rows)
    click.echo(shown if rows else "nothing is signed yet")
    raise SystemExit(int(any(each.error for each in outcomes)))


async def _asked(log: SqlLog, asked: Sequence[Witness]) -> list[Outcome]:
    try:
        return await once(log.proofs, asked)
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be used: {error}") from error
    finally:
        await log.close()
