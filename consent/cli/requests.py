"""``consent requests``: what visitors asked for, and whether it was answered in time (EU-29)."""

from __future__ import annotations

import click

from consent.cli.shown import table
from consent.cli.source import asked, named_log
from consent.log.sql import SqlLog

HEAD = ("received", "due", "answered", "kind", "outcome", "times", "")


@click.command(short_help="Show how requests for access and erasure were met.")
@named_log
def requests(log: SqlLog) -> None:
    """Show how many requests for access and erasure were answered, when, and when they were due.

    Exit status: 0; 1 if the log cannot be read.
    """
    found = asked(log, log.rights.requests())
    rows = [
        (
            *(str(each.received), str(each.due), str(each.answered), each.kind, each.outcome),
            *(str(times), "late" if each.late else ""),
        )
        for each, times in found.items()
    ]
    click.echo(table(HEAD, rows) if rows else "no request was answered")
