"""``consent show``: everything that the log has about one visitor (GDPR 15, EU-25)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from consent.banner.screens import stand_alone
from consent.cli.rights import NOBODY
from consent.cli.shown import table
from consent.cli.source import asked, named_log, received
from consent.log.sql import SqlLog
from consent.model import Screen
from consent.record import Record

HEAD = ("made at", "action", "answers", "lang", "interface", "notice", "screen", "proof", "record")
SHORT = 12
"""Characters of a hash; enough to tell a site's notices apart."""


@click.command(short_help="Show what SUBJECT chose, and when.")
@named_log
@click.argument("subject", type=click.UUID)
@click.option(
    "--screen",
    "file",
    metavar="FILE.html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the screen that was clicked on: that of the newest record that names one.",
)
@click.option("--record", "number", metavar="ID", help="Of this record.")
@received
def show(
    log: SqlLog, subject: UUID, file: Path | None, number: str | None, day: datetime | None
) -> None:
    """Show what SUBJECT chose, when, where and under which notice, oldest first.

    With --received it is the answer to a request for access, and counted as one.

    Exit status: 0; 1 if there is nobody, no such screen, or the log cannot be read.
    """
    records, proven, screen = asked(log, _found(log, subject, number, day))
    if not records:
        raise click.ClickException(NOBODY)
    click.echo(table(HEAD, [_row(each, each.id in proven) for each in records]))
    if file is None:
        return
    if screen is None:
        raise click.ClickException("no screen was kept for it")
    try:
        file.write_text(stand_alone(screen), "utf-8")
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(f"screen {screen.hash} is in {file}")


async def _found(
    log: SqlLog, subject: UUID, number: str | None, day: datetime | None
) -> tuple[list[Record], set[str], Screen | None]:
    records = [record async for record in log.read(subject=subject)]
    proven = {each.id for each in records if await log.proofs.proof(each.id)}
    if records and day:
        await log.rights.given_access(day.date())
    named = [each.screen for each in records if each.screen and number in (None, each.id)]
    return records, proven, await log.screen(named[-1]) if named else None


def _row(record: Record, proven: bool) -> tuple[str, ...]:
    answers = {**record.purposes, **record.services}
    return (
        f"{record.made_at:%Y-%m-%d %H:%M:%S}Z",
        record.action.value,
        " ".join(f"{'+' if answer else '-'}{name}" for name, answer in answers.items()),
        record.language,
        record.interface.value,
        record.notice[:SHORT],
        (record.screen or "")[:SHORT],
        "in the tree" if proven else "waiting",
        record.id,
    )
