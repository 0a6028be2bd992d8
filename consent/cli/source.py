"""Which log a command is about: ``--log URL`` or ``--config FILE``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from consent.config import ConsentConfig
from consent.errors import Code, ConfigError, LogUnavailable
from consent.log.place import is_log
from consent.log.sql import SqlLog

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

T = TypeVar("T")

DEADLINE = 30.0
"""Seconds for a log to answer: no visitor waits for a command."""


class _Day(click.DateTime):
    """Said in words for people, where click has the codes of ``strptime``."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def get_metavar(self, *_: object, **__: object) -> str:
        return "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a day. Write it as 2026-01-31.", param, ctx)


DAY = _Day()
"""As an option is given."""


def not_future(_: click.Context, __: click.Parameter, day: datetime | None) -> datetime | None:
    """A request that is still to come would be counted as answered in time for ever."""
    if day and day.date() > datetime.now(UTC).date():
        raise click.BadParameter(f"{day:%Y-%m-%d} is yet to come.")
    return day


def not_past(_: click.Context, __: click.Parameter, day: datetime) -> datetime:
    """A hold that is over keeps nothing, and would seem to."""
    if day.date() < datetime.now(UTC).date():
        raise click.BadParameter(f"{day:%Y-%m-%d} is over.")
    return day


def in_order(first: datetime | None, last: datetime | None) -> None:
    """A period that ends before it begins is one that was mistyped, not an empty one.

    Raises:
        click.BadParameter: it does.
    """
    if first and last and last < first:
        raise click.BadParameter(f"{last:%Y-%m-%d} is before {first:%Y-%m-%d}.", param_hint="--to")


received = click.option(
    "--received",
    "day",
    type=DAY,
    callback=not_future,
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
        return there(SqlLog(str(url), deadline=DEADLINE))
    except ConfigError as error:
        problem = error.problems[0]
        raise click.UsageError(f"--log: {problem.message} {problem.fix}") from error


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
    """Opening one that is not makes it, and a misspelt name would then look like an empty log.

    Raises:
        click.ClickException: there is a file, and it is empty, or the database of something else:
            opening it would make a log of it.
    """
    if log.file is None:
        return True
    found = Path(log.file).is_file()
    if found and not is_log(Path(log.file)):
        raise click.ClickException(f"{log.file} is no log: it has no table of records")
    return found


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
