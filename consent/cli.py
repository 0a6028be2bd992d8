"""The command line: exit status 0 for fine, 1 for a configuration with errors, 2 for misuse."""

from __future__ import annotations

import logging
from importlib.resources import files

import click

from consent.config import ConsentConfig
from consent.errors import ConfigError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="asgi-consent")
def main() -> None:
    """Cookie consent for ASGI sites."""
    # Warnings are printed here; without a handler Python would print them a second time.
    logging.getLogger("consent").addHandler(logging.NullHandler())


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
def check(file: str) -> None:
    """Check a configuration FILE and name every problem in it.

    Exit status: 0 if it can be used (warnings allowed), 1 if not.
    """
    try:
        config = ConsentConfig.from_toml(file)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"error   {problem}", err=True)
        click.echo(f"{file}: {len(error.problems)} error(s).", err=True)
        raise SystemExit(1) from error
    for problem in config.warnings:
        click.echo(f"warning {problem}", err=True)
    for purpose in config.purposes:
        names = ", ".join(s.name for s in config.services if s.purpose == purpose.id)
        click.echo(f"{'exempt' if purpose.exempt else 'asked':8}{purpose.id}: {names}")
    click.echo(f"notice  {config.notice.hash}")
    click.echo(f"{file}: fine, {len(config.warnings)} warning(s).")


@main.command()
def init() -> None:
    """Print a commented configuration to start from."""
    click.echo(files("consent.config").joinpath("starter.toml").read_text("utf-8"), nl=False)
