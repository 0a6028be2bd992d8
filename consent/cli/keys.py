"""``consent keys``: what the log is signed with, and how one key follows another."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import click

from consent.cli.shown import table
from consent.cli.source import DEADLINE, configured, is_there
from consent.config import ConsentConfig
from consent.config.secrets import seed_text
from consent.errors import ConfigError, LogOfOtherKeys, LogUnavailable, NoteRefused
from consent.log.sql import SqlLog
from consent.log.strangers import known_signer
from consent.tree.keys import SEED_BYTES, Signer, VerifierKey
from consent.tree.promise import endorsed, endorsement
from consent.tree.signers import origin, signers

_config = click.option(
    "--config", "file", metavar="FILE", required=True, help="The configuration of the site."
)


@click.group(short_help="Show, make or rotate the keys of the log.")
def keys() -> None:
    """Show the keys that the log is signed with, make one, or let a new one follow."""


@keys.command()
@_config
def show(file: str) -> None:
    """Show the verifier keys of the log, and which of them signs.

    Exit status: 0; 1 if the configuration or the log cannot be used, or the log was begun with
    other keys.
    """
    found = asyncio.run(_found(_read(file)))
    names = [str(signer.key) for signer in found.ours]
    every = [*found.known, *names]
    uses = {**dict.fromkeys(every, "not configured"), **dict.fromkeys(names, "verifies")}
    uses.update(dict.fromkeys(names[-1:], "signs"))
    rows = [(vkey, use, _endorser(found.known.get(vkey), uses)) for vkey, use in uses.items()]
    click.echo(table(("key", "use", "endorsed by"), rows))
    found.signer()


@keys.command(short_help="Print the seed of a new key, and its verifier key.")
@_config
def new(file: str) -> None:
    """Print the seed of a new key, which is secret, and its verifier key, which is for everybody.

    Exit status: 0; 1 if the configuration or the log cannot be used.
    """
    _print(*_made(asyncio.run(_found(_read(file))).name))


@keys.command(short_help="Make a new key, endorsed by the current one.")
@_config
def rotate(file: str) -> None:
    """Make a new key, have the current one endorse it, and keep that in the log.

    The log is signed with the current one until the new one stands last in log.keys.

    Exit status: 0; 1 if the configuration or the log cannot be used, or the log was begun with
    other keys: nothing is changed then.
    """
    config = configured(file)
    found = asyncio.run(_found(config))
    signer = found.signer()
    if signer is None:
        raise click.ClickException("the log has no key yet; see 'consent keys new'")
    text, made = _made(found.name)
    asyncio.run(_keep(config, made, endorsement(made, signer)))
    _print(text, made)
    click.echo(f"by    {signer.key}")


@dataclass(frozen=True)
class _Found:
    """The configured keys under the name of the log, and what the log says."""

    name: str
    ours: Sequence[Signer]
    known: Mapping[str, str | None]
    newest: str | None = None
    """Its newest checkpoint."""

    def signer(self) -> Signer | None:
        """The newest of ours that the log goes by; none where it has no key yet.

        Raises:
            click.ClickException: it was begun with others.
        """
        try:
            return known_signer(self.ours, self.known, self.newest)
        except LogOfOtherKeys as error:
            raise click.ClickException(str(error)) from error


def _read(file: str) -> ConsentConfig:
    try:
        return ConsentConfig.from_toml(file)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


async def _found(config: ConsentConfig) -> _Found:
    log = SqlLog(config.log.url, deadline=DEADLINE)
    ours, name = signers(config), origin(config)
    if not is_there(log):
        return _Found(name, ours, {})
    try:
        name = await log.proofs.origin() or name
        _, newest = await log.proofs.checkpoint() or (0, None)
        ours = tuple(each.under(name) for each in ours)
        return _Found(name, ours, await log.proofs.keys(), newest)
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be read: {error}") from error
    finally:
        await log.close()


async def _keep(config: ConsentConfig, new: VerifierKey, note: str) -> None:
    log = SqlLog(config.log.url, deadline=DEADLINE)
    try:
        await log.proofs.add_key(str(new), note)
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be written: {error}") from error
    finally:
        await log.close()


def _made(name: str) -> tuple[str, VerifierKey]:
    raw = secrets.token_bytes(SEED_BYTES)
    return seed_text(raw), Signer(name, raw).key


def _print(text: str, key: VerifierKey) -> None:
    click.echo(f"seed  {text}\nkey   {key}")


def _endorser(note: str | None, keys: Iterable[str]) -> str:
    """The id of the key that did it."""
    for vkey in keys:
        with suppress(NoteRefused):
            key = VerifierKey.parse(vkey)
            endorsed(note or "", [key])
            return key.id.hex()
    return "a forgery" if note else ""
