"""Headers through the gate: the seal, cookies, links, and what describes a body that is no more."""

from __future__ import annotations

import pytest
from starlette.types import Message

from consent.asgi.middleware import ConsentMiddleware
from tests.asgi.exchange import (
    HTML,
    NO,
    PAGE,
    YES,
    Pairs,
    call,
    get,
    header_of,
    responds,
    scope_for,
    sends,
    spied,
    wrap,
)
from tests.headers.rulings import blocking
from tests.sites import service, site

CSP = "content-security-policy"
SVG = [("content-type", "image/svg+xml")]
SCRIPT = [("content-type", "text/javascript")]
GONE = [
    "content-md5",
    "digest",
    "repr-digest",
    "content-digest",
    "signature",
    "signature-input",
    "last-modified",
]


@pytest.mark.parametrize("name", GONE)
def test_what_described_the_old_body_goes_h6(name: str) -> None:
    assert get(responds(PAGE, headers=[HTML, (name, "x")])).all(name) == []


def test_the_length_is_exact_where_the_page_came_whole_h1() -> None:
    answer = get(responds(PAGE, headers=[HTML, ("Content-Length", str(len(PAGE)))]))
    assert answer["content-length"] == str(len(answer.body))


def test_a_streamed_page_has_no_length_h1() -> None:
    headers = [HTML, ("content-length", str(len(PAGE)))]
    assert get(responds(PAGE, b"", headers=headers))["content-length"] is None


def test_two_lengths_from_the_site_become_one_h1() -> None:
    headers = [HTML, ("content-length", "1"), ("content-length", "2")]
    assert len(get(responds(PAGE, headers=headers)).all("content-length")) == 1


def test_a_page_says_that_it_has_no_ranges_h4() -> None:
    headers = [HTML, ("accept-ranges", "bytes")]
    assert get(responds(PAGE, headers=headers))["accept-ranges"] == "none"


def test_a_range_is_not_asked_of_a_page_h4() -> None:
    app, seen = spied(responds(PAGE))
    get(app, range="bytes=0-9", if_range='"x"')
    assert header_of(seen[0], "range") is None
    assert header_of(seen[0], "if-range") is None


def test_a_range_of_a_film_is_passed_on_h4() -> None:
    app, seen = spied(responds(b"", headers=[("content-type", "video/mp4")], status=206))
    assert get(app, sec_fetch_dest="video", accept="*/*", range="bytes=0-9").status == 206
    assert header_of(seen[0], "range") == "bytes=0-9"


def test_the_seal_stands_beside_the_sites_own_policies() -> None:
    own = ["default-src 'self'", "img-src *"]
    answer = get(responds(PAGE, headers=[HTML, *((CSP, value) for value in own)]))
    assert answer.all(CSP)[:2] == own
    assert len(answer.all(CSP)) == 3


def test_the_seal_lets_through_what_is_granted_and_no_more() -> None:
    assert "counter.example.net" in str(get(responds(PAGE), cookie=YES)[CSP])
    assert "counter.example.net" not in str(get(responds(PAGE), cookie=NO)[CSP])


@pytest.mark.parametrize(
    ("dest", "headers", "sealed"),
    [
        ("document", SVG, True),
        ("iframe", SVG, True),
        ("document", [("content-type", "application/json")], True),
        ("worker", SCRIPT, True),
        ("sharedworker", SCRIPT, True),
        ("serviceworker", SCRIPT, True),
        ("", SVG, True),
        ("", SCRIPT, True),
        ("", [], True),
        ("empty", SVG, True),
        ("empty", SCRIPT, True),
        ("empty", [("content-type", "application/json")], False),
        ("", [("content-type", "image/png")], False),
        ("script", SCRIPT, False),
        ("image", SVG, False),
        ("style", [("content-type", "text/css")], False),
    ],
)
def test_what_can_become_a_document_or_a_worker_is_sealed(
    dest: str, headers: Pairs, sealed: bool
) -> None:
    answer = get(responds(b"x", headers=headers), sec_fetch_dest=dest, accept="*/*")
    assert bool(answer.all(CSP)) is sealed
    assert ("cookie" in answer.vary) is sealed


@pytest.mark.parametrize(("dest", "headers"), [("script", SCRIPT), ("image", SVG)])
@pytest.mark.parametrize("more", [[], [("vary", "Accept")]])
def test_what_is_sealed_elsewhere_is_kept_apart_in_caches_and_stays_public(
    dest: str, headers: Pairs, more: Pairs
) -> None:
    public = ("cache-control", "public, max-age=60")
    answer = get(responds(b"x", headers=[*headers, public, *more]), sec_fetch_dest=dest, accept="")
    assert answer.vary == {"sec-fetch-dest", *(value.lower() for _, value in more)}
    assert answer["cache-control"] == "public, max-age=60"


def test_a_worker_is_never_stored() -> None:
    headers = [*SCRIPT, ("cache-control", "public, max-age=60")]
    assert get(responds(b"x", headers=headers), sec_fetch_dest="worker")["cache-control"] == (
        "no-store"
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_opened_and_so_not_sealed(status: int) -> None:
    headers = [("location", "/x"), ("cache-control", "public"), ("content-length", "0")]
    answer = get(responds(b"", headers=headers, status=status))
    assert (answer[CSP], answer["cache-control"], answer.vary) == (None, "public", set())


@pytest.mark.parametrize("location", ["", " "])
def test_a_redirect_that_leads_nowhere_is_shown_and_so_sealed(location: str) -> None:
    """Chromium renders its body, and runs it."""
    headers = [HTML, ("location", location)]
    assert get(responds(PAGE, headers=headers, status=302))[CSP]


SAFARI = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/604.1"
CHROME_OF_IOS = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/150.0 Safari/6"
CHROME = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "given"), [(SAFARI, False), (CHROME_OF_IOS, False), (CHROME, True), ("", True)]
)
@pytest.mark.parametrize("dest", ["document", "serviceworker"])
def test_webkit_gets_no_frame_and_no_worker_of_data(agent: str, given: bool, dest: str) -> None:
    """Which it would give no policy; what a service worker hands to its pages is the same."""
    kind = HTML if dest == "document" else SCRIPT[0]
    answer = get(responds(PAGE, headers=[kind]), sec_fetch_dest=dest, user_agent=agent)
    shown = str(answer[CSP]) + (answer.body.decode() if dest == "serviceworker" else "")
    assert ("frame-src 'self' data:" in shown) is given
    assert ("worker-src 'self' blob:" not in shown) is given
    assert "private" in str(answer["cache-control"]) or answer["cache-control"] == "no-store"


def test_where_nothing_is_asked_and_caches_are_shared_all_browsers_get_the_same() -> None:
    app = wrap(
        responds(PAGE), site(services=(service("till", "necessary", exempt_reason="basket"),))
    )
    given = {call(app, scope_for(headers={"user-agent": each}))[CSP] for each in (SAFARI, CHROME)}
    assert len(given - {None}) == 1


@pytest.mark.parametrize("settings", [{"seal": False}, {"undeclared_hosts": "allow"}])
def test_no_seal_where_the_site_does_not_want_one(settings: dict[str, object]) -> None:
    for dest, headers in (("document", [HTML]), ("script", SCRIPT), ("document", SVG)):
        app = wrap(responds(PAGE, headers=headers), blocking(**settings))
        answer = call(app, scope_for(headers={"sec-fetch-dest": dest}))
        assert answer[CSP] is None
        assert answer["vary"] == (
            "Cookie, Sec-GPC, DNT, Sec-Fetch-Dest" if headers == [HTML] else None
        )


def test_what_nobody_declared_is_reported_and_not_refused() -> None:
    """design.md §2.1: "names the rest". A grant in the live page must not be named after it."""
    answer = call(wrap(responds(PAGE), blocking(undeclared_hosts="report")))
    assert answer[CSP] is None
    declared = {f"https://{host}" for service in blocking().services for host in service.hosts}
    assert declared <= set((answer[f"{CSP}-report-only"] or "").split())
    assert b"data-consent-src" in answer.body


def test_the_seal_says_where_to_report_to_and_leaves_the_sites_own_endpoints() -> None:
    headers = [HTML, ("reporting-endpoints", 'main="/theirs"')]
    answer = get(responds(PAGE, headers=headers))
    assert answer.all("reporting-endpoints") == ['main="/theirs"', 'consent-seal="/consent/report"']
    assert (answer[CSP] or "").endswith("; report-uri /consent/report; report-to consent-seal")


@pytest.mark.parametrize(
    ("seal", "dest", "listed"),
    [
        (True, "document", False),
        (True, "worker", True),
        (True, "serviceworker", True),
        ("strict", "document", True),
        ("strict", "sharedworker", True),
        ("strict", "image", False),
        (False, "worker", False),
    ],
)
def test_connections_are_listed_for_workers_and_where_strict_for_pages(
    seal: object, dest: str, listed: bool
) -> None:
    app = wrap(responds(b"x", headers=SCRIPT), blocking(seal=seal))
    answer = call(app, scope_for(headers={"sec-fetch-dest": dest}))
    wanted = '(response-origin "https://*.example.fr:*" "https://example.fr:*"'
    wanted += ' "https://till.example.net");redirects=allow'
    assert answer["connection-allowlist"] == (wanted if listed else None)


@pytest.mark.parametrize(
    ("location", "status"),
    [
        ("/next", 303),
        ("https://static.example.fr/", 303),
        ("https://till.example.net/pay", 303),
        ("https://counter.example.net/go", 403),
        ("//bank.example/", 403),
        ("https://[", 303),
        (None, 303),
    ],
)
def test_strict_lets_no_redirect_lead_astray(location: str | None, status: int) -> None:
    """design.md §3: what a browser cannot tell apart, the server can."""
    headers = [("content-type", "application/json"), ("set-cookie", "a=b")]
    headers += [("location", location)] if location else []
    app = responds(b"x", headers=headers, status=303)
    assert call(wrap(app, blocking(seal="strict"))).status == status
    assert call(wrap(app, blocking(seal=True))).status == 303


@pytest.mark.parametrize(
    "purpose", ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"]
)
@pytest.mark.parametrize(
    ("location", "status"),
    [
        ("/next", 302),
        ("https://till.example.net/pay", 302),
        ("https://counter.example.net/go", 403),
        ("//unknown.example/", 403),
    ],
)
def test_what_is_fetched_ahead_is_led_astray_by_no_redirect(
    purpose: str, location: str, status: int
) -> None:
    """Speculation rules have browsers follow a redirect of the site's past any policy."""
    headers = [("content-type", "application/json"), ("location", location)]
    app = wrap(responds(b"x", headers=headers, status=302), blocking(seal=True))
    assert call(app).status == 302
    assert call(app, scope_for(headers={"sec-purpose": purpose})).status == status


def test_where_undeclared_hosts_pass_what_is_fetched_ahead_is_led_to_them() -> None:
    headers = {"sec-purpose": "prefetch"}
    for location, status in [("https://counter.example.net/", 403), ("//unknown.example/", 302)]:
        site_app = responds(b"x", headers=[("location", location)], status=302)
        app = wrap(site_app, blocking(undeclared_hosts="report"))
        assert call(app, scope_for(headers=headers)).status == status


UNASKED = {"sec-fetch-dest": "document", "sec-fetch-site": "same-origin", "sec-ch-ua": '"Chromium"'}


@pytest.mark.parametrize(
    ("location", "status"),
    [
        ("/next", 302),
        ("https://till.example.net/pay", 302),
        ("https://counter.example.net/go", 403),
        ("//unknown.example/", 302),
        ("https://[", 302),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_where_a_script_led_a_window_unasked_no_redirect_leads_it_to_a_held_service(
    location: str, status: int, kind: str
) -> None:
    """design.md §2.8: only a gesture leads there."""
    headers = [("content-type", kind), ("location", location), ("set-cookie", "a=b")]
    for seal in (True, False):
        app = wrap(responds(b"x", headers=headers, status=302), blocking(seal=seal))
        answer = call(app, scope_for(headers=UNASKED))
        assert answer.status == status
        assert answer["set-cookie"] == ("a=b" if status == 302 else None)


@pytest.mark.parametrize(
    "other",
    [
        {"sec-fetch-user": "?1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-dest": "empty"},
        {"sec-ch-ua": None},
    ],
)
def test_where_a_visitor_may_have_asked_a_redirect_leads_where_it_leads(
    other: dict[str, str | None],
) -> None:
    """A gesture, another site, a service worker in between, a browser that tells of none."""
    given = {name: value for name, value in (UNASKED | other).items() if value is not None}
    site_app = responds(b"", headers=[("location", "https://counter.example.net/go")], status=302)
    assert call(wrap(site_app, blocking(seal=True)), scope_for(headers=given)).status == 302


def test_where_a_redirect_led_astray_its_headers_do_not_go_on() -> None:
    headers = [("location", "https://bank.example/"), ("set-cookie", "a=b")]
    app = wrap(responds(b"secret", headers=headers, status=302), blocking(seal="strict"))
    answer = call(app)
    assert (answer["location"], answer["set-cookie"], b"secret" in answer.body) == (
        None,
        None,
        False,
    )
    assert call(app, scope_for(method="HEAD")).body == b""


def test_a_list_of_connections_of_the_sites_own_stays_alone() -> None:
    theirs = ("connection-allowlist", "(response-origin)")
    app = wrap(responds(PAGE, headers=[HTML, theirs]), blocking(seal="strict"))
    assert call(app)["connection-allowlist"] == "(response-origin)"


def test_an_unsealed_worker_is_stored_as_the_site_says() -> None:
    headers = [*SCRIPT, ("cache-control", "public")]
    app = wrap(responds(b"x", headers=headers), blocking(seal=False))
    assert call(app, scope_for(headers={"sec-fetch-dest": "worker"}))["cache-control"] == "public"


def test_cookies_of_held_services_are_dropped_and_the_others_stay_in_order_h15() -> None:
    config = site(services=(with_cookies("counter", "_ga_*"),))
    values = ["a=1; Path=/", "_ga_X=2; Path=/", "a=3; Path=/x", "_ga=4; Secure"]
    app = wrap(responds(PAGE, headers=[HTML, *(("set-cookie", v) for v in values)]), config)
    assert call(app).all("set-cookie") == [values[0], values[2], values[3]]


@pytest.mark.parametrize("status", [200, 204, 303, 304, 404])
def test_cookies_of_other_responses_are_filtered_as_well_h15(status: int) -> None:
    config = site(services=(with_cookies("counter", "_ga"),))
    headers = [("content-type", "image/png"), ("set-cookie", "_ga=1"), ("set-cookie", "s=1")]
    answer = call(wrap(responds(b"", headers=headers, status=status), config))
    assert answer.all("set-cookie") == ["s=1"]
    assert "cookie" in answer.vary


def test_headers_are_read_however_their_names_are_written_h15() -> None:
    config = site(services=(with_cookies("counter", "_ga"),))
    headers = [("content-type", "image/png"), ("Set-Cookie", "_ga=1")]
    assert call(wrap(responds(b"", headers=headers), config)).all("set-cookie") == []


def with_cookies(name: str, *cookies: str) -> dict[str, object]:
    items = [{"name": cookie, "kind": "cookie", "lifetime": "P13M"} for cookie in cookies]
    return service(name, "analytics", items=items)


def test_a_cookie_past_thirteen_months_is_cut_and_changes_nothing_else_p07() -> None:
    headers = [("content-type", "image/png"), ("set-cookie", "s=1; Max-Age=99999999")]
    answer = get(responds(b"", headers=headers), sec_fetch_dest="image")
    assert answer["set-cookie"] == f"s=1; Max-Age=99999999; Max-Age={393 * 86400}"
    assert answer.vary == set()


def test_links_to_held_hosts_are_dropped_h12() -> None:
    links = ["<https://counter.example.net/t.js>; rel=preload; as=script, </a.css>; rel=preload"]
    answer = get(responds(PAGE, headers=[HTML, *(("link", value) for value in links)]))
    assert answer["link"] == "</a.css>; rel=preload"


def test_a_link_that_only_says_what_belongs_together_stays_h12() -> None:
    headers = [("content-type", "application/json"), ("link", '<https://x.example/2>; rel="next"')]
    answer = get(responds(b"[]", headers=headers), sec_fetch_dest="empty", accept="*/*")
    assert answer["link"] == headers[1][1]
    assert answer.vary == set()


@pytest.mark.parametrize(("dest", "kept"), [("document", True), ("iframe", False)])
def test_a_refresh_to_an_undeclared_host_is_dropped_in_a_frame(dest: str, kept: bool) -> None:
    headers = [HTML, ("refresh", "0; url=https://unknown.example/")]
    answer = call(
        wrap(responds(PAGE, headers=headers)), scope_for(headers={"sec-fetch-dest": dest})
    )
    assert (answer["refresh"] is not None) is kept


def test_a_refresh_or_rule_set_of_a_held_service_is_dropped_h12() -> None:
    headers = [
        ("content-type", "text/plain"),
        ("refresh", "0; url=https://counter.example.net/"),
        ("speculation-rules", '"https://counter.example.net/rules.json"'),
    ]
    answer = get(responds(b"", headers=headers))
    assert (answer["refresh"], answer["speculation-rules"]) == (None, None)
    assert "cookie" in answer.vary
    assert get(responds(b"", headers=headers), cookie=YES)["refresh"] == headers[1][1]


def test_reports_to_a_held_service_are_not_ordered_h12() -> None:
    group = '{"group": "n", "max_age": 9, "endpoints": [{"url": "https://counter.example.net/r"}]}'
    headers = [
        ("content-type", "application/json"),
        ("nel", '{"report_to": "n", "max_age": 9}'),
        ("report-to", group),
        ("reporting-endpoints", 'default="https://counter.example.net/r"'),
        ("sourcemap", "https://counter.example.net/t.js.map"),
    ]
    answer = get(responds(b"{}", headers=headers), sec_fetch_dest="empty")
    assert [answer[name] for name, _ in headers[1:]] == [None] * 4
    assert "cookie" in answer.vary
    granted = get(responds(b"{}", headers=headers), sec_fetch_dest="empty", cookie=YES)
    assert [granted[name] for name, _ in headers[1:]] == [value for _, value in headers[1:]]


def test_a_policy_of_the_site_holds_on_and_reports_to_no_held_service_h12() -> None:
    own = "object-src 'none'; report-uri https://counter.example.net/r /r"
    answer = get(responds(b"<p>", headers=[("content-type", "text/html"), (CSP, own)]))
    assert answer.all(CSP)[0] == "object-src 'none'; report-uri /r"
    assert "cookie" in answer.vary
    granted = get(responds(b"<p>", headers=[("content-type", "text/html"), (CSP, own)]), cookie=YES)
    assert granted.all(CSP)[0] == own


def hint(*links: bytes) -> list[Message]:
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}
    early: Message = {"type": "http.response.early_hint", "links": list(links)}
    answer = get(sends(early, start, {"type": "http.response.body", "body": b"x"}))
    return [m for m in answer.messages if m["type"] == "http.response.early_hint"]


def test_early_hints_to_held_hosts_are_dropped_h12() -> None:
    held = b"<https://counter.example.net>; rel=preconnect"
    (message,) = hint(held, b"</a.css>; rel=preload; as=style")
    assert message["links"] == [b"</a.css>; rel=preload; as=style"]
    assert hint(held) == []


def test_a_charset_that_the_rewriter_had_to_change_is_announced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Transcoding:
        output_charset = "utf-8"

        def feed(self, chunk: bytes) -> bytes:
            return chunk

        def close(self) -> bytes:
            return b""

    middleware: ConsentMiddleware = wrap(
        responds(PAGE, headers=[("content-type", "text/html; charset=iso-2022-jp")])
    )
    monkeypatch.setattr(middleware._rules, "rewriter", lambda *_, **__: Transcoding())
    assert call(middleware)["content-type"] == "text/html; charset=utf-8"


def test_the_page_gets_the_nonce_of_its_own_policy_if_there_is_one() -> None:
    policy = (CSP, "script-src 'nonce-abc123'")
    assert b'nonce="abc123"' in get(responds(PAGE, headers=[HTML, policy])).body
    other = (CSP, "script-src 'nonce-def456'")
    assert b"nonce=" not in get(responds(PAGE, headers=[HTML, policy, other])).body
