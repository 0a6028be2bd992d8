"""The script of a shared worker says what it was granted with, so that it can end (FR-19)."""

from __future__ import annotations

import gzip
import json
import re

from tests.asgi.exchange import (
    NO,
    YES,
    Answer,
    Pairs,
    call,
    get,
    granted,
    gzipped,
    responds,
    scope_for,
    spied,
    wrap,
)
from tests.headers.rulings import blocking
from tests.sites import SERVICES

SCRIPT = b"self.x = 1 // without an end"
JAVASCRIPT = ("content-type", "text/javascript")
DEST = "sharedworker"


def worker(cookie: str, *more: tuple[str, str], body: bytes = SCRIPT, dest: str = DEST) -> Answer:
    headers: Pairs = (JAVASCRIPT, ("etag", '"1"'), *more)
    return get(responds(body, headers=headers), cookie=cookie, sec_fetch_dest=dest)


def test_our_code_stands_behind_what_the_site_wrote_with_what_is_granted() -> None:
    answer = worker(granted(analytics=True, marketing=False))
    assert answer.body.startswith(SCRIPT + b"\n;")
    assert answer["content-length"] == str(len(answer.body))
    (told,) = re.findall(rb'\{"state".*?\}\}', answer.body)
    assert json.loads(told) == {
        "state": "/consent/state",
        "purposes": {"analytics": True, "marketing": False},
        "services": {},
    }


def test_where_nothing_can_be_withdrawn_the_script_is_the_sites() -> None:
    assert worker("").body == worker(NO).body == SCRIPT


def test_a_worker_that_ends_with_its_page_is_left_alone() -> None:
    assert worker(YES, dest="worker").body == SCRIPT


def test_a_compressed_script_is_marked_as_well() -> None:
    answer = worker(YES, ("content-encoding", "gzip"), body=gzipped(SCRIPT))
    assert gzip.decompress(answer.body).startswith(SCRIPT + b"\n;")


def test_it_comes_in_a_coding_that_can_be_read() -> None:
    site, seen = spied(responds(SCRIPT, headers=[JAVASCRIPT]))
    more = {"sec-fetch-dest": DEST, "accept-encoding": "gzip, x-own"}
    call(wrap(site), scope_for(headers=more))
    assert (b"accept-encoding", b"gzip") in seen[0]["headers"]


def test_without_a_seal_there_is_no_policy_that_it_could_keep() -> None:
    app = wrap(responds(SCRIPT, headers=[JAVASCRIPT]), blocking(*SERVICES, seal=False))
    headers = {"sec-fetch-dest": DEST, "cookie": YES}
    assert call(app, scope_for(headers=headers)).body == SCRIPT


def test_an_error_in_the_place_of_a_script_is_left_alone() -> None:
    site = responds(SCRIPT, headers=[JAVASCRIPT], status=404)
    assert get(site, cookie=YES, sec_fetch_dest=DEST).body == SCRIPT
