"""The script of a service worker differs where its policy does (design.md §3)."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest

from tests.asgi.exchange import (
    NO,
    YES,
    Answer,
    Pairs,
    call,
    get,
    gzipped,
    header_of,
    responds,
    scope_for,
    spied,
    wrap,
)
from tests.headers.rulings import blocking
from tests.sites import SERVICES

SCRIPT = b"self.x = 1 // without an end"
JAVASCRIPT = ("content-type", "text/javascript")
WORKER = {"sec-fetch-dest": "serviceworker", "accept": "*/*"}


def worker(cookie: str = "", *more: tuple[str, str], body: bytes = SCRIPT) -> Answer:
    headers: Pairs = (JAVASCRIPT, ("etag", '"1"'), ("content-length", str(len(body))), *more)
    return get(responds(body, headers=headers), cookie=cookie, sec_fetch_dest="serviceworker")


def test_each_choice_has_its_own_script_and_the_same_choice_the_same() -> None:
    scripts = [worker(cookie).body for cookie in ("", NO, YES, "", NO, YES)]
    assert len(set(scripts)) == 3
    assert scripts[:3] == scripts[3:]


def test_what_the_site_wrote_comes_first_and_whole() -> None:
    answer = worker()
    assert answer.body.startswith(SCRIPT + b"\n;")
    assert answer["content-length"] == str(len(answer.body))
    assert answer["cache-control"] == "no-store"


def test_a_compressed_script_is_marked_as_well() -> None:
    answer = worker("", ("content-encoding", "gzip"), body=gzipped(SCRIPT))
    assert gzip.decompress(answer.body).startswith(SCRIPT + b"\n;")


def test_it_is_never_revalidated_and_comes_in_a_coding_that_can_be_read() -> None:
    site, seen = spied(responds(SCRIPT, headers=[JAVASCRIPT]))
    more = {"if-none-match": '"1"', "if-modified-since": "x", "accept-encoding": "gzip, x-own"}
    call(wrap(site), scope_for(headers={**WORKER, **more}))
    shown = [header_of(seen[0], name) for name in more]
    assert shown == [None, None, "gzip"]


@pytest.mark.parametrize(
    ("dest", "status", "headers"),
    [
        ("worker", 200, [JAVASCRIPT]),
        ("script", 200, [JAVASCRIPT]),
        ("serviceworker", 404, [JAVASCRIPT]),
        ("serviceworker", 200, [("content-type", "application/json")]),
    ],
)
def test_other_scripts_stay_as_they_are(dest: str, status: int, headers: Pairs) -> None:
    answer = get(responds(SCRIPT, headers=headers, status=status), sec_fetch_dest=dest, accept="")
    assert answer.body == SCRIPT


def test_without_a_seal_the_script_stays_as_it_is() -> None:
    app = wrap(responds(SCRIPT, headers=[JAVASCRIPT]), blocking(*SERVICES, seal=False))
    assert call(app, scope_for(headers=WORKER)).body == SCRIPT


def facts(app: Any, cookie: str = "") -> dict[str, Any]:
    """What our code is told."""
    headers = {**WORKER, **({"cookie": cookie} if cookie else {})}
    body = call(app, scope_for(headers=headers)).body.decode()
    found = re.search(r'\{"variant":.*?"patience":\d+\}', body)
    assert found is not None
    told: dict[str, Any] = json.loads(found[0])
    return told


def test_pages_that_a_worker_makes_get_the_seal_of_its_choice() -> None:
    app = wrap(responds(SCRIPT, headers=[JAVASCRIPT]))
    assert "counter.example.net" not in facts(app)["bare"][0]
    assert "counter.example.net" in facts(app, YES)["bare"][0]
    assert facts(app)["head"].startswith('<script type="application/json" id="consent-state">')


def test_where_nothing_is_asked_they_get_one_too() -> None:
    """What nobody declared is held there as well."""
    told = facts(wrap(responds(SCRIPT, headers=[JAVASCRIPT]), blocking(SERVICES[-1])))
    assert "till.example.net" in told["bare"][0]


def test_a_service_with_paths_does_not_act_on_pages_that_a_worker_makes() -> None:
    """Of a page that it has kept, nobody knows which one it was: the visitor's choice decides."""
    placed = {**SERVICES[-1], "paths": ["/basket/*"]}
    told = facts(wrap(responds(SCRIPT, headers=[JAVASCRIPT]), blocking(SERVICES[0], placed)))
    assert ["till.example.net" in told[kind][0] for kind in ("bare", "sealed")] == [False, True]
    assert '"elsewhere":["till"]' in told["head"]
