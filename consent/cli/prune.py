"""``consent prune``: the end of retention."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import click
from dateutil.relativedelta import relativedelta

from consent.cli.source import DAY, asked, opened
from consent.config import ConsentConfig
from consent.log.pruning import Pruner, Stop

WHY: Mapping[Stop | None, str] = {
    Stop.HOLD: "Record {} is under a legal hold; what is younger waits for its end.",
    Stop.FORM: "Record {} proves what was agreed to in a form; --forms prunes it too.",
}


@click.command()
@click.option("--log", "url", metavar="URL", help="Where the log is; then --before says how far.")
@click.option("--config", metavar="FILE", help="The configuration that names log and retention.")
@click.option("--before", type=DAY, help="Made before this day, in UTC.")
@click.option("--forms", is_flag=True, help="Also what somebody agreed to in a form.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would go.")
def prune(
    url: str | None, config: str | None, before: datetime | None, forms: bool, dry_run: bool
) -> None:
    """Delete the records whose time is over, oldest first; their leaves stay in the tree.

    Exit status: 0, also if nothing was old enough; 1 if the log cannot be used; 2 if --before is
    later than what visitors were told allows.
    """
    log = opened(url, config)
    moment = _moment(config, before)
    pruner = log.pruner(before=moment, forms=forms)
    number, why = asked(log, _pruned(pruner, dry_run))
    click.echo(
        f"{number} record(s) from before {moment:%Y-%m-%d} {'would go' if dry_run else 'went'}."
    )
    if why:
        click.echo(why)


def _moment(config: str | None, before: datetime | None) -> datetime:
    """Nothing goes before the choice can be over and ``retention_years`` have passed after that."""
    if config is None:
        if before is None:
            raise click.UsageError("Say how far with --before, or name the --config that does.")
        return before.replace(tzinfo=UTC)
    known = ConsentConfig.from_toml(config)
    kept = relativedelta(years=known.log.retention_years, months=known.cookie.lifetime_months)
    end = datetime.now(UTC) - kept
    if before is not None and before.replace(tzinfo=UTC) > end:
        raise click.UsageError(f"--before: what was made since {end:%Y-%m-%d} is still to be kept.")
    return before.replace(tzinfo=UTC) if before else end


async def _pruned(pruner: Pruner, dry_run: bool) -> tuple[int, str]:
    number, why = 0, ""
    # To standard error, and only where somebody sees it: what is printed can be piped.
    with click.progressbar(
        length=await pruner.due(), label="records", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        async for done in pruner.plan() if dry_run else pruner.prune():
            number += done.number
            bar.update(done.number)
            if done.record:
                why = WHY[done.stop].format(done.record)
    return number, why
