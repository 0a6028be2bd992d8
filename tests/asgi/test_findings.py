"""What was held is said once, and counted: hosts and numbers, nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from consent.asgi import findings as module
from consent.asgi.findings import Findings
from consent.log.held import MOST_HOSTS, OTHERS, Held, Outcome
from consent.log.memory import MemoryLog
from consent.model import Verdict
from consent.policy import NOT_ENFORCED, UNDECLARED, Policy
from tests.asgi.exchange import HTML, NOW, PAGE, call, responds, scope_for, wrap
from tests.headers.rulings import blocking
from tests.sites import site

pytestmark = pytest.mark.anyio
DAY = NOW.date()
HELD = Verdict(False, UNDECLARED.reason, "counter", "analytics")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def findings(log: Any = None, *, development: bool = False, **settings: Any) -> Findings:
    config = site(development=development) if not settings else blocking(**settings)
    return Findings(Policy(config), log or MemoryLog(), lambda: NOW)


async def test_what_was_found_is_counted_in_the_log() -> None:
    log = MemoryLog()
    found = findings(log)
    for _ in range(3):
        found.found("cdn.example.net", UNDECLARED, "/", page="/secret/7")
    found.found("counter.example.net", HELD, "/", page="/secret/7")
    await found.keep()
    await found.keep()
    site_ = "www.example.fr"
    assert await log.held(since=DAY) == {
        Held(DAY, site_, "cdn.example.net", ""): 3,
        Held(DAY, site_, "counter.example.net", "counter"): 1,
    }


async def test_it_is_written_down_a_moment_later_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written = asyncio.Event()

    class Log(MemoryLog):
        async def count_held(self, times: Mapping[Held, int]) -> None:
            await super().count_held(times)
            written.set()

    monkeypatch.setattr(module, "DELAY", 0.0)
    log = Log()
    found = findings(log)
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    await written.wait()
    assert list((await log.held(since=DAY)).values()) == [2]


async def test_what_the_log_does_not_take_is_tried_again() -> None:
    log = MemoryLog(fail_before=True)
    found = findings(log)
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    await found.keep()
    log.fail_before = False
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    await found.keep()
    assert list((await log.held(since=DAY)).values()) == [2]


async def test_a_log_that_cannot_count_is_left_alone() -> None:
    found = findings(object())
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    await found.keep()
    assert found._loop is None


async def test_a_flood_of_hosts_does_not_fill_the_memory() -> None:
    log = MemoryLog()
    found = findings(log)
    for number in range(2 * MOST_HOSTS):
        found.found(f"h{number}.example", UNDECLARED, "/", page="/")
    await found.keep()
    counted = await log.held(since=DAY)
    assert len(counted) == MOST_HOSTS + 1
    assert sum(counted.values()) == 2 * MOST_HOSTS
    assert OTHERS in {each.host for each in counted}


async def test_while_developing_each_host_is_said_once_with_what_to_paste(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = findings(development=True)
    for page in ("/a\x1b[2J\n", "/b"):
        found.found("cdn.example.net", UNDECLARED, "/", page=page)
        found.found("counter.example.net", HELD, "/", page=page)
    (line,) = caplog.messages[1:] if "W00" in caplog.messages[0] else caplog.messages
    assert line.startswith("asgi-consent: held cdn.example.net on '/a\\x1b[2J\\n'")
    assert found.advice("cdn.example.net") in line


async def test_what_is_said_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    found = findings(development=True)
    caplog.clear()
    for number in range(MOST_HOSTS + 9):
        found.found(f"h{number}.example", UNDECLARED, "/", page="/" * 9999)
    assert len(caplog.messages) == MOST_HOSTS
    assert max(map(len, caplog.messages)) < 1000


async def test_the_live_site_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    found = findings()
    caplog.clear()
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    assert caplog.messages == []


async def test_where_everything_passes_nothing_is_found() -> None:
    log = MemoryLog()
    found = findings(log, undeclared_hosts="allow")
    found.found("cdn.example.net", UNDECLARED, "/", page="/")
    await found.keep()
    assert await log.held(since=date.min) == {}


async def test_what_passes_is_not_counted_as_held() -> None:
    """FR-23: the report would say that it was kept from happening."""
    log = MemoryLog()
    found = findings(log, undeclared_hosts="report")
    found.found("cdn.example.net", NOT_ENFORCED, "/", page="/")
    found.found("counter.example.net", HELD, "/", page="/")
    found.found("counter.example.net", HELD, "/", page="/", by_browser=True)
    await found.keep()
    assert {(each.service, each.outcome) for each in await log.held(since=DAY)} == {
        ("", Outcome.PASSED),
        ("counter", Outcome.HELD),
        ("counter", Outcome.PASSED),
    }


def test_a_host_of_the_sites_domain_is_advised_as_its_own() -> None:
    assert 'purpose = "necessary"' in findings().advice("static.example.fr")
    assert 'purpose = "marketing"' in findings().advice("notexample.fr")
    assert findings().advice("<script>") == ""
    assert findings().advice("counter.example.net") == ""


@pytest.mark.parametrize(("stance", "word"), [("block", "held"), ("report", "would hold")])
def test_a_pages_tags_and_links_are_named(
    caplog: pytest.LogCaptureFixture, stance: str, word: str
) -> None:
    config = blocking(undeclared_hosts=stance)
    object.__setattr__(config, "site", config.site.model_copy(update={"development": True}))
    page = PAGE.replace(b"<p>", b"<img src=//cdn.example.org/x.png><img src=/own.png>")
    link = ("link", "<https://fonts.example.org/a>; rel=preload")
    caplog.set_level(logging.WARNING)
    caplog.clear()
    call(wrap(responds(page, headers=[HTML, link]), config), scope_for("/shop?id=7"))
    said = [message for message in caplog.messages if word in message]
    assert len(said) == 2
    assert {"cdn.example.org", "fonts.example.org"} == {
        host for host in ("cdn.example.org", "fonts.example.org", "own") for m in said if host in m
    }
    assert not any("id=7" in message for message in said)


async def test_lines_that_would_be_pasted_twice_are_given_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The configuration would be refused: no service stands in it twice (E051)."""
    found = findings(development=True)
    caplog.clear()
    found.found("fonts.googleapis.com", UNDECLARED, "/", page="/")
    found.found("fonts.gstatic.com", UNDECLARED, "/", page="/")
    assert ["google-fonts" in message for message in caplog.messages] == [True, False]


def test_of_a_host_of_which_a_part_is_declared_only_the_other_is_advised() -> None:
    config = site(services=({"use": "google-analytics"},))
    found = Findings(Policy(config), MemoryLog(), lambda: NOW)
    other = found.advice("www.googletagmanager.com", "/gtm.js")
    assert other == '[[services]]\nuse = "google-tag-manager"\n'
    assert found.advice("www.googletagmanager.com", "/gtag/js") == ""
    # Without a path it cannot be told which part it was.
    assert found.advice("www.googletagmanager.com") == ""


async def test_two_services_of_one_host_are_both_said_and_no_path_is_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """GDPR 5(1)(c): a path can say who somebody is."""
    log = MemoryLog()
    found = findings(log, development=True)
    caplog.clear()
    for path in ("/tr?id=7", "/plugins/like.php", "/tr?id=8"):
        found.found("www.facebook.com", UNDECLARED, path, page="/")
    await found.keep()
    assert [m.partition('use = "')[2].partition('"')[0] for m in caplog.messages] == [
        "meta-pixel",
        "facebook-social",
    ]
    assert "id=" not in caplog.text
    assert [each.host for each in await log.held(since=DAY)] == ["www.facebook.com"]


async def test_another_part_of_a_declared_host_is_advised_without_what_is_declared(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = site(services=({"use": "google-analytics"},), development=True)
    found = Findings(Policy(config), MemoryLog(), lambda: NOW)
    caplog.clear()
    found.found("www.googletagmanager.com", UNDECLARED, "/", page="/")
    (said,) = caplog.messages
    assert 'use = "google-tag-manager"' in said
    assert "google-analytics" not in said
