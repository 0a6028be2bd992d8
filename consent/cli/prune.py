"""``consent prune``: the end of retention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import click
from dateutil.relativedelta import relativedelta

from consent.cli.source import DAY, DEADLINE, asked, configured, opened, there, watched
from consent.errors import counted
from consent.log.pruning import Pruner, Stop
from consent.log.sql import SqlLog

WHY: Mapping[Stop | None, str] = {
    Stop.HOLD: "Record {} is under a legal hold; what is younger waits for its end.",
    Stop.FORM: "Record {} proves what was agreed to in a form; --forms prunes it too.",
}


@click.command(short_help="Delete the records whose time is over.")
@click.option("--config", metavar="FILE", help="The configuration of the site.")
@click.option("--log", "url", metavar="URL", help="Where the log is; only for --dry-run.")
@click.option("--before", type=DAY, help="Made before this day, in UTC.")
@click.option("--forms", is_flag=True, help="Also what somebody agreed to in a form.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would go.")
def prune(
    url: str | None, config: str | None, before: datetime | None, forms: bool, dry_run: bool
) -> None:
    """Delete the records whose time is over, oldest first; their leaves stay in the tree.

    That it was done is signed with the log's key, which is why the configuration is needed.

    Exit status: 0, also if nothing was old enough; 1 if the log cannot be used; 2 if --before is
    later than what visitors were told allows.
    """
    if config is None and not dry_run:
        raise click.UsageError("What is pruned is signed: name the --config of the site.")
    if config is None or url:
        log = opened(url, config)
    else:
        log = there(SqlLog.of(configured(config), deadline=DEADLINE))
    moment, kept = _moment(config, before)
    pruner = log.pruner(before=moment, kept=kept, forms=forms)
    number, why = asked(log, _pruned(pruner, dry_run))
    went = "would go" if dry_run else "went"
    click.echo(f"{counted(number, 'record')} from before {moment:%Y-%m-%d} {went}.")
    if why:
        click.echo(why)


def _moment(config: str | None, before: datetime | None) -> tuple[datetime, tuple[int, int] | None]:
    """Nothing goes before the choice can be over and ``retention_years`` have passed after that;
    both, where they are known."""
    if config is None:
        if before is None:
            raise click.UsageError("Say how far with --before, or name the --config that does.")
        return before.replace(tzinfo=UTC), None
    now = datetime.now(UTC)
    known = configured(config).at(now)
    years, months = known.log.retention_years, known.cookie.lifetime_months
    end = now - relativedelta(years=years, months=months)
    if before is not None and before.replace(tzinfo=UTC) > end:
        raise click.UsageError(f"--before: what was made since {end:%Y-%m-%d} is still to be kept.")
    return before.replace(tzinfo=UTC) if before else end, (years, months)


async def _pruned(pruner: Pruner, dry_run: bool) -> tuple[int, str]:
    number, why = 0, ""
    with watched("records", await pruner.due()) as bar:
        async for done in pruner.plan() if dry_run else pruner.prune():
            number += done.number
            bar.update(done.number)
            if done.record:
                why = WHY[done.stop].format(done.record)
    return number, why
