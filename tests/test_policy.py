"""Who may act: purpose, choice, owner (design.md §2)."""

from __future__ import annotations

from copy import copy

import pytest

from consent import policy
from consent.model import Choice, Reason
from consent.policy import Policy
from tests.ruled import (
    CONFIG,
    NOBODYS,
    ORIGIN,
    OURS,
    OWNERS,
    blocking,
    choice,
    ruling,
)
from tests.sites import SERVICES, service, site


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
        ("/shop/../a", False),
        ("/", False),
    ],
)
def test_a_service_acts_only_on_its_pages(path: str, allowed: bool) -> None:
    verdict = ruling(choice(preferences=True), path=path).service("any")
    assert verdict.allowed is allowed
    assert (verdict.reason is Reason.ELSEWHERE) is not allowed


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
