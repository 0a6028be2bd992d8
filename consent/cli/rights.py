"""``consent erase``, ``hold``, ``holds`` and ``release``: what may go, and what has to stay."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click

from consent.cli.shown import table
from consent.cli.source import DAY, asked, named_log, not_past, received
from consent.errors import SubjectHeld, counted
from consent.log.rights import Hold
from consent.log.sql import SqlLog

NOBODY = "the log has no records of this subject"


@click.command()
@named_log
@click.argument("subject", type=click.UUID)
@received
def erase(log: SqlLog, subject: UUID, day: datetime | None) -> None:
    """Forget who SUBJECT was. The records stay, as those of nobody, and every proof of them.

    Exit status: 0; 1 if there was nobody, a legal hold forbids it, or the log cannot be used.
    """
    try:
        number = asked(log, log.rights.erase(subject, received=day and day.date()))
    except SubjectHeld as held:
        raise click.ClickException(f"nothing was erased: {held}") from held
    if not number:
        raise click.ClickException(NOBODY)
    click.echo(f"{counted(number, 'record')} {'is' if number == 1 else 'are'} nobody's now.")


@click.command(short_help="Keep the records of SUBJECT from erasure and pruning.")
@named_log
@click.argument("subject", type=click.UUID)
@click.option("--reason", required=True, help="Why, as the reference of a claim.")
@click.option("--until", type=DAY, callback=not_past, required=True, help="The last day, in UTC.")
def hold(log: SqlLog, subject: UUID, reason: str, until: datetime) -> None:
    """Keep the records of SUBJECT from being erased or pruned, for a claim or by law.

    Exit status: 0; 1 if there is nobody, or the log cannot be used.
    """

    async def held() -> bool:
        async for _ in log.read(subject=subject):
            await log.rights.hold(Hold(subject, reason, until.date()))
            return True
        return False

    if not asked(log, held()):
        raise click.ClickException(NOBODY)
    click.echo(f"held until {until:%Y-%m-%d}")


@click.command()
@named_log
def holds(log: SqlLog) -> None:
    """Show every legal hold, also those that are over.

    Exit status: 0; 1 if the log cannot be read.
    """
    rows = [(str(e.subject), str(e.until), e.reason) for e in asked(log, log.rights.holds())]
    click.echo(table(("subject", "until", "reason"), rows) if rows else "nobody is held")


@click.command()
@named_log
@click.argument("subject", type=click.UUID)
def release(log: SqlLog, subject: UUID) -> None:
    """End the legal hold of SUBJECT before its day.

    Exit status: 0; 1 if there is none, or the log cannot be used.
    """
    if not asked(log, log.rights.release(subject)):
        raise click.ClickException("this subject is not held")
    click.echo("released")
