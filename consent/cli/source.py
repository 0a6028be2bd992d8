"""Which log a command is about: ``--log URL`` or ``--config FILE``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from consent.config import ConsentConfig
from consent.errors import ConfigError
from consent.log.sql import SqlLog


def named_log(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its two options, and the log that they name as ``log``."""

    @click.option("--log", "url", metavar="URL", help="Where the log is, as sqlite:///consent.db.")
    @click.option("--config", metavar="FILE", help="The configuration that names the log.")
    @wraps(command)
    def with_log(url: str | None, config: str | None, **options: Any) -> None:
        command(log=opened(url, config), **options)

    return with_log


def opened(url: str | None, config: str | None) -> SqlLog:
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
    if not is_there(log):
        raise click.ClickException(f"there is no file {log.file}")
    return log


def is_there(log: SqlLog) -> bool:
    """Opening one that is not makes it, and a misspelt name would then look like an empty log."""
    return log.file is None or Path(log.file).is_file()
