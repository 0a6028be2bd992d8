"""Which log a command is about: ``--log URL`` or ``--config FILE``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from consent.config import ConsentConfig
from consent.errors import Code, ConfigError, LogUnavailable
from consent.log.sql import SqlLog

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

T = TypeVar("T")
DAY = click.DateTime(["%Y-%m-%d"])
"""As an option is given."""
received = click.option(
    "--received",
    "day",
    type=DAY,
    help="The day on which the visitor asked for it, if not today.",
)


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
    url = _loaded(config).log.url if config else url
    try:
        return there(SqlLog(str(url)))
    except ConfigError as error:
        raise click.UsageError(error.problems[0].message) from error


def there(log: SqlLog) -> SqlLog:
    """One that exists.

    Raises:
        click.ClickException: there is no file.
    """
    if not is_there(log):
        raise click.ClickException(f"there is no file {log.file}")
    return log


def configured(file: str) -> ConsentConfig:
    """The configuration of a site, with the keys of its log.

    Raises:
        click.ClickException: it cannot be used, or not here.
    """
    config = _loaded(file)
    if any(warning.code == Code.SECRET_GENERATED for warning in config.warnings):
        raise click.ClickException("a secret is not set here, so the current key is not known")
    return config


def _loaded(file: str) -> ConsentConfig:
    try:
        return ConsentConfig.from_toml(file)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def watched(label: str, length: int) -> ProgressBar[int]:
    """A bar on standard error, and only where somebody sees it: what is printed can be piped."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def is_there(log: SqlLog) -> bool:
    """Opening one that is not makes it, and a misspelt name would then look like an empty log."""
    return log.file is None or Path(log.file).is_file()


def asked(log: SqlLog, question: Coroutine[Any, Any, T]) -> T:
    """The answer of a log that is closed afterwards.

    Raises:
        click.ClickException: it cannot be used.
    """

    async def answered() -> T:
        try:
            return await question
        finally:
            await log.close()

    try:
        return asyncio.run(answered())
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be used: {error}") from error
