"""The command line: exit status 0 for fine, 1 for what cannot be used or read, 2 for misuse."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import click

from consent.config import ConsentConfig
from consent.errors import ConfigError, LogUnavailable
from consent.log import place
from consent.log.held import Held
from consent.log.sql import SqlLog

UNDECLARED = "(undeclared)"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="asgi-consent")
def main() -> None:
    """Cookie consent for ASGI sites."""
    # Warnings are printed here; without a handler Python would print them a second time.
    logging.getLogger("consent").addHandler(logging.NullHandler())


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
def check(file: str) -> None:
    """Check a configuration FILE, and the place of its log, and name every problem.

    Exit status: 0 if it can be used (warnings allowed), 1 if not.
    """
    try:
        config = ConsentConfig.from_toml(file)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"error   {problem}", err=True)
        click.echo(f"{file}: {len(error.problems)} error(s).", err=True)
        raise SystemExit(1) from error
    found = [*config.warnings, *place.warnings(config.log.url)]
    for problem in found:
        click.echo(f"warning {problem}", err=True)
    for purpose in config.purposes:
        names = ", ".join(s.name for s in config.services if s.purpose == purpose.id)
        click.echo(f"{'exempt' if purpose.exempt else 'asked':8}{purpose.id}: {names}")
    click.echo(f"notice  {config.notice.hash}")
    click.echo(f"{file}: fine, {len(found)} warning(s).")


@main.command()
def init() -> None:
    """Print a commented configuration to start from."""
    click.echo(files("consent.config").joinpath("starter.toml").read_text("utf-8"), nl=False)


@main.command()
@click.option("--log", "url", metavar="URL", help="Where the log is, as sqlite:///consent.db.")
@click.option("--config", metavar="FILE", help="The configuration that names the log.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660))
def stats(url: str | None, config: str | None, days: int) -> None:
    """Show which hosts were held in the last DAYS days, and how often.

    Exit status: 0, also if nothing was held; 1 if the log cannot be read.
    """
    log = _log(url, config)
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    try:
        found = asyncio.run(_held(log, since))
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be read: {error}") from error
    click.echo(f"held since {since}")
    for line in _table(("site", "host", "service", "times", "last"), _rows(found)):
        click.echo(line)


def _log(url: str | None, config: str | None) -> SqlLog:
    """What is named by one of the two.

    Raises:
        click.UsageError: by neither, by both, or not a database.
        click.ClickException: there is none yet, or the configuration cannot be used.
    """
    if (url is None) == (config is None):
        raise click.UsageError("Name the log with either --log or --config.")
    try:
        url = ConsentConfig.from_toml(config).log.url if config else url
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    try:
        log = SqlLog(str(url))
    except ConfigError as error:
        raise click.UsageError(error.problems[0].message) from error
    # Opening it would make one, and a misspelt name would then look like an empty log.
    if log.file is not None and not Path(log.file).is_file():
        raise click.ClickException(f"there is no file {log.file}")
    return log


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


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Aligned columns; what a database holds must not be able to steer a terminal."""
    lines = [[cell if cell.isprintable() else ascii(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        yield "  ".join(
            cell.rjust(width) if cell.isdigit() else cell.ljust(width) for cell, width in cells
        ).rstrip()
