"""``consent stats``: what was held, by host."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import click

from consent.cli.shown import table
from consent.cli.source import named_log
from consent.errors import LogUnavailable
from consent.log.held import Held
from consent.log.sql import SqlLog

UNDECLARED = "(undeclared)"


@click.command()
@named_log
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660))
def stats(log: SqlLog, days: int) -> None:
    """Show which hosts were held in the last DAYS days, and how often.

    Exit status: 0, also if nothing was held; 1 if the log cannot be read.
    """
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    try:
        found = asyncio.run(_held(log, since))
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be read: {error}") from error
    click.echo(f"held since {since}")
    click.echo(table(("site", "host", "service", "times", "last"), _rows(found)))


async def _held(log: SqlLog, since: date) -> dict[Held, int]:
    try:
        return await log.held(since=since)
    finally:
        await log.close()


def _rows(found: Mapping[Held, int]) -> list[tuple[str, ...]]:
    """By host, those held most often first."""
    times: dict[tuple[str, str, str], int] = {}
    last: dict[tuple[str, str, str], date] = {}
    for each, number in found.items():
        key = (each.site, each.host, each.service or UNDECLARED)
        times[key] = times.get(key, 0) + number
        last[key] = max(each.day, last.get(key, each.day))
    ordered = sorted(times, key=lambda key: (-times[key], key))
    return [(*key, str(times[key]), str(last[key])) for key in ordered]
