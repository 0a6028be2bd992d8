"""``consent screens``: pictures of what visitors are going to see, taken at a release."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from consent.banner.screens import stand_alone
from consent.cli.source import DEADLINE, configured, is_there, watched
from consent.config import ConsentConfig
from consent.dossier.album import kept, taken
from consent.dossier.gather import moment
from consent.dossier.pictures import camera
from consent.dossier.release import screens as shown
from consent.errors import LogUnavailable, NoPictures
from consent.log.sql import SqlLog
from consent.model import Screen
from consent.tree.keys import Signer
from consent.tree.signers import signers


@click.command(short_help="Photograph the screens of a release.")
@click.argument("place", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--config", "file", metavar="FILE", required=True, help="The configuration of the site."
)
@click.option("--chromium", metavar="PATH", help="The browser to take them with.")
def screens(place: Path, file: str, chromium: str | None) -> None:
    """Photograph the screens of a release into DIR, for phone and desktop, signed and dated.

    Those that are there already stay as they are. Nothing is written to the log.

    Exit status: 0; 1 if the configuration or the log cannot be used, or there is no browser.
    """
    config = configured(file)
    try:
        place.mkdir(parents=True, exist_ok=True)
        ours = asyncio.run(_signers(config))
        keys = [each.key for each in ours]
        found = {each.hash: each for each in shown(config)}
        missing = [each for each in found.values() if kept(place, each.hash, keys) is None]
        if missing:
            asyncio.run(_take(missing, place, ours[-1], chromium))
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be used: {error}") from error
    except NoPictures as error:
        raise click.ClickException(f"no pictures can be taken: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{place}: {len(missing)} screens, and {len(found) - len(missing)} from before")


async def _signers(config: ConsentConfig) -> Sequence[Signer]:
    """Under the name of the log, where there is one already."""
    log = SqlLog(config.log.url, deadline=DEADLINE)
    ours = signers(config)
    if not is_there(log):
        return ours
    try:
        name = await log.proofs.origin()
        return [each.under(name or each.key.name) for each in ours]
    finally:
        await log.close()


async def _take(
    missing: Sequence[Screen], place: Path, signer: Signer, chromium: str | None
) -> None:
    async with camera(chromium) as browser:
        with watched("pictures", len(missing)) as bar:
            for each in missing:
                pictures = await browser.take(stand_alone(each))
                about = {"taken_at": moment(datetime.now(UTC)), "browser": browser.name}
                taken(each.hash, pictures, **about, signer=signer).put(place, each.hash)
                bar.update(1)
