"""What is the site's own: its origins and its domain, and what a service claims there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import policy
from consent.model import Reason
from consent.owners import Owners
from tests.ruled import CONFIG, NOBODYS, ORIGIN, OURS, OWNERS, choice, ruling
from tests.sites import service, site


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


def test_of_a_host_of_very_many_labels_only_those_that_are_claimed_are_looked_up() -> None:
    """Else each label would be a name to look up, as long as all that follows it."""
    owners = Owners(CONFIG.services)
    name = "a." * 100_000
    assert len([*owners._parents(f"{name}wide.example")]) <= 3
    found = owners.of_host(f"{name}wide.example", "", "/")
    assert found is not None
    assert found.service.id == "wide"
    assert owners.of_host(f"{name}elsewhere.example", "", "/") is None
    assert not owners.divided(f"{name}wide.example")
