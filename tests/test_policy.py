"""Who may act: purpose, choice, owner (design.md §2)."""

from __future__ import annotations

from copy import copy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import policy
from consent.config import ConsentConfig
from consent.model import Choice, Reason
from consent.policy import Policy, Ruling
from tests.sites import SECRET, SERVICES, service, site

ORIGIN = "https://www.example.fr"
COOKIES = ("_a", "_a_*", "a[b]", "a.b")


def items(*names: str, **more: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"name": name, "kind": "cookie", "lifetime": "P1M", **more} for name in names)


CONFIG = site(
    services=(
        *SERVICES,
        service("wide", "analytics", hosts=["*.wide.example"]),
        service("exact", "marketing", hosts=["x.wide.example"]),
        service("ads", "marketing", hosts=["both.example/ads/", "both.example/pixel"]),
        service("maps", "preferences", hosts=["both.example", "port.example:8443"]),
        service("any", "preferences", hosts=["*.port.example:1"], paths=["/shop/*", "/x"]),
        service("cookies", "analytics", items=items(*COOKIES)),
        service("other", "marketing", items=items("_a_shared", "_b*")),
        service("third", "marketing", items=items("theirs", third_party=True)),
        service("loader", "analytics", snippets=["load\\(1\\)"]),
        service("second", "marketing", snippets=["load\\("]),
    )
)


def choice(services: dict[str, bool] | None = None, **purposes: bool) -> Choice:
    return Choice(UUID(int=1), 1, datetime(2026, 1, 1, tzinfo=UTC), purposes, services or {})


def ruling(
    made: Choice | None = None,
    /,
    *,
    path: str = "/shop/a",
    origin: str = ORIGIN,
    config: ConsentConfig = CONFIG,
) -> Ruling:
    return Policy(config).ruling(made, origin=origin, path=path)


def blocking(*more: dict[str, Any], **settings: str) -> ConsentConfig:
    """A small site that holds more or less than usual."""
    return ConsentConfig(
        site={"name": "Shop", "url": ORIGIN, "languages": ["en"]},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [SECRET]},
        services=[*SERVICES, *more],
        blocking=settings,
    )


@pytest.mark.parametrize(
    ("made", "allowed", "reason"),
    [
        (None, False, Reason.UNDECIDED),
        (choice(marketing=True), False, Reason.UNDECIDED),
        (choice(analytics=False), False, Reason.REFUSED),
        (choice(analytics=True), True, Reason.GRANTED),
        (choice({"counter": False}, analytics=True), False, Reason.REFUSED),
        (choice({"counter": True}, analytics=False), True, Reason.GRANTED),
        (choice({"counter": True}, marketing=True), False, Reason.UNDECIDED),
        (choice({"heatmap": False}, analytics=True), True, Reason.GRANTED),
    ],
)
def test_a_service_acts_only_when_its_purpose_or_itself_was_granted(
    made: Choice | None, allowed: bool, reason: Reason
) -> None:
    verdict = ruling(made).service("counter")
    assert (verdict.allowed, verdict.reason) == (allowed, reason)
    assert (verdict.service, verdict.purpose) == ("counter", "analytics")


def test_what_is_necessary_needs_no_answer() -> None:
    assert ruling().service("till").reason is Reason.EXEMPT
    assert ruling(choice(necessary=False)).allows("necessary")


def test_silence_an_unknown_purpose_and_a_refusal_are_all_no() -> None:
    assert not ruling().allows("analytics")
    assert not ruling(choice(analytics=True)).allows("marketing")
    assert not ruling(choice(analytics=True)).allows("no such purpose")
    assert not ruling(choice(analytics=False)).allows("analytics")
    assert ruling(choice(analytics=True)).allows("analytics")


def test_a_service_that_nobody_declared_may_not_act() -> None:
    assert ruling(choice(analytics=True)).service("nobody") == policy.UNDECLARED


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/shop/a", True),
        ("/shop/", True),
        ("/x", True),
        ("/shop", False),
        ("/x/", False),
        ("/", False),
    ],
)
def test_a_service_acts_only_on_its_pages(path: str, allowed: bool) -> None:
    verdict = ruling(choice(preferences=True), path=path).service("any")
    assert verdict.allowed is allowed
    assert (verdict.reason is Reason.ELSEWHERE) is not allowed


OWNERS = [
    ("https://counter.example.net/x", "counter"),
    ("https://COUNTER.example.net", "counter"),
    ("wss://counter.example.net", "counter"),
    ("http://counter.example.net", "counter"),
    ("https://counter.example.net:443/", "counter"),
    ("https://a.wide.example/", "wide"),
    ("https://a.b.wide.example/", "wide"),
    ("https://x.wide.example/", "exact"),
    ("https://y.x.wide.example/", "wide"),
    ("https://both.example/ads/1", "ads"),
    ("https://both.example/pixel", "ads"),
    ("https://both.example/pixels", "maps"),
    ("https://both.example/ads", "maps"),
    ("https://both.example/", "maps"),
    ("https://both.example/%61ds/", "ads"),
    ("https://port.example:8443", "maps"),
    ("https://a.port.example:1", "any"),
]
NOBODYS = [
    "https://sub.counter.example.net/",
    "https://counter.example.net.evil.example/",
    "https://counter.example.net./",
    "https://counter.example.net:8443/",
    "https://example.net/",
    "https://wide.example/",
    "https://awide.example/",
    "https://port.example/",
    "https://user@evil.example/",
    "https://localhost/",
    "https://[::1]/",
    "https://127.1/",
]


@pytest.mark.parametrize(("url", "owner"), OWNERS)
def test_a_host_belongs_to_the_service_that_declares_it(url: str, owner: str) -> None:
    assert ruling().url(url).service == owner


@pytest.mark.parametrize("url", NOBODYS)
def test_a_host_that_only_resembles_a_declared_one_is_nobody_s(url: str) -> None:
    assert ruling(choice(analytics=True, marketing=True)).url(url) == policy.UNDECLARED


@pytest.mark.parametrize("mode", ["block", "report", "allow"])
@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://counter.example.net:8443/", "counter"),
        ("https://counter.example.net./", "counter"),
        ("http://a.wide.example.:8080/", "wide"),
        ("https://both.example:444/ads/", "ads"),
        ("https://metrics.example.fr/", "cname"),
        ("https://metrics.example.fr:8443/", "cname"),
        ("https://METRICS.example.fr.:8443/", "cname"),
        ("https://www.example.fr:444/stats/", "cname"),
    ],
)
def test_a_service_is_held_at_every_port_and_with_a_dot_behind_its_name(
    url: str, owner: str, mode: str
) -> None:
    """One that is hidden behind a name of the site above all."""
    more = (
        service("cname", "analytics", hosts=["metrics.example.fr", "www.example.fr/stats/"]),
        service("wide", "analytics", hosts=["*.wide.example"]),
        service("ads", "marketing", hosts=["both.example/ads/"]),
    )
    by = ruling(config=blocking(*more, undeclared_hosts=mode))
    assert (by.url(url).allowed, by.url(url).service) == (False, owner)


def test_a_grant_is_for_the_ports_that_are_declared() -> None:
    """The seal names no other; on the site's own domain every port is the site's."""
    granted = choice(analytics=True, preferences=True)
    assert ruling(granted).url("https://counter.example.net:8443/") == policy.UNDECLARED
    assert ruling(granted).url("https://port.example:8443/").allowed
    near = blocking(service("cname", "analytics", hosts=["metrics.example.fr"]))
    assert ruling(granted, config=near).url("https://metrics.example.fr:8443/") == policy.OWN


@pytest.mark.parametrize("mode", ["report", "allow"])
def test_undeclared_hosts_pass_where_the_site_says_so(mode: str) -> None:
    by = ruling(config=blocking(undeclared_hosts=mode))
    assert by.url("https://nobody.example/") == policy.NOT_ENFORCED
    assert by.url("https://counter.example.net/").reason is Reason.UNDECIDED


@pytest.mark.parametrize(
    "url",
    [
        f"{ORIGIN}/a",
        "wss://www.example.fr/",
        "data:,x",
        "blob:https://nobody.example/1",
        "about:blank",
    ],
)
def test_the_site_s_own_passes(url: str) -> None:
    assert ruling().url(url) == policy.OWN


@pytest.mark.parametrize("href", ["https:", "ws://", "http:///x", "https://a@b@c/", "wss://a"])
def test_what_no_parser_writes_is_not_taken_for_harmless(href: str) -> None:
    assert ruling().normal(href) == policy.UNREADABLE


@pytest.mark.parametrize("port", ["", ":8443"])
@pytest.mark.parametrize("user", ["", "a@", "a:b@", "@", "a%40:/b@", "é:ß@"])
@pytest.mark.parametrize(("host", "allowed"), [("www.example.fr", True), ("[::1]", False)])
def test_neither_a_user_nor_a_port_hides_the_host(
    user: str, host: str, port: str, allowed: bool
) -> None:
    """WHATWG URL §4.5: as a parser writes it, nothing of a user's name looks like a host."""
    for rest in ("", "/@a", "?@a", "#@a:1/"):
        expected = allowed and "/" not in user
        assert ruling().url(f"https://{user}{host}{port}{rest}").allowed is expected


def test_the_origin_of_the_request_is_the_site_s_own() -> None:
    for url in (
        "http://localhost:8000/",
        "https://localhost:8000/",
        "wss://localhost:8000/",
        ORIGIN,
    ):
        assert ruling(origin="http://localhost:8000").url(url) == policy.OWN
    assert ruling(origin="http://localhost:8000").url("http://localhost/") == policy.UNDECLARED


def test_a_page_whose_host_cannot_be_read_has_the_site_s_own_alone() -> None:
    page = ruling(origin="")
    assert page.domains == ruling().domains
    assert page.url(f"{ORIGIN}/a").allowed
    assert not page.url("https://elsewhere.example/a").allowed


def test_a_site_with_tls_does_not_own_its_host_without() -> None:
    assert ruling().url("http://www.example.fr/") == policy.UNDECLARED


@pytest.mark.parametrize(
    "url",
    ["https://example.fr/", "wss://a.b.example.fr/", "https://static.example.fr:8443/x"],
)
def test_what_is_on_the_site_s_domain_is_its_own(url: str) -> None:
    assert ruling().url(url) == policy.OWN


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        (ORIGIN, "http://static.example.fr/"),
        (ORIGIN, "https://static.example.fr./"),
        (ORIGIN, "https://notexample.fr/"),
        (ORIGIN, "https://example.fr.evil.example/"),
        ("https://a.github.io", "https://b.github.io/"),
        ("https://github.io", "https://b.github.io/"),
        ("http://localhost:8000", "http://localhost:8001/"),
        ("http://localhost", "http://a.localhost/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001/"),
        ("http://10.0.0.1", "http://11.0.0.1/"),
        ("https://[::1]", "https://[::2]/"),
        ("https://intranet", "https://x.intranet/"),
        ("https://co.uk", "https://x.co.uk/"),
    ],
)
def test_what_only_resembles_the_site_s_domain_is_not(origin: str, url: str) -> None:
    assert ruling(origin=origin).url(url) == policy.UNDECLARED


def test_a_page_without_tls_owns_its_domain_without() -> None:
    assert ruling(origin="http://a.example.fr").url("http://b.example.fr/") == policy.OWN


CLOAKED = site(
    services=(
        service("metrics", "analytics", hosts=["metrics.example.fr"]),
        service("proxied", "analytics", hosts=["www.example.fr/stats/", "static.example.fr/t.js"]),
        service("whole", "marketing", hosts=["www.example.fr"]),
    )
)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://metrics.example.fr/x.js", "metrics"),
        (f"{ORIGIN}/stats/x.js", "proxied"),
        ("https://static.example.fr/t.js", "proxied"),
        ("https://static.example.fr/app.js", ""),
        (f"{ORIGIN}/app.js", ""),
    ],
)
def test_what_a_service_claims_on_the_site_s_domain_is_the_service_s(url: str, owner: str) -> None:
    """A CNAME to a tracker; a whole origin stays the page's own."""
    verdict = ruling(config=CLOAKED).url(url)
    assert (verdict.service, verdict.allowed) == (owner, not owner)


def test_while_a_host_of_the_domain_is_held_the_seal_names_none_of_them() -> None:
    assert ruling(config=CLOAKED).hosts() == ()
    granted = ruling(choice(analytics=True), config=CLOAKED)
    assert set(OURS) < set(granted.hosts())


def test_a_path_of_the_page_s_own_origin_does_not_close_its_domain() -> None:
    config = site(services=(service("proxied", "analytics", hosts=["www.example.fr/stats/"]),))
    assert ruling(config=config).hosts() == OURS


@pytest.mark.parametrize(
    ("href", "home"),
    [
        ("https://a.example.fr/", True),
        (ORIGIN, False),
        ("https://static.example.fr/", False),
        ("https://metrics.example.fr/", False),
        ("https://nobody.example/", False),
    ],
)
def test_home_is_where_no_path_is_somebody_else_s(href: str, home: bool) -> None:
    assert ruling(config=CLOAKED).is_home(href) is home


@pytest.mark.parametrize("url", ["", "//x", "https://[", "https://", "nonsense"])
def test_what_no_browser_can_read_is_held(url: str) -> None:
    assert ruling().url(url) == policy.UNREADABLE


def test_navigation_is_held_to_declared_services_only() -> None:
    assert ruling().navigation("https://bank.example/") == policy.NOT_ENFORCED
    assert ruling().navigation("https://counter.example.net/").reason is Reason.UNDECIDED
    assert ruling(choice(analytics=True)).navigation("https://counter.example.net/").allowed


@given(
    st.sampled_from(["https:", "http:", "wss:"]),
    st.sampled_from([url for url, _ in OWNERS] + NOBODYS),
)
def test_asked_by_host_or_by_address_the_verdict_is_the_same(scheme: str, url: str) -> None:
    hostname = url.partition("//")[2].partition("/")[0].lower()
    by = ruling(choice(analytics=True))
    verdict = by.host(scheme, hostname)
    if verdict is None:
        assert hostname == "both.example"
    else:
        assert verdict == by.url(f"{scheme}//{hostname}/any/path")
        assert by.host(scheme, hostname) == verdict


def test_the_hosts_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "HOSTS_KEPT", 3)
    by = ruling()
    for number in range(20):
        assert by.host("https:", f"h{number}.example") == policy.UNDECLARED
    assert len(by._hosts) <= 3


def test_the_rulings_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "STRANGE_KEPT", 3)
    compiled = Policy(CONFIG)
    for number in range(20):
        compiled.ruling(None, origin=f"https://h{number}.example", path="/")
    assert len(compiled._strange) <= 3
    assert not compiled._rulings


def test_of_the_rulings_remembered_only_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "STRANGE_KEPT", 3)
    compiled = Policy(CONFIG)
    for number in range(4):
        compiled.ruling(None, origin=f"https://h{number}.example", path="/")
    assert [key[0] for key in compiled._strange] == [f"https://h{n}.example" for n in (1, 2, 3)]  # type: ignore[index]


def test_who_asks_under_other_names_takes_away_no_ruling_of_the_site() -> None:
    compiled = Policy(CONFIG)
    own = compiled.ruling(None, origin=ORIGIN, path="/")
    for number in range(2 * policy.STRANGE_KEPT):
        compiled.ruling(None, origin=f"https://h{number}.example", path="/")
    assert compiled.ruling(None, origin=ORIGIN, path="/") is own
    assert len(compiled._rulings) + len(compiled._strange) == 1 + policy.STRANGE_KEPT


def test_the_rulings_of_the_site_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "RULINGS_KEPT", 1)
    compiled = Policy(CONFIG)
    for made in (None, choice(analytics=True), choice(analytics=False)):
        compiled.ruling(made, origin=ORIGIN, path="/")
    assert len(compiled._rulings) == 1


def test_visitors_with_equal_answers_share_a_ruling() -> None:
    compiled = Policy(CONFIG)
    one = compiled.ruling(choice(analytics=True, marketing=False), origin=ORIGIN, path="/a")
    assert compiled.ruling(choice(marketing=False, analytics=True), origin=ORIGIN, path="/b") is one
    for other in (
        None,
        choice(analytics=True),
        choice({"pixel": True}, analytics=True, marketing=False),
    ):
        assert compiled.ruling(other, origin=ORIGIN, path="/a") is not one
    assert compiled.ruling(choice(analytics=True), origin=ORIGIN, path="/shop/a").answers != (
        compiled.ruling(choice(analytics=True), origin=ORIGIN, path="/a").answers
    )


@pytest.mark.parametrize("made", [None, choice(), choice(analytics=True), choice(other=True)])
def test_undecided_until_every_purpose_has_an_answer(made: Choice | None) -> None:
    assert not Policy(CONFIG).decided(made)


def test_decided_by_any_answer_to_every_purpose() -> None:
    answers = dict.fromkeys(Policy(CONFIG).asked, False)
    assert Policy(CONFIG).decided(choice(None, **answers))


def test_a_site_that_asks_nothing_is_always_decided() -> None:
    assert Policy(site(services=(SERVICES[-1],))).decided(None)


@pytest.mark.parametrize(
    ("name", "service_id"),
    [
        ("_a", "cookies"),
        ("_a_1", "cookies"),
        ("a[b]", "cookies"),
        ("a.b", "cookies"),
        ("_b", "other"),
        ("_bxy", "other"),
    ],
)
def test_a_cookie_belongs_to_the_service_that_declares_it(name: str, service_id: str) -> None:
    assert ruling().cookie(name).service == service_id
    assert not ruling().cookie(name).allowed


@pytest.mark.parametrize("name", ["_A", "_ab", "x_a", "ab", "a_b", "theirs", "", "_a\n"])
def test_a_cookie_of_another_name_is_nobody_s(name: str) -> None:
    assert ruling().cookie(name) == policy.NOT_ENFORCED
    assert ruling(config=blocking(undeclared_cookies="block")).cookie(name) == policy.UNDECLARED


def test_one_allowed_owner_of_a_cookie_is_enough() -> None:
    assert ruling(choice(marketing=True, analytics=False)).cookie("_a_shared").service == "other"
    assert ruling(choice(marketing=False, analytics=True)).cookie("_a_shared").service == "cookies"
    assert not ruling(choice(marketing=False, analytics=False)).cookie("_a_shared").allowed


def test_an_inline_loader_is_held_while_its_service_is() -> None:
    assert ruling().inline("load(1)").service == "loader"
    assert ruling(choice(analytics=True)).inline("load(1)").service == "second"
    assert ruling(choice(analytics=True, marketing=True)).inline("load(1)") == policy.OWN
    assert ruling().inline("unload") == policy.OWN


def test_nothing_is_searched_for_where_nothing_is_held() -> None:
    compiled = Policy(site(services=(SERVICES[-1],)))
    assert compiled.ruling(None, origin=ORIGIN, path="/").inline("load(1)") == policy.OWN


OURS = ("*.example.fr:*", "example.fr:*")


def test_the_hosts_of_the_seal_are_those_allowed_and_the_site_s() -> None:
    assert ruling().hosts() == (*OURS, "till.example.net")
    both = ("*.wide.example", "counter.example.net", "heatmap.example.net", "till.example.net")
    assert set(both) < set(ruling(choice(analytics=True)).hosts())
    local = ruling(origin="http://localhost").hosts()
    assert local == (*OURS, "till.example.net", "www.example.fr")
    assert list(ruling(choice(marketing=True)).hosts()) == sorted(
        ruling(choice(marketing=True)).hosts()
    )


def test_a_site_without_a_readable_address_owns_only_the_request_s_origin() -> None:
    unreadable = copy(CONFIG)
    nonsense = CONFIG.site.model_copy(update={"url": "nonsense"})
    object.__setattr__(unreadable, "site", nonsense)
    assert Policy(unreadable).own == frozenset()
    assert ruling(config=unreadable).url(ORIGIN) == policy.OWN
