"""``consent keys``: a log's keys are shown, made, and follow each other without a gap in trust."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent import ConsentConfig
from consent.cli import main
from consent.config.secrets import seed
from consent.errors import LogOfOtherKeys, LogUnavailable
from consent.log.proofs import SqlProofs
from consent.log.sql import SqlLog
from consent.tree.keys import Signer, VerifierKey, derived_seed
from consent.tree.promise import endorsed, endorsement
from consent.tree.signers import signers
from tests.log.checked import sequence
from tests.log.examples import NOTICE, a_record
from tests.written import SECRET

NAME = "www.example.com/consent"
DERIVED = Signer(NAME, derived_seed(SECRET))
OTHER = Signer(NAME, bytes([1]) * 32)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration; its log does not exist yet."""
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    text = CliRunner().invoke(main, ["init"]).stdout
    file = tmp_path / "consent.toml"
    file.write_text(text.replace("sqlite:///consent.db", f"sqlite:///{tmp_path}/consent.db"))
    return file


@pytest.fixture
def log(file: Path) -> Path:
    """The log, with one record."""
    config = ConsentConfig.from_toml(file)

    async def fill() -> None:
        log = SqlLog(config.log.url, keys=lambda: signers(config), deadline=60)
        await log.append(a_record(), NOTICE)
        await log.close()

    asyncio.run(fill())
    return file.parent / "consent.db"


def keys(command: str, file: Path) -> Result:
    return CliRunner().invoke(main, ["keys", command, "--config", str(file)])


def shown(file: Path) -> list[list[str]]:
    result = keys("show", file)
    assert result.exit_code == 0, result.stderr
    return [line.split() for line in result.stdout.splitlines()[1:]]


def printed(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.stderr
    return dict(line.split() for line in result.stdout.splitlines())


def in_log(file: Path, key: VerifierKey, note: str | None) -> None:
    async def add() -> None:
        log = SqlLog(ConsentConfig.from_toml(file).log.url, deadline=60)
        await log.proofs.add_key(str(key), note)
        await log.close()

    asyncio.run(add())


def test_before_the_first_choice_the_configured_key_is_shown_and_no_log_made(file: Path) -> None:
    assert shown(file) == [[str(DERIVED.key), "signs"]]
    assert not (file.parent / "consent.db").exists()


def test_a_new_key_is_a_seed_and_the_key_that_it_makes(file: Path) -> None:
    made = printed(keys("new", file))
    raw = seed(made["seed"])
    assert raw
    assert str(Signer(NAME, raw).key) == made["key"]
    assert printed(keys("new", file))["seed"] != made["seed"]


def test_a_rotated_key_is_endorsed_by_the_current_one(file: Path, log: Path) -> None:
    made = printed(keys("rotate", file))
    assert made["by"] == str(DERIVED.key)
    assert shown(file) == [
        [str(DERIVED.key), "signs"],
        [made["key"], "not", "configured", DERIVED.key.id.hex()],
    ]


def test_once_configured_the_rotated_key_signs(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = printed(keys("rotate", file))
    monkeypatch.setenv("CONSENT_LOG_KEY", made["seed"])
    file.write_text(file.read_text().replace("[log]", '[log]\nkeys = ["env:CONSENT_LOG_KEY"]'))
    assert shown(file) == [
        [str(DERIVED.key), "verifies"],
        [made["key"], "signs", DERIVED.key.id.hex()],
    ]
    assert printed(keys("rotate", file))["by"] == made["key"]


def test_what_is_kept_of_a_rotation_is_the_endorsement(file: Path, log: Path) -> None:
    made = printed(keys("rotate", file))

    async def known() -> str | None:
        log = SqlLog(ConsentConfig.from_toml(file).log.url, deadline=60)
        found = await log.proofs.keys()
        await log.close()
        return found[made["key"]]

    note = asyncio.run(known())
    assert note
    assert str(endorsed(note, [DERIVED.key])) == made["key"]


def test_an_endorsement_by_nobody_that_the_log_knows_is_shown_as_a_forgery(
    file: Path, log: Path
) -> None:
    in_log(file, OTHER.key, endorsement(OTHER.key, Signer(NAME, bytes(32))))
    assert [str(OTHER.key), "not", "configured", "a", "forgery"] in shown(file)


def test_keys_go_by_the_name_that_the_log_began_with(file: Path, log: Path) -> None:
    file.write_text(file.read_text().replace("www.example.com", "shop.example.com"))
    assert shown(file) == [[str(DERIVED.key), "signs"]]
    assert printed(keys("new", file))["key"].startswith(NAME)
    assert printed(keys("rotate", file))["by"] == str(DERIVED.key)


def test_a_log_without_a_key_has_none_to_rotate(file: Path) -> None:
    result = keys("rotate", file)
    assert result.exit_code == 1
    assert "consent keys new" in result.stderr


def test_where_a_secret_is_made_for_the_run_nothing_is_endorsed(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(file.read_text().replace("https://www.example.com", "http://localhost"))
    monkeypatch.delenv("CONSENT_SECRET")
    result = keys("rotate", file)
    assert result.exit_code == 1
    assert "not known" in result.stderr


ANOTHER = "another-secret-than-the-one-that-the-log-began-with"


@pytest.mark.parametrize("command", ["show", "rotate"])
def test_a_log_that_another_secret_began_is_named_and_stays_as_it_is(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A second first key would spoil it: nobody could tell which of them is the log's."""
    monkeypatch.setenv("CONSENT_SECRET", ANOTHER)
    result = keys(command, file)
    assert result.exit_code == 1
    assert f"E035 cookie.secrets: This log was begun with the key {DERIVED.key.short}" in (
        result.stderr
    )
    assert "seed" not in result.stdout
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    assert shown(file) == [[str(DERIVED.key), "signs"]]


def test_a_secret_that_follows_the_old_one_rotates_by_that(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one has signed nothing yet, so nobody knows it."""
    monkeypatch.setenv("NEXT_SECRET", ANOTHER)
    both = '["env:CONSENT_SECRET", "env:NEXT_SECRET"]'
    file.write_text(file.read_text().replace('["env:CONSENT_SECRET"]', both))
    assert printed(keys("rotate", file))["by"] == str(DERIVED.key)


def test_a_configuration_with_another_secret_than_its_log_is_no_good(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CliRunner().invoke(main, ["check", str(file)]).exit_code == 0
    monkeypatch.setenv("CONSENT_SECRET", ANOTHER)
    result = CliRunner().invoke(main, ["check", str(file)])
    assert (result.exit_code, "error   E035 cookie.secrets" in result.stderr) == (1, True)


def test_while_developing_without_a_secret_nothing_signs(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONSENT_SECRET")
    file.write_text(file.read_text().replace("https://www.example.com", "http://localhost"))
    assert shown(file) == []
    assert printed(keys("new", file))["key"].startswith("localhost/consent+")


def test_each_start_without_a_secret_goes_on_with_the_log(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While developing a secret is made for each; what they recorded waits for one that stays."""
    text = file.read_text().replace("https://www.example.com", "http://localhost")
    file.write_text(text)

    async def start() -> int:
        log = SqlLog.of(ConsentConfig.from_toml(file), deadline=60)
        await log.append(a_record(), NOTICE)
        size = await sequence(log)
        await log.close()
        return size

    monkeypatch.delenv("CONSENT_SECRET")
    assert [asyncio.run(start()), asyncio.run(start())] == [0, 0]
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    assert asyncio.run(start()) == 3
    monkeypatch.delenv("CONSENT_SECRET")
    with pytest.raises(LogOfOtherKeys, match="no secret is set here"):
        asyncio.run(start())


def test_a_log_that_cannot_be_written_exits_with_1(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise LogUnavailable("disk full")

    monkeypatch.setattr(SqlProofs, "add_key", full)
    result = keys("rotate", file)
    assert result.exit_code == 1
    assert "the log cannot be written: disk full" in result.stderr
    assert "seed" not in result.stdout


@pytest.mark.parametrize("command", ["show", "new", "rotate"])
def test_a_configuration_that_cannot_be_used_exits_with_1(file: Path, command: str) -> None:
    file.write_text("nonsense")
    assert keys(command, file).exit_code == 1


@pytest.mark.parametrize("command", ["show", "rotate"])
def test_a_log_that_cannot_be_read_exits_with_1(file: Path, command: str) -> None:
    (file.parent / "consent.db").write_text("no database" * 1000)
    assert keys(command, file).exit_code == 1
    assert "the log cannot be read" in keys(command, file).stderr
