"""The command line: exit status 0 for fine, 1 for what cannot be used or read, 2 for misuse."""

from __future__ import annotations

import logging

import click

from consent.cli.check import check, init
from consent.cli.doctor import doctor
from consent.cli.dossier import dossier
from consent.cli.export import export
from consent.cli.keys import keys
from consent.cli.prune import prune
from consent.cli.requests import requests
from consent.cli.rights import erase, hold, holds, release
from consent.cli.screens import screens
from consent.cli.show import show
from consent.cli.stats import stats
from consent.cli.verify import verify
from consent.cli.witness import witness


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="asgi-consent")
def main() -> None:
    """Cookie consent for ASGI sites."""
    # Warnings are printed here; without a handler Python would print them a second time.
    logging.getLogger("consent").addHandler(logging.NullHandler())


for command in (
    check,
    doctor,
    dossier,
    erase,
    export,
    hold,
    holds,
    init,
    keys,
    prune,
    release,
    requests,
    screens,
    show,
    stats,
    verify,
    witness,
):
    main.add_command(command)
