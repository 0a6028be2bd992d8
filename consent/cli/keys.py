"""``consent keys``: what the log is signed with, and how one key follows another."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import click

from consent.cli.shown import table
from consent.cli.source import DEADLINE, is_there
from consent.config import ConsentConfig
from consent.config.secrets import seed_text
from consent.errors import Code, ConfigError, LogUnavailable, NoteRefused
from consent.log.sql import SqlLog
from consent.tree.keys import SEED_BYTES, Signer, VerifierKey
from consent.tree.promise import endorsed, endorsement
from consent.tree.signers import signers

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

    Exit status: 0; 1 if the configuration or the log cannot be used.
    """
    ours, known = asyncio.run(_found(_read(file)))
    names = [str(signer.key) for signer in ours]
    uses = {**dict.fromkeys([*known, *names], "not configured"), **dict.fromkeys(names, "verifies")}
    uses[names[-1]] = "signs"
    rows = [(vkey, use, _endorser(known.get(vkey), uses)) for vkey, use in uses.items()]
    click.echo(table(("key", "use", "endorsed by"), rows))


@keys.command(short_help="Print the seed of a new key, and its verifier key.")
@_config
def new(file: str) -> None:
    """Print the seed of a new key, which is secret, and its verifier key, which is for everybody.

    Exit status: 0; 1 if the configuration or the log cannot be used.
    """
    ours, _ = asyncio.run(_found(_read(file)))
    _print(*_made(ours[-1]))


@keys.command(short_help="Make a new key, endorsed by the current one.")
@_config
def rotate(file: str) -> None:
    """Make a new key, have the current one endorse it, and keep that in the log.

    The log is signed with the current one until the new one stands last in log.keys.

    Exit status: 0; 1 if the configuration or the log cannot be used.
    """
    config = _read(file)
    if any(warning.code == Code.SECRET_GENERATED for warning in config.warnings):
        raise click.ClickException("a secret is not set here, so the current key is not known")
    ours, known = asyncio.run(_found(config))
    if not known:
        raise click.ClickException("the log has no key yet; see 'consent keys new'")
    text, made = _made(ours[-1])
    asyncio.run(_keep(config, {ours[-1].key: None, made: endorsement(made, ours[-1])}))
    _print(text, made)
    click.echo(f"by    {ours[-1].key}")


def _read(file: str) -> ConsentConfig:
    try:
        return ConsentConfig.from_toml(file)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


async def _found(config: ConsentConfig) -> tuple[Sequence[Signer], Mapping[str, str | None]]:
    """The configured keys under the name of the log, and those that the log knows."""
    log = SqlLog(config.log.url, deadline=DEADLINE)
    ours = signers(config)
    if not is_there(log):
        return ours, {}
    try:
        name = await log.proofs.origin()
        return [each.under(name or each.key.name) for each in ours], await log.proofs.keys()
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be read: {error}") from error
    finally:
        await log.close()


async def _keep(config: ConsentConfig, new: Mapping[VerifierKey, str | None]) -> None:
    log = SqlLog(config.log.url, deadline=DEADLINE)
    try:
        for key, note in new.items():
            await log.proofs.add_key(str(key), note)
    except LogUnavailable as error:
        raise click.ClickException(f"the log cannot be written: {error}") from error
    finally:
        await log.close()


def _made(like: Signer) -> tuple[str, VerifierKey]:
    raw = secrets.token_bytes(SEED_BYTES)
    return seed_text(raw), Signer(like.key.name, raw).key


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
