"""``consent stats``: what was chosen, and which hosts were held or passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import click

from consent.cli.shown import table
from consent.cli.source import asked, named_log, watched
from consent.dossier.counts import Counts
from consent.log.held import Held
from consent.log.snapshot import Part
from consent.log.sql import SqlLog
from consent.record import Action

UNDECLARED = "(undeclared)"
ANSWERS = ("site", "kind", "about", "id", "granted", "refused", "granted %")
HOSTS = ("site", "host", "service", "outcome", "times", "last")


@click.command(short_help="Show what was chosen, and which hosts were held or passed.")
@named_log
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660))
def stats(log: SqlLog, days: int) -> None:
    """Show what was chosen in the last DAYS days, and which hosts were held or passed.

    Exit status: 0, also if there was nothing; 1 if the log cannot be read.
    """
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    counts, held = asked(log, _found(log, since))
    for title, head, rows in (
        ("chosen", *_chosen(counts.groups())),
        ("answered", ANSWERS, _answered(counts.answers())),
        ("hosts", HOSTS, _hosts(held)),
    ):
        click.echo(f"{title} since {since}")
        click.echo(f"{table(head, rows)}\n")


async def _found(log: SqlLog, since: date) -> tuple[Counts, dict[Held, int]]:
    counts, part = Counts(), Part(datetime.combine(since, time(), UTC))
    async with log.snapshot() as snapshot:
        # Not by their keys: anybody could take a choice of their own out.
        trials = {row["record_id"] async for row in snapshot.table("trial")}
        with watched("records", await snapshot.count(part)) as bar:
            snapshot.progress = bar.update
            async for row in snapshot.rows(part):
                if row["id"] not in trials:
                    counts.add(row["idx"] or 0, row["body"])
    return counts, await log.held(since=since)


def _chosen(groups: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """By where it was clicked, and what; only of actions that there were."""
    number: dict[tuple[str, str], Counter[str]] = {}
    for each in groups:
        place = number.setdefault((each["site"], each["interface"]), Counter())
        place[each["action"]] += each["records"]
    there = [str(action) for action in Action if any(action in place for place in number.values())]
    rows = [
        (*key, *(str(place[action]) for action in there)) for key, place in sorted(number.items())
    ]
    return ("site", "interface", *there), rows


def _answered(answers: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Each month's together."""
    number: dict[tuple[str, ...], list[int]] = {}
    for each in answers:
        key = tuple(each[name] for name in ANSWERS[:4])
        total = number.setdefault(key, [0, 0])
        total[0] += each["granted"]
        total[1] += each["refused"]
    for key, (granted, refused) in sorted(number.items()):
        yield *key, str(granted), str(refused), f"{100 * granted / (granted + refused):.1f}"


def _hosts(found: Mapping[Held, int]) -> list[tuple[str, ...]]:
    """By host and what became of it, the most often found first."""
    times: dict[tuple[str, ...], int] = {}
    last: dict[tuple[str, ...], date] = {}
    for each, number in found.items():
        key = (each.site, each.host, each.service or UNDECLARED, each.outcome.value)
        times[key] = times.get(key, 0) + number
        last[key] = max(each.day, last.get(key, each.day))
    ordered = sorted(times, key=lambda key: (-times[key], key))
    return [(*key, str(times[key]), str(last[key])) for key in ordered]
