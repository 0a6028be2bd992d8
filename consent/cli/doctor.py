"""``consent doctor``: is a site that runs as it should be?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import click

from consent.cli.source import DEADLINE, is_there, opened
from consent.config import ConsentConfig
from consent.doctor import Report, Status, examine
from consent.errors import Code, ConfigError, counted
from consent.log.sql import SqlLog
from consent.tree.signers import signers


@click.command(short_help="Visit the site at URL, and name its problems.")
@click.argument("url")
@click.option("--config", "file", metavar="FILE", help="The configuration that the site runs with.")
@click.option("--log", "log_url", metavar="URL", help="The log that it writes to.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for machines.")
def doctor(url: str, file: str | None, log_url: str | None, as_json: bool) -> None:
    """Visit the site at URL, refuse everything there once, and inspect what comes of it.

    Nothing is granted. Where the log is at hand, the test choice is erased from it again.

    Exit status: 0 if all is fine, warnings allowed; 1 if there are problems, or the configuration
    cannot be used; 2 if the command was misused.
    """
    if (file is None) == (log_url is None):
        raise click.UsageError("Name either --config or --log.")
    config = _read(file) if file else None
    if log_url is not None:
        opened(log_url, None)
    log = log_of(config) if config else SqlLog(str(log_url), deadline=DEADLINE)
    no_log = "" if is_there(log) else f"there is no file {log.file} here"
    report = examine(url, config=config, log=None if no_log else log, no_log=no_log)
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else _told(report))
    raise SystemExit(0 if report.sound else 1)


def log_of(config: ConsentConfig) -> SqlLog:
    """With the keys of the site, if they are known here: are they those of the log?"""
    unknown = any(each.code is Code.SECRET_GENERATED for each in config.warnings)
    keys = None if unknown else partial(signers, config)
    return SqlLog(config.log.url, keys=keys, deadline=DEADLINE)


def _read(file: str) -> ConsentConfig:
    try:
        return ConsentConfig.from_toml(file).at(datetime.now(UTC))
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _told(report: Report) -> str:
    lines = []
    for each in report.findings:
        fix = f" {each.fix}" if each.fix else ""
        text = f"{each.status:8}{each.check:14}{each.what}{'.' * bool(fix)}{fix}"
        # What a site answers must not be able to steer a terminal.
        lines.append(text if text.isprintable() else ascii(text)[1:-1])
    found = [each.status for each in report.findings]
    problems, warnings = found.count(Status.PROBLEM), found.count(Status.WARNING)
    lines.append(f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}.")
    return "\n".join(lines)
