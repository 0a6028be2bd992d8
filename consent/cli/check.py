"""``consent check`` and ``consent init``: a configuration, before it is used."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from importlib.resources import files

import click

from consent.config import ConsentConfig, upcoming
from consent.errors import ConfigError, counted
from consent.log import place
from consent.tree.signers import signers


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
def check(file: str) -> None:
    """Name every problem of a configuration FILE.

    Of a log that is there already only its keys are looked at, and nothing is changed.

    Exit status: 0 if it can be used (warnings allowed), 1 if not.
    """
    try:
        config = ConsentConfig.from_toml(file)
        if strange := asyncio.run(place.stranger(config.log.url, signers(config))):
            raise ConfigError([strange])
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"error   {problem}", err=True)
        click.echo(f"{file}: {counted(len(error.problems), 'error')}.", err=True)
        raise SystemExit(1) from error
    today = datetime.now(UTC).date()
    dates = upcoming.warnings(config, today)
    found = [*config.warnings, *dates, *place.warnings(config.log.url)]
    for problem in found:
        click.echo(f"warning {problem}", err=True)
    for purpose in config.purposes:
        names = ", ".join(s.name for s in config.services if s.purpose == purpose.id)
        click.echo(f"{'exempt' if purpose.exempt else 'asked':8}{purpose.id}: {names}")
    click.echo(f"notice  {config.notice.hash}")
    if (then := config.upcoming) is not None:
        left = counted(max(0, (then.effective_from - today).days), "day")
        click.echo(f"from    {then.effective_from} (in {left})")
        for each in then.changes:
            parts = f" ({', '.join(each.parts)})" if each.parts else ""
            click.echo(f"        {each.what}{each.id and ' '}{each.id}{parts}")
        click.echo(f"        notice {then.config.notice.hash}")
    click.echo(f"{file}: fine, {counted(len(found), 'warning')}.")


@click.command()
def init() -> None:
    """Print a commented configuration to start from."""
    click.echo(files("consent.config").joinpath("starter.toml").read_text("utf-8"), nl=False)
