"""``examine``: at a healthy site all is fine, and each fault is found, as what it is."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from consent import ConsentMiddleware
from consent.doctor import Check, Status, examine
from consent.doctor.choice import SetCookie, transported
from consent.doctor.site import Site
from consent.errors import LogUnavailable
from consent.log.memory import MemoryLog
from consent.model import Notice
from consent.record import Record
from tests import written
from tests.asgi.exchange import PAGE, responds
from tests.doctor.served import (
    NO_LOG,
    OTHER_SECRET,
    Edit,
    Reply,
    Stand,
    certified,
    drop_headers,
    found,
    front,
    listening,
    made,
    running,
    standing,
    visited,
)
from tests.sites import site

PROBLEM, WARNING = Status.PROBLEM, Status.WARNING


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with standing() as one:
        yield one


NO_CHECK_OF = {Check.ARCHIVED, Check.TREE, Check.ERASED}
"""They need the log."""


def test_at_a_healthy_site_all_is_fine(stand: Stand) -> None:
    report = stand.visit()
    assert found(report) == {}
    assert {each.check for each in report.findings} == set(Check) - NO_CHECK_OF
    assert (len(report.subjects), report.sound) == (1, True)


def test_what_is_posted_grants_nothing_and_is_one_record() -> None:
    """Its key says who made it, for ever."""
    log = MemoryLog()
    visited(log=log)
    (record,) = log.records
    assert not any(record.purposes.values()) and not any(record.services.values())
    assert str(record.idempotency_key).startswith("doctor-")


def headers(name: str, *values: str, only: str = "") -> Edit:
    """A proxy that sets a header on answers whose path ends so; without values, takes it away."""

    def edit(scope: Scope, reply: Reply) -> None:
        if scope["path"].endswith(only):
            reply.put(name, *values)

    return edit


def body(old: bytes, new: bytes, *, only: str = "") -> Edit:
    """A proxy that changes bodies."""

    def edit(scope: Scope, reply: Reply) -> None:
        if scope["path"].endswith(only):
            reply.body = re.sub(old, new, reply.body, flags=re.DOTALL)

    return edit


def cookie(old: str, new: str) -> Edit:
    """A proxy that changes the choice cookie."""

    def edit(scope: Scope, reply: Reply) -> None:
        reply.put("set-cookie", *[re.sub(old, new, each) for each in reply.all("set-cookie")])

    return edit


def moved(scope: Scope, reply: Reply) -> None:
    """A page that leads elsewhere, whatever stands there."""
    if scope["path"] == "/":
        reply.status = 301
        reply.put("location", "/elsewhere")


def status(number: int, *, only: str, kept: bool = True) -> Edit:
    """A proxy that answers for the site."""

    def edit(scope: Scope, reply: Reply) -> None:
        if scope["path"].endswith(only):
            reply.status = number
            reply.body = reply.body if kept else b"<h1>No</h1>"

    return edit


def ahead(zone: str, **by: int) -> Edit:
    """A proxy whose clock is ahead."""

    def edit(scope: Scope, reply: Reply) -> None:
        moment = format_datetime(datetime.now(UTC) + timedelta(**by), usegmt=True)
        reply.put("date", moment.replace("GMT", zone))

    return edit


STATE = rb'<script type="application/json" id="consent-state">.*?</script>'
SEAL = "content-security-policy"
FAULTS: list[tuple[Edit, dict[Check, Status]]] = [
    (headers(SEAL), {Check.SEAL: PROBLEM}),
    (headers("cache-control", "public, max-age=60", only="/"), {Check.CACHING: PROBLEM}),
    (headers("cache-control", only="/"), {Check.CACHING: PROBLEM}),
    (headers("vary", "Accept", only="/"), {Check.CACHING: PROBLEM}),
    (headers("cache-control", "max-age=9", only="/state"), {Check.STATE: PROBLEM}),
    (headers("cache-control", "max-age=9", only=".js"), {Check.ASSETS: WARNING}),
    (body(rb"\n", rb"\n\n", only=".js"), {Check.ASSETS: PROBLEM}),
    (status(404, only=".css"), {Check.ASSETS: PROBLEM}),
    (headers("content-encoding", "gzip", only=".css"), {Check.ASSETS: PROBLEM}),
    (body(rb"<head>", rb"<head><SCRIPT>1</SCRIPT>"), {Check.PAGE: WARNING}),
    (body(rb" data-consent-guard", rb""), {Check.PAGE: PROBLEM}),
    (body(rb'id="consent-title"', rb""), {Check.PAGE: PROBLEM}),
    (body(rb"/consent/assets/", rb"/elsewhere/"), {Check.ASSETS: PROBLEM}),
    (body(STATE, rb""), {Check.PAGE: PROBLEM}),
    (
        body(STATE, STATE.replace(rb".*?", rb"{").replace(rb"\\", rb"")),
        {Check.PAGE: PROBLEM},
    ),
    (headers("date"), {Check.CLOCK: WARNING}),
    (headers("date", "yesterday"), {Check.CLOCK: WARNING}),
    (ahead("GMT", seconds=200), {Check.CLOCK: WARNING}),
    (ahead("-0000", hours=2), {Check.CLOCK: PROBLEM}),
    (cookie("; HttpOnly", ""), {Check.COOKIE: PROBLEM}),
    (cookie("Lax", "None"), {Check.COOKIE: PROBLEM}),
    (cookie("Path=/", "Path=/shop"), {Check.COOKIE: PROBLEM}),
    (cookie("$", "; Domain=example.fr"), {Check.COOKIE: PROBLEM}),
    (cookie("$", "; Secure"), {Check.SCHEME: PROBLEM}),
    (cookie("Max-Age=[0-9]+; Expires=[^;]+; ", ""), {Check.LIFETIME: PROBLEM}),
    (cookie("Max-Age=[0-9]+", "Max-Age=34560001"), {Check.LIFETIME: PROBLEM}),
    (cookie("Max-Age=[0-9]+; Expires=[^;]+", "Expires=Fri, 01 Jan 2100 00:00:00 GMT"),
     {Check.LIFETIME: PROBLEM}),
    (cookie("eu-consent", "other"), {Check.COOKIE: PROBLEM}),
    (status(403, only="/choice"), {Check.CHOICE: PROBLEM}),
    (status(413, only="/choice", kept=False), {Check.CHOICE: PROBLEM}),
    (status(200, only="/choice", kept=False), {Check.CHOICE: PROBLEM}),
    (status(404, only="/state", kept=False), {Check.PREFIX: PROBLEM}),
    (status(404, only="/"), {Check.SITE: PROBLEM}),
    (moved, {Check.SITE: PROBLEM}),
    (body(rb'"made_at"', rb'"then"', only="/choice"), {Check.CHOICE: PROBLEM}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_what_a_proxy_does_to_answers_is_found(stand: Stand, number: int) -> None:
    edit, expected = FAULTS[number]
    got = found(stand.visit(edit=edit))
    # What is missing from the page cannot be compared between visitors either.
    got.pop(Check.CACHING, None) if Check.PAGE in expected else None
    assert got == expected


def dropping(*names: str) -> Callable[[Scope], None]:
    return lambda scope: drop_headers(scope, *names)


def test_a_proxy_that_takes_away_who_asks_lets_strangers_in(stand: Stand) -> None:
    ask = dropping("origin", "sec-fetch-site")
    assert found(stand.visit(ask=ask)) == {Check.CROSS_SITE: PROBLEM}


def test_a_proxy_that_takes_cookies_away_is_found(stand: Stand) -> None:
    """Then all that is posted is somebody else's, and all of it is to be erased."""
    report = stand.visit(ask=dropping("cookie", "idempotency-key"))
    expected = {Check.ONCE, Check.REUSED, Check.HONOURED, Check.CACHING}
    assert found(report) == dict.fromkeys(expected, PROBLEM)
    assert len(report.subjects) == 4


@pytest.mark.parametrize("by", ["path", "whole"])
def test_a_cache_that_gives_one_visitors_page_to_all_is_found(stand: Stand, by: str) -> None:
    kept: dict[str, bytes] = {}

    def edit(scope: Scope, reply: Reply) -> None:
        if scope["path"] == "/" and scope["method"] == "GET":
            query = scope["query_string"].decode() if by == "whole" else ""
            reply.body = kept.setdefault(query, reply.body)

    assert found(stand.visit(edit=edit)) == {Check.CACHING: PROBLEM}


def test_a_cache_that_keeps_the_page_of_the_last_visitor_is_found(stand: Stand) -> None:
    last: list[bytes] = []

    def edit(scope: Scope, reply: Reply) -> None:
        if scope["path"] == "/" and (b'"decided":true' in reply.body or last):
            last.append(reply.body)
            reply.body = last[0]

    report = stand.visit(edit=edit)
    assert found(report) == {Check.CACHING: PROBLEM}


def test_a_copy_that_was_compressed_before_is_found(stand: Stand) -> None:
    def edit(scope: Scope, reply: Reply) -> None:
        if b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
            reply.put("content-encoding", "gzip")
            reply.body = gzip.compress(b"<p>Bread</p>")

    assert found(stand.visit(edit=edit)) == {Check.COMPRESSION: PROBLEM}


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_body_that_is_not_what_its_coding_says_is_found(stand: Stand, coding: str) -> None:
    def edit(scope: Scope, reply: Reply) -> None:
        if b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
            reply.put("content-encoding", coding)

    assert found(stand.visit(edit=edit)) == {Check.COMPRESSION: PROBLEM}


def test_a_prefix_that_the_application_does_not_know_is_found(stand: Stand) -> None:
    """The proxy takes /shop off, and nobody tells the server."""

    def ask(scope: Scope) -> None:
        inside = scope["path"].startswith("/shop/")
        scope["path"] = scope["path"].removeprefix("/shop") if inside else "/nowhere"
        scope["raw_path"] = scope["path"].encode()

    def told(scope: Scope) -> None:
        scope["root_path"] = "/shop"
        ask(scope)

    assert found(stand.visit(ask=ask, path="/shop/"))[Check.PREFIX] is PROBLEM
    assert found(stand.visit(ask=told, path="/shop/")) == {}


def test_a_rewritten_prefix_is_not_the_configured_one(stand: Stand) -> None:
    report = stand.visit(edit=body(rb"/consent", rb"/cookies"), ask=_renamed)
    assert found(report)[Check.PREFIX] is PROBLEM


def _renamed(scope: Scope) -> None:
    scope["path"] = scope["path"].replace("/cookies", "/consent")
    scope["raw_path"] = scope["path"].encode()


class Failing(MemoryLog):
    """A log that is down."""

    async def append(self, record: Record, notice: Notice) -> Record:
        raise LogUnavailable("down")


def test_a_site_whose_log_is_down_is_found() -> None:
    assert found(visited(log=Failing())) == {Check.CHOICE: PROBLEM}


def test_processes_with_different_secrets_are_found() -> None:
    with listening() as (listener, url):
        apps = [made(url)[1], made(url, secrets=(OTHER_SECRET,))[1]]
        turns = iter(range(1000))

        async def balanced(scope: Scope, receive: Receive, send: Send) -> None:
            at = next(turns) if scope["path"].endswith("/state") else 0
            await apps[at % 2](scope, receive, send)

        with running(balanced, listener):
            assert found(examine(url, no_log=NO_LOG)) == {Check.HONOURED: PROBLEM}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"secrets": (OTHER_SECRET,)}, {Check.SIGNATURE: PROBLEM}),
        ({"name": "Another name"}, {Check.CONFIGURATION: PROBLEM}),
        ({"cookie": {"domain": "example.fr"}}, {Check.COOKIE: PROBLEM, Check.SIGNATURE: PROBLEM}),
    ],
)
def test_a_site_that_runs_another_configuration_is_found(
    changes: dict[str, object], expected: dict[Check, Status]
) -> None:
    with listening() as (listener, url):
        _, app = made(url)
        # The public address is not the loopback's where the cookie has a domain.
        config = site(**{"url": url if "cookie" not in changes else "https://www.example.fr"} | changes)  # type: ignore[arg-type]  # fmt: skip # noqa: E501
        with running(app, listener):
            got = found(examine(url, config=config, no_log=NO_LOG))
    assert expected.items() <= got.items()


def test_a_page_from_before_another_configuration_is_found(stand: Stand) -> None:
    edit = body(rb'"notice":"[0-9a-f]{8}', rb'"notice":"00000000', only="/")
    assert found(stand.visit(edit=edit)) == {Check.STATE: PROBLEM}


def test_a_secret_that_is_not_set_here_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET_HERE", raising=False)
    with listening() as (listener, url):
        _, app = made(url)
        config = site(url=url, secrets=("env:NOT_SET_HERE",), development=True)
        with running(app, listener):
            got = found(examine(url, config=config, no_log=NO_LOG))
    assert got[Check.SIGNATURE] is WARNING


def test_a_host_that_the_proxy_does_not_pass_on_is_found() -> None:
    def ask(scope: Scope) -> None:
        drop_headers(scope, "host")
        scope["headers"].append((b"host", b"backend:8000"))

    # The public address of the configuration makes up for it.
    assert found(visited(ask=ask)) == {}
    got = found(visited(ask=ask, url="https://www.example.fr"))
    # A browser that does send Sec-Fetch-Site names another host, too.
    assert got[Check.CHOICE] is PROBLEM


def test_another_scheme_than_that_of_the_visitor_is_found_by_the_origin() -> None:
    """Sec-Fetch-Site makes up for it in new browsers alone."""
    got = found(visited(ask=lambda scope: scope.update(scheme="https"), url="http://localhost"))
    assert got == {Check.ADDRESS: PROBLEM, Check.SCHEME: PROBLEM}


def test_an_address_that_is_not_the_configured_one_is_worth_a_warning() -> None:
    assert found(visited(url="http://localhost")) == {Check.ADDRESS: WARNING}


@pytest.mark.parametrize("seal", ["report", "off", "unknown"])
def test_a_site_without_a_seal_is_worth_a_warning(seal: str) -> None:
    blocking = {"undeclared_hosts": "report"} if seal == "report" else {"seal": False}
    with listening() as (listener, url):
        config = written.config(site={"url": url}, blocking=blocking)
        app = ConsentMiddleware(responds(PAGE), config=config, log=MemoryLog())
        with running(app, listener):
            report = examine(url, config=None if seal == "unknown" else config, no_log=NO_LOG)
    assert found(report) == {Check.SEAL: WARNING}


def test_a_site_that_asks_nothing_has_no_banner() -> None:
    report = visited(services=())
    assert found(report) == {}
    # Nor is a click sent to it, which would be refused.
    assert Check.CHOICE not in {each.check for each in report.findings}


def test_a_page_without_us_is_found() -> None:
    with listening() as (listener, url), running(responds(b"<p>Bread</p>"), listener):
        got = found(examine(url, no_log=NO_LOG))
    assert got == {Check.PAGE: PROBLEM, Check.PREFIX: PROBLEM}


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.fr", "http://127.0.0.1:1"])
def test_what_does_not_answer_is_found(url: str) -> None:
    assert found(examine(url)) == {Check.SITE: PROBLEM}


def test_an_answer_that_breaks_off_is_found() -> None:
    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        raise RuntimeError

    with listening() as (listener, url), running(breaks, listener):
        assert found(examine(url)) == {Check.SITE: PROBLEM}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("tls"))


def secure(chain: Path, monkeypatch: pytest.MonkeyPatch, **how: object) -> dict[Check, Status]:
    """What is found at a site over TLS."""
    monkeypatch.setenv("SSL_CERT_FILE", str(chain.parent / "ca.pem"))
    with listening() as (listener, plain):
        url = plain.replace("http:", "https:")
        config, app = made(url)
        with running(front(app, **how), listener, chain=chain):  # type: ignore[arg-type]
            return found(examine(f"{url}/?page=1", config=config, no_log=NO_LOG))


def test_over_tls_all_is_fine(chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert secure(chain, monkeypatch) == {}


def test_an_application_that_takes_tls_for_plain_http_is_found(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = secure(chain, monkeypatch, ask=lambda scope: scope.update(scheme="http"))
    assert got == {Check.SCHEME: PROBLEM}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (cookie("$", "; Domain=example.fr"), Check.COOKIE),
        (cookie("__Host-", ""), Check.SCHEME),
    ],
)
def test_a_cookie_that_browsers_or_we_do_not_take_is_found(
    chain: Path, monkeypatch: pytest.MonkeyPatch, edit: Edit, expected: Check
) -> None:
    assert secure(chain, monkeypatch, edit=edit)[expected] is PROBLEM


def test_a_certificate_that_nobody_vouches_for_is_found(chain: Path) -> None:
    with listening() as (listener, plain), running(responds(b""), listener, chain=chain):
        assert found(examine(plain.replace("http:", "https:"))) == {Check.SITE: PROBLEM}


def test_plain_http_on_the_web_is_worth_a_warning() -> None:
    plain = SetCookie.parse("eu-consent=x; HttpOnly; SameSite=Lax; Path=/")
    (trouble,) = transported(plain, Site("http://www.example.fr"))
    assert trouble.status is WARNING
