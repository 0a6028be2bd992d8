"""``consent erase``, ``show``, ``hold`` and ``prune``: what visitors may ask, and what ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from consent.banner.pages import Pages
from consent.banner.screens import Screens, stand_alone
from consent.cli import main
from consent.config import ConsentConfig
from consent.config.secrets import seed_text
from consent.log import sequencer
from consent.record import Action, Interface, Kind
from tests.log.checked import KEY, keys, report_on, sequence
from tests.log.examples import NOTICE, a_record, patient
from tests.noon import NOON
from tests.written import SECRET

ME, SOMEBODY = uuid4(), uuid4()
pytestmark = pytest.mark.usefixtures("noon")
LONG_AGO = NOON - timedelta(days=7 * 366)
NEXT_MONTH = f"{NOON + timedelta(days=30):%Y-%m-%d}"


@pytest.fixture(scope="module")
def config_text() -> str:
    return CliRunner().invoke(main, ["init"]).stdout


@pytest.fixture
def config(tmp_path: Path, config_text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    monkeypatch.setattr(sequencer, "PAUSE", 10_000)
    file = tmp_path / "consent.toml"
    monkeypatch.setenv("CONSENT_LOG_KEY", seed_text(bytes(32)))
    named = f'url = "sqlite:///{tmp_path}/consent.db"\nkeys = ["env:CONSENT_LOG_KEY"]'
    assert 'url = "sqlite:///consent.db"' in config_text
    file.write_text(config_text.replace('url = "sqlite:///consent.db"', named))
    return file


@pytest.fixture
def filled(config: Path, tmp_path: Path) -> Iterator[str]:
    """A log with one choice of long ago, and two of mine, the second of which is still to come
    into the tree."""
    url = f"sqlite:///{tmp_path}/consent.db"
    screen = Screens(Pages(ConsentConfig.from_toml(config))).banner("fr")

    async def fill() -> None:
        log = patient(url, keys=keys)
        await log.keep_screen(screen)
        await log.append(a_record(subject=SOMEBODY, made_at=LONG_AGO), NOTICE)
        await log.append(a_record(subject=ME, screen=screen.hash), NOTICE)
        await sequence(log)
        later = NOON + timedelta(seconds=1)
        await log.append(a_record(subject=ME, seq=2, made_at=later), NOTICE)
        await log.close()

    asyncio.run(fill())
    yield url
    assert report_on(url, KEY).holds


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_show_says_what_was_chosen_when_and_where_and_how_it_is_proven(filled: str) -> None:
    """EU-25"""
    result = run("show", ME, "--log", filled)
    first, second = (line.split() for line in result.stdout.splitlines()[1:])
    assert first[2:] == [
        *("save", "+analytics", "-marketing", "+youtube", "fr", "banner", NOTICE.hash[:12]),
        *(first[9], "in", "the", "tree", first[13]),
    ]
    assert ("waiting" in second, len(first[9])) == (True, 12)
    assert result.exit_code == 0


def test_show_writes_the_very_screen_that_was_clicked_on(filled: str, tmp_path: Path) -> None:
    """REC-10"""
    screen = Screens(Pages(ConsentConfig.from_toml(tmp_path / "consent.toml"))).banner("fr")
    result = run("show", ME, "--log", filled, "--screen", tmp_path / "screen.html")
    assert (tmp_path / "screen.html").read_text() == stand_alone(screen)
    assert screen.hash in result.stdout


def test_a_screen_that_was_never_kept_or_cannot_be_written_exits_with_1(
    filled: str, tmp_path: Path
) -> None:
    options = "show", ME, "--log", filled, "--screen"
    assert run(*options, tmp_path / "s.html", "--record", "another").exit_code == 1
    assert run(*options, tmp_path / "nowhere" / "s.html").exit_code == 1
    assert not (tmp_path / "s.html").exists()


def test_who_is_erased_is_nobody_from_then_on(filled: str) -> None:
    """EU-27"""
    assert run("erase", ME, "--log", filled).stdout == "2 records are nobody's now.\n"
    for command in ("erase", "show"):
        assert run(command, ME, "--log", filled).exit_code == 1
    assert report_on(filled, KEY).counts["erased"] == 2


def test_a_hold_forbids_erasing_until_it_is_released(filled: str) -> None:
    held = run("hold", ME, "--log", filled, "--reason", "claim 26/0123", "--until", NEXT_MONTH)
    assert held.stdout == f"held until {NEXT_MONTH}\n"
    assert f"{ME}  {NEXT_MONTH}  claim 26/0123" in run("holds", "--log", filled).stdout
    refused = run("erase", ME, "--log", filled)
    assert (refused.exit_code, NEXT_MONTH in refused.stderr) == (1, True)
    assert [run("release", ME, "--log", filled).exit_code for _ in range(2)] == [0, 1]
    assert run("holds", "--log", filled).stdout == "nobody is held\n"
    assert run("erase", ME, "--log", filled).exit_code == 0


def test_nobody_unknown_is_held(filled: str) -> None:
    """A number that was misread would keep nothing."""
    options = "--log", filled, "--reason", "claim", "--until", NEXT_MONTH
    assert run("hold", uuid4(), *options).exit_code == 1
    assert run("holds", "--log", filled).stdout == "nobody is held\n"


def test_a_hold_that_is_over_already_is_refused(filled: str) -> None:
    """It would keep nothing, and seem to."""
    yesterday = f"{NOON - timedelta(days=1):%Y-%m-%d}"
    result = run("hold", ME, "--log", filled, "--reason", "claim", "--until", yesterday)
    assert (result.exit_code, f"{yesterday} is over" in result.stderr) == (2, True)
    assert run("holds", "--log", filled).stdout == "nobody is held\n"


@pytest.mark.parametrize("command", ["erase", "show"])
def test_no_request_was_received_on_a_day_that_is_to_come(command: str, filled: str) -> None:
    """EU-29; it would be answered in time for ever."""
    result = run(command, ME, "--log", filled, "--received", NEXT_MONTH)
    assert (result.exit_code, "is yet to come" in result.stderr) == (2, True)
    assert run("requests", "--log", filled).stdout == "no request was answered\n"


def test_a_day_that_is_none_is_answered_with_how_one_is_written(filled: str) -> None:
    result = run("erase", ME, "--log", filled, "--received", "31.1.2026")
    assert (result.exit_code, "Write it as 2026-01-31." in result.stderr) == (2, True)
    assert "--received DATE" in run("erase", "--help").stdout


def test_requests_are_listed_with_the_day_on_which_they_were_due(filled: str) -> None:
    """EU-29; to look at somebody is no request, to answer one is."""
    assert run("requests", "--log", filled).stdout == "no request was answered\n"
    run("show", ME, "--log", filled)
    run("show", UUID(int=1), "--log", filled, "--received", "2026-01-31")
    assert run("requests", "--log", filled).stdout == "no request was answered\n"
    run("show", ME, "--log", filled, "--received", "2020-01-31")
    run("erase", ME, "--log", filled)
    lines = [line.split() for line in run("requests", "--log", filled).stdout.splitlines()[1:]]
    today = f"{NOON:%Y-%m-%d}"
    assert lines[0] == ["2020-01-31", "2020-02-29", today, "access", "done", "1", "late"]
    assert lines[1][:1] + lines[1][2:] == [today, today, "erasure", "done", "1"]


def test_what_is_over_is_pruned_and_nothing_else(filled: str, config: Path) -> None:
    """EU-11; the time a choice can hold, and the years of retention."""
    planned = run("prune", "--config", config, "--dry-run")
    assert planned.stdout.startswith("1 record from before ")
    assert report_on(filled, KEY).counts["pruned"] == 0
    assert run("prune", "--config", config).stdout.startswith("1 record ")
    assert report_on(filled, KEY).counts["pruned"] == 1
    assert run("prune", "--config", config).stdout.startswith("0 records ")


def test_pruning_says_what_stopped_it(filled: str, config: Path) -> None:
    run("hold", SOMEBODY, "--log", filled, "--reason", "claim", "--until", NEXT_MONTH)
    assert "legal hold" in run("prune", "--config", config).stdout
    run("release", SOMEBODY, "--log", filled)
    agreed = {"kind": Kind.FORM, "action": Action.SUBMIT, "interface": Interface.FORM}

    async def agree() -> None:
        log = patient(filled, keys=keys)
        await log.append(a_record(made_at=LONG_AGO, **agreed), NOTICE)
        await sequence(log)
        await log.close()

    asyncio.run(agree())
    day = f"{NOON + timedelta(days=1):%Y-%m-%d}"
    assert "--forms" not in run("prune", "--config", config).stdout
    assert "--forms" in run("prune", "--log", filled, "--before", day, "--dry-run").stdout


@pytest.mark.parametrize(("years", "status"), [(7, 0), (1, 2)])
def test_nothing_is_pruned_before_its_time(
    filled: str, config: Path, years: int, status: int
) -> None:
    day = f"{NOON - timedelta(days=366 * years):%Y-%m-%d}"
    assert run("prune", "--config", config, "--before", day).exit_code == status
    assert report_on(filled, KEY).counts["pruned"] == 0


def test_how_far_is_said_by_the_configuration_or_by_hand(filled: str) -> None:
    """Without the configuration, only to look: it has the key that a pruning is signed with."""
    day = f"{NOON - timedelta(days=366):%Y-%m-%d}"
    looked = run("prune", "--log", filled, "--before", day, "--dry-run")
    assert looked.stdout.startswith("1 record ")
    assert run("prune", "--log", filled, "--dry-run").exit_code == 2
    assert run("prune", "--log", filled, "--before", day).exit_code == 2
    assert report_on(filled, KEY).counts["pruned"] == 0


def test_what_is_pruned_is_signed_with_a_key_of_the_log(
    filled: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With any other, the log would no longer hold."""
    monkeypatch.setenv("CONSENT_LOG_KEY", seed_text(bytes([7]) * 32))
    refused = run("prune", "--config", config)
    assert (refused.exit_code, "E035" in refused.stderr) == (1, True)
    assert report_on(filled, KEY).counts["pruned"] == 0


@pytest.mark.parametrize(
    "command",
    [
        ("erase", UUID(int=1)),
        ("show", UUID(int=1)),
        ("release", UUID(int=1)),
        ("holds",),
        ("requests",),
        ("prune", "--before", "2020-01-01", "--dry-run"),
    ],
)
def test_a_log_that_cannot_be_read_exits_with_1(tmp_path: Path, command: tuple[object]) -> None:
    (tmp_path / "consent.db").write_bytes(b"not a database" * 99)
    result = run(*command, "--log", f"sqlite:///{tmp_path}/consent.db")
    assert (result.exit_code, "cannot be used" in result.stderr) == (1, True)
