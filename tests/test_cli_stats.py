"""``consent stats``: what was chosen and what was held, for people."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from consent.cli import main
from consent.log.held import Held, Outcome
from consent.record import Action, Interface
from tests.log.examples import NOTICE, a_record, patient
from tests.noon import NOON
from tests.written import SECRET

pytestmark = pytest.mark.usefixtures("noon")
TODAY = NOON.date()


def stats(*options: str) -> Result:
    return CliRunner().invoke(main, ["stats", *options])


def sections(result: Result) -> dict[str, list[list[str]]]:
    """The rows of each table under its title, its head included."""
    assert result.exit_code == 0, result.output
    tables = [block.splitlines() for block in result.stdout.strip().split("\n\n")]
    return {title.split()[0]: [line.split() for line in lines] for title, *lines in tables}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A log in which something was held, today and long ago."""
    address = f"sqlite:///{tmp_path}/consent.db"
    cdn = Held(TODAY, "www.example.fr", "cdn.example.net", "")
    passed = cdn._replace(outcome=Outcome.PASSED)
    video = cdn._replace(host="www.youtube.com", service="youtube")
    ago = [cdn._replace(day=TODAY - timedelta(days=days)) for days in (29, 30)]

    async def fill() -> None:
        log = patient(address)
        await log.count_held({cdn: 2, passed: 4, video: 7, ago[0]: 3, ago[1]: 1000})
        await log.close()

    asyncio.run(fill())
    return address


def test_hosts_are_shown_the_most_held_first(url: str) -> None:
    assert sections(stats("--log", url))["hosts"] == [
        ["site", "host", "service", "outcome", "times", "last"],
        ["www.example.fr", "www.youtube.com", "youtube", "held", "7", str(TODAY)],
        ["www.example.fr", "cdn.example.net", "(undeclared)", "held", "5", str(TODAY)],
        ["www.example.fr", "cdn.example.net", "(undeclared)", "passed", "4", str(TODAY)],
    ]


def test_choices_are_counted_by_where_they_were_made_and_answers_by_what_was_asked(
    tmp_path: Path,
) -> None:
    """What nobody answered is no answer: an end by time, a browser's signal, an embed once;
    the doctor is no visitor."""
    address, now = f"sqlite:///{tmp_path}/consent.db", datetime.now(UTC)
    asked = {"purposes": {"analytics": True}, "services": {}}
    nothing = {"purposes": {"analytics": False}, "services": {}}
    records = [
        a_record(**asked, action=Action.ACCEPT_ALL, made_at=now),
        a_record(**asked, action=Action.SAVE, made_at=now - timedelta(days=40)),
        a_record(**nothing, action=Action.REFUSE_ALL),
        a_record(**nothing, action=Action.REFUSE_ALL, interface=Interface.NO_JS),
        *(a_record(**nothing, action=each) for each in (Action.ONCE, Action.EXPIRE, Action.SIGNAL)),
    ]

    async def fill() -> None:
        log = patient(address)
        for record in records:
            await log.append(record, NOTICE)
        tried = await log.append(a_record(), NOTICE)
        await log.rights.erase(tried.subject, trial=True)
        await log.close()

    asyncio.run(fill())
    found = sections(stats("--log", address))
    assert found["chosen"] == [
        ["site", "interface", "accept_all", "refuse_all", "once", "expire", "signal"],
        ["www.example.fr", "banner", "1", "1", "1", "1", "1"],
        ["www.example.fr", "no-js", "0", "1", "0", "0", "0"],
    ]
    assert found["answered"][1:] == [
        ["www.example.fr", "choice", "purpose", "analytics", "1", "2", "33.3"]
    ]
    further = sections(stats("--log", address, "--days", "60"))
    assert further["answered"][1][-3:] == ["2", "2", "50.0"]


def test_nobody_takes_a_choice_out_by_its_key_nor_by_erasing_it(tmp_path: Path) -> None:
    """Only who has the log can say that a choice was made to try the site."""
    address = f"sqlite:///{tmp_path}/consent.db"
    named = a_record(action=Action.ACCEPT_ALL, idempotency_key=f"doctor-{uuid4()}", body_hash="0")

    async def fill() -> None:
        log = patient(address)
        await log.append(named, NOTICE)
        await log.erase(named.subject)
        await log.close()

    asyncio.run(fill())
    assert sections(stats("--log", address))["chosen"][1:] == [["www.example.fr", "banner", "1"]]


def test_one_may_look_further_back(url: str) -> None:
    assert " 1005 " in stats("--log", url, "--days", "31").stdout


def test_the_configuration_may_name_the_log(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSENT_SECRET", SECRET)
    text = CliRunner().invoke(main, ["init"]).stdout.replace("sqlite:///consent.db", url)
    (tmp_path / "consent.toml").write_text(text, "utf-8")
    assert stats("--config", str(tmp_path / "consent.toml")).stdout == stats("--log", url).stdout
    assert stats("--config", str(tmp_path / "none.toml")).exit_code == 1


async def opened(url: str) -> None:
    log = patient(url)
    assert await log.held(since=TODAY) == {}
    await log.close()


def test_nothing_chosen_and_nothing_held_is_no_failure(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/consent.db"
    asyncio.run(opened(url))
    result = stats("--log", url)
    assert {title: len(rows) for title, rows in sections(result).items()} == {
        "chosen": 1,
        "answered": 1,
        "hosts": 1,
    }


def test_a_log_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert stats("--log", f"sqlite:///{tmp_path}/misspelt.db").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_read_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "consent.db").write_bytes(b"not a database" * 99)
    assert stats("--log", f"sqlite:///{tmp_path}/consent.db").exit_code == 1


@pytest.mark.parametrize("options", [[], ["--log", "a", "--config", "b"], ["--log", "mysql://x/y"]])
def test_misuse_exits_with_2(options: list[str]) -> None:
    assert stats(*options).exit_code == 2


def test_what_a_database_holds_does_not_steer_the_terminal(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/consent.db"

    async def fill() -> None:
        log = patient(address)
        await log.count_held({Held(TODAY, "s", "\x1b[2J", ""): 1})
        await log.close()

    asyncio.run(fill())
    assert "\x1b" not in stats("--log", address).stdout
