"""What browsers say they refused: read a little, believed less, never kept whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consent.asgi import report as module
from consent.asgi.report import BURST, LARGEST, Sample
from consent.log.held import Held
from tests.asgi.visits import NOW, SAME_ORIGIN, Visit
from tests.sites import site

SITE = "https://www.example.fr"
CDN = "https://cdn.example.net/x.js?visitor=7"


def one(blocked: Any = CDN, page: Any = f"{SITE}/shop/7?q=1", **more: Any) -> bytes:
    told = {"document-uri": page, "blocked-uri": blocked, **more}
    return json.dumps({"csp-report": told}).encode()


def many(*bodies: Any) -> bytes:
    told = [{"type": "csp-violation", "url": f"{SITE}/a", "body": body} for body in bodies]
    return json.dumps(told).encode()


class Browser(Visit):
    """One that reports."""

    def reports(self, body: bytes, kind: str = "application/csp-report", **headers: str) -> int:
        sent = {**SAME_ORIGIN, "content-type": kind, **headers}
        return self.client.post("/consent/report", headers=sent, content=body).status_code

    def counted(self) -> dict[str, int]:
        """What was found until now, by host."""
        return {each.host: times for each, times in self.findings._times.items()}


def test_the_host_of_what_was_refused_is_counted_and_nothing_else() -> None:
    """P2"""
    browser = Browser()
    assert browser.reports(one()) == 204
    held = Held(NOW.date(), "www.example.fr", "cdn.example.net", "")
    assert dict(browser.findings._times) == {held: 1}


def test_several_reports_come_at_once() -> None:
    browser = Browser()
    bodies: tuple[Any, ...] = (
        {"blockedURL": CDN},
        {"connection": "wss://counter.example.net"},
        {},
        None,
    )
    assert browser.reports(many(*bodies), "application/reports+json; charset=utf-8") == 204
    assert browser.counted() == {"cdn.example.net": 1, "counter.example.net": 1}
    assert {each.service for each in browser.findings._times} == {"", "counter"}


@pytest.mark.parametrize(
    "body",
    [
        one("inline"),
        one("eval"),
        one("data:text/html,x"),
        one("https://["),
        one("https://\udc00.example"),
        one(7),
        one(page=None),
        one(page="https://evil.example/"),
        one(page="nonsense"),
        one(f"{SITE}/own.js"),
        one("https://[::1]/"),
        one(**{"source-file": "moz-extension://1/x.js"}),
        b"{}",
        b"[]",
        b"7",
        b'{"csp-report": []}',
    ],
)
def test_what_names_no_other_host_on_a_page_of_ours_is_passed_over(body: bytes) -> None:
    browser = Browser()
    assert browser.reports(body) == 204
    assert browser.counted() == {}


@pytest.mark.parametrize(
    ("body", "kind", "headers", "status"),
    [
        (b"{", "application/csp-report", {}, 400),
        (b"[" * 9000, "application/csp-report", {}, 400),
        (b"\xff", "application/csp-report", {}, 400),
        (one(), "text/plain", {}, 415),
        (one(), "application/csp-report", {"sec-fetch-site": "cross-site"}, 403),
        (b" " * (LARGEST + 1), "application/csp-report", {}, 413),
    ],
)
def test_what_is_no_report_of_the_site_is_refused(
    body: bytes, kind: str, headers: dict[str, str], status: int
) -> None:
    browser = Browser()
    assert browser.reports(body, kind, **headers) == status
    assert browser.counted() == {}


def test_other_json_than_a_list_of_reports_is_passed_over() -> None:
    assert Browser().reports(b'{"a": 1}', "application/reports+json") == 204


def test_of_one_post_only_some_reports_are_looked_at() -> None:
    browser = Browser()
    bodies = [{"blockedURL": f"https://h{number}.example/"} for number in range(90)]
    browser.reports(many(*bodies), "application/reports+json")
    assert len(browser.counted()) == module.MOST


def test_a_flood_is_thanked_for_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Sample", lambda: Sample(lambda: 0.0))
    browser = Browser()
    for _ in range(2 * BURST):
        assert browser.reports(one()) == 204
    assert browser.counted() == {"cdn.example.net": BURST}


def test_what_was_poured_out_trickles_in_again() -> None:
    now = [0.0]
    sample = Sample(lambda: now[0])
    assert sum(sample.takes() for _ in range(2 * BURST)) == BURST
    now[0] = 3.5
    assert sum(sample.takes() for _ in range(9)) == 3
    now[0] = 1e6
    assert sum(sample.takes() for _ in range(2 * BURST)) == BURST


def test_looking_is_not_reporting() -> None:
    assert Browser().client.get("/consent/report").status_code == 405


def test_while_developing_the_console_may_ask_what_to_paste() -> None:
    browser = Browser(site(development=True))
    answer = browser.client.get("/consent/advice?host=cdn.example.net")
    assert 'hosts = ["cdn.example.net"]' in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert browser.client.get("/consent/advice?host=<b>").text == ""
    assert browser.client.get("/consent/advice").text == ""


def test_the_live_site_gives_no_advice() -> None:
    assert Browser().client.get("/consent/advice?host=cdn.example.net").status_code == 404
