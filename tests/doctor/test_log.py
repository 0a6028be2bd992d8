"""``consent doctor`` with the log at hand: the record is found, proven and erased."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from consent import ConsentConfig, ConsentMiddleware
from consent.cli import main
from consent.cli.doctor import log_of
from consent.doctor import Check, Report, Status, examine
from consent.doctor.stored import inspect
from consent.log.sql import SqlLog
from consent.record import NOBODY, Record
from consent.tree.signers import signers
from tests.asgi.exchange import PAGE, responds
from tests.doctor.served import OTHER_SECRET, found, listening, running, standing
from tests.log.examples import NOTICE, a_record
from tests.log.sealed import seal
from tests.sites import SECRET, site

PROBLEM, WARNING = Status.PROBLEM, Status.WARNING
DEADLINE = 60.0
"""Seconds; a busy machine is no fault of the site's."""
TOML = """
[site]
name = "Shop"
url = "{url}"
languages = ["en"]
[controller]
name = "Shop Ltd"
address = "1 Main St"
email = "shop@example.fr"
[cookie]
secrets = ["{secret}"]
[log]
url = "{log}"
[[services]]
use = "google-analytics"
"""


class Served:
    """A site that writes to a log in a file."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.log_url = url, f"sqlite:///{folder}/consent.db"
        self.file = folder / "consent.toml"
        text = TOML.format(url=url, secret=SECRET, log=self.log_url)
        self.file.write_text(text, "utf-8")
        self.config = ConsentConfig.from_toml(self.file)

    def log(self) -> SqlLog:
        return SqlLog(self.log_url, deadline=DEADLINE)

    def examined(self, config: ConsentConfig | None = None) -> Report:
        return examine(self.url, config=config, log=self.log(), patience=DEADLINE)

    def ask(self, *options: str) -> Result:
        return CliRunner().invoke(main, ["doctor", self.url, *options])

    def records(self) -> list[Record]:
        async def read() -> list[Record]:
            log = self.log()
            try:
                return [record async for record in log.read()]
            finally:
                await log.close()

        return asyncio.run(read())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with listening() as (listener, url):
        site = Served(url, tmp_path_factory.mktemp("served"))
        log = SqlLog(site.log_url, keys=partial(signers, site.config), deadline=DEADLINE)
        app = ConsentMiddleware(responds(PAGE), config=site.config, log=log)
        # The log is there before anybody asks for it: it is made with its first use.
        assert site.records() == []
        with running(app, listener):
            yield site
        asyncio.run(log.close())


def test_the_record_is_stored_archived_proven_and_erased(served: Served) -> None:
    report = served.examined(served.config)
    assert found(report) == {}
    assert {each.check for each in report.findings} == set(Check)
    (record,) = [each for each in served.records() if each.id == report.record]
    assert (record.subject, record.screen is not None) == (NOBODY, True)


def test_the_log_alone_is_enough(served: Served) -> None:
    report = served.examined()
    assert found(report) == {}
    missing = {Check.CONFIGURATION, Check.SIGNATURE}
    assert {each.check for each in report.findings} == set(Check) - missing


def test_another_configuration_is_told_by_the_record_and_by_the_keys(served: Served) -> None:
    other = site(url=served.url, secrets=(OTHER_SECRET,))
    got = found(served.examined(other))
    expected = {Check.CONFIGURATION, Check.SIGNATURE, Check.STORED}
    assert got == dict.fromkeys(expected, PROBLEM)


def test_keys_of_another_configuration_do_not_verify(served: Served) -> None:
    text = served.file.read_text("utf-8").replace(SECRET, OTHER_SECRET)
    file = served.file.with_name("other.toml")
    file.write_text(text, "utf-8")
    got = found(served.examined(ConsentConfig.from_toml(file)))
    assert got == dict.fromkeys({Check.SIGNATURE, Check.TREE}, PROBLEM)


def test_a_secret_that_is_not_set_here_leaves_the_keys_of_the_log(served: Served) -> None:
    text = served.file.read_text("utf-8").replace(SECRET, "env:CONSENT_NOT_SET_HERE")
    file = served.file.with_name("unset.toml")
    file.write_text(text.replace("languages", "development = true\nlanguages"), "utf-8")
    got = found(served.examined(ConsentConfig.from_toml(file)))
    assert got == {Check.SIGNATURE: WARNING}


def test_another_log_does_not_have_the_record(served: Served, tmp_path: Path) -> None:
    log = SqlLog(f"sqlite:///{tmp_path}/other.db", deadline=DEADLINE)
    assert found(examine(served.url, log=log)) == {Check.STORED: PROBLEM}


def test_a_log_that_cannot_be_read_is_found(served: Served, tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"not a database" * 99)
    log = SqlLog(f"sqlite:///{tmp_path}/bad.db", deadline=DEADLINE)
    assert found(examine(served.url, log=log)) == {Check.STORED: PROBLEM}


def test_a_log_that_may_not_be_written_is_named_by_its_code(tmp_path: Path) -> None:
    """As the site writes nothing, the record is not there to be found."""
    report = Report("https://www.example.fr", subjects=[str(uuid4())])

    async def made() -> None:
        log = keyless(tmp_path)
        await log.append(a_record(), NOTICE)
        await log.close()

    asyncio.run(made())
    seal(tmp_path / "keyless.db")
    asyncio.run(inspect(keyless(tmp_path), report, None, patience=0))
    (finding,) = report.findings
    assert (finding.status, finding.what.split(":")[0]) == (PROBLEM, "E034 log.url")


def test_a_log_that_was_begun_with_other_keys_is_named_by_its_code(served: Served) -> None:
    """A site with those records nothing there, so the record is not there to be found."""
    assert found(served.examined()) == {}
    other = served.file.with_name("begun.toml")
    other.write_text(served.file.read_text("utf-8").replace(SECRET, OTHER_SECRET), "utf-8")
    report = Report("https://www.example.fr", subjects=[str(uuid4())])
    log = log_of(ConsentConfig.from_toml(other))
    asyncio.run(inspect(log, report, None, patience=0))
    (finding,) = report.findings
    assert (finding.status, finding.what.split(":")[0]) == (PROBLEM, "E035 cookie.secrets")


class Lossy(SqlLog):
    """A log from which what was shown has gone."""

    async def screen(self, digest: str) -> None:
        return None


def test_what_is_not_archived_is_found(served: Served) -> None:
    log = Lossy(served.log_url, deadline=DEADLINE)
    assert found(examine(served.url, log=log, patience=DEADLINE)) == {Check.ARCHIVED: PROBLEM}


def keyless(folder: Path) -> SqlLog:
    return SqlLog(f"sqlite:///{folder}/keyless.db", deadline=DEADLINE)


def test_a_record_that_no_process_puts_into_the_tree_is_found(tmp_path: Path) -> None:
    """And a choice that was recorded twice."""

    def ask(scope: dict[str, object]) -> None:
        headers = scope["headers"]
        assert isinstance(headers, list)
        scope["headers"] = [each for each in headers if each[0] != b"idempotency-key"]

    with standing(log=keyless(tmp_path)) as stand:
        stand._ask = ask  # type: ignore[assignment]
        report = examine(stand.url, config=stand.config, log=keyless(tmp_path), patience=0.2)
    assert found(report)[Check.STORED] is PROBLEM
    with standing(log=keyless(tmp_path)) as stand:
        report = examine(stand.url, config=stand.config, log=keyless(tmp_path), patience=0.2)
    assert found(report) == {Check.TREE: PROBLEM}


def test_nobody_is_erased_who_had_chosen_before(tmp_path: Path) -> None:
    """A broken site may answer with another visitor's choice."""
    visitor = a_record(made_at=datetime.now(UTC) - timedelta(hours=1))
    log = keyless(tmp_path)
    report = Report("https://www.example.fr", subjects=[str(visitor.subject)])

    async def looked() -> list[Record]:
        await log.append(visitor, NOTICE)
        await inspect(log, report, None, patience=0)
        try:
            return [each async for each in log.read(subject=visitor.subject)]
        finally:
            await log.close()

    assert [each.id for each in asyncio.run(looked())] == [visitor.id]
    assert found(report)[Check.ERASED] is PROBLEM


def test_the_command_prints_a_line_for_each_check(served: Served) -> None:
    result = served.ask("--config", str(served.file))
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == [str(check) for check in ORDER]
    assert {line.split()[0] for line in lines[:-1]} == {"fine"}


ORDER = [
    *(Check.SITE, Check.PAGE, Check.SEAL, Check.COMPRESSION, Check.ASSETS, Check.PREFIX),
    *(Check.STATE, Check.CONFIGURATION, Check.CHOICE, Check.CLOCK, Check.COOKIE, Check.SCHEME),
    *(Check.LIFETIME, Check.SIGNATURE, Check.HONOURED, Check.CACHING, Check.ADDRESS, Check.ONCE),
    *(Check.REUSED, Check.CROSS_SITE, Check.STORED, Check.ARCHIVED, Check.TREE, Check.ERASED),
]


def test_the_command_prints_a_report_for_machines(served: Served) -> None:
    result = served.ask("--log", served.log_url, "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["sound"], report["url"]) == (0, True, served.url)
    assert UUID(report["record"]).version == 7
    assert len(report["subjects"]) == 1
    assert set(report["checks"][0]) == {"check", "status", "what", "fix"}


def test_a_problem_exits_with_1_and_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "consent.toml"
    log = f"sqlite:///{tmp_path}/none.db"
    file.write_text(TOML.format(url="http://127.0.0.1:1", secret=SECRET, log=log), "utf-8")
    result = CliRunner().invoke(main, ["doctor", "http://127.0.0.1:1", "--config", str(file)])
    assert (result.exit_code, result.stdout.split()[:2]) == (1, ["problem", "site"])
    assert list(tmp_path.iterdir()) == [file]


def test_without_the_log_at_hand_it_says_whose_choice_stays(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "consent.toml"
    text = served.file.read_text("utf-8")
    file.write_text(text.replace(served.log_url, f"sqlite:///{tmp_path}/none.db"), "utf-8")
    result = served.ask("--config", str(file), "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (report["checks"][-1]["check"], report["checks"][-1]["status"]) == ("stored", "warning")
    assert report["record"] is None and not (tmp_path / "none.db").exists()


def test_what_a_site_answers_does_not_steer_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "consent.db"
    log.write_bytes(b"no database")
    url = "nonsense\x1b[2J"
    result = CliRunner().invoke(main, ["doctor", url, "--log", f"sqlite:///{log}"])
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "options", [[], ["--log", "a", "--config", "b"], ["--log", "mysql://x/y"]], ids=str
)
def test_misuse_exits_with_2(options: list[str]) -> None:
    assert CliRunner().invoke(main, ["doctor", "http://127.0.0.1:1", *options]).exit_code == 2


@pytest.mark.parametrize("log", ["sqlite:///:memory:", None], ids=["log", "file"])
def test_a_configuration_that_cannot_be_used_exits_with_1(tmp_path: Path, log: str | None) -> None:
    file = tmp_path / "consent.toml"
    if log:
        file.write_text(TOML.format(url="http://127.0.0.1:1", secret=SECRET, log=log), "utf-8")
    result = CliRunner().invoke(main, ["doctor", "http://127.0.0.1:1", "--config", str(file)])
    assert (result.exit_code, result.stdout) == (1, "")


def test_every_check_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    assert all(page.count(f"\n| `{check}` | ") == 1 for check in Check)
