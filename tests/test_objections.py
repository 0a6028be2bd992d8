"""Global Privacy Control and Do Not Track: objections, never grants (law.md §4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.cookie.marks import DESPITE, overridden
from consent.cookie.payload import Answer
from consent.errors import ConfigError
from consent.model import Choice
from consent.objections import NONE, Objection, Objections
from tests.asgi.exchange import NOW
from tests.sites import SECRET, SERVICES, service, site

SOCIAL = service("button", "social")


def config(**signals: Any) -> ConsentConfig:
    return ConsentConfig(
        site={"name": "Shop", "url": "https://www.example.fr", "languages": ["en"]},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": [SECRET]},
        services=[*SERVICES, SOCIAL],
        signals=signals,
    )


def choice(*despite: str, **purposes: bool) -> Choice:
    services = {"pixel": True, "heatmap": True}
    return Choice(UUID(int=7), 1, NOW, purposes, services, frozenset(despite))


EVERYTHING = choice(analytics=True, marketing=True, social=True)


def applied(
    made: Choice | None, *pairs: tuple[str, str], **signals: Any
) -> tuple[Choice | None, Objection]:
    headers = [(name.encode(), value.encode()) for name, value in pairs]
    return Objections(config(**signals)).apply(made, dict(headers), headers)


@pytest.mark.parametrize(
    ("values", "heard"),
    [
        (["1"], True),
        ([" 1\t"], True),
        (["0", "1"], True),
        (["1", "0"], True),
        (["0"], False),
        (["true"], False),
        (["1,1"], False),
        (["11"], False),
        ([""], False),
    ],
)
def test_only_1_is_the_signal_and_one_of_several_headers_is_enough_gpc_01(
    values: list[str], heard: bool
) -> None:
    _, objection = applied(None, *(("sec-gpc", value) for value in values))
    assert objection == (Objection(("gpc",), holds=True) if heard else NONE)


def test_what_was_granted_before_is_held_as_far_as_the_objection_goes() -> None:
    """EU-38; the purposes in question, and their services one by one."""
    made, objection = applied(EVERYTHING, ("sec-gpc", "1"))
    assert made is not None
    assert made.purposes == {"analytics": True, "marketing": False, "social": False}
    assert made.services == {"heatmap": True}
    assert objection == Objection(("gpc",), holds=True)


def test_a_service_that_was_allowed_by_itself_is_held_as_well() -> None:
    made, _ = applied(choice(analytics=False, marketing=False), ("dnt", "1"))
    assert made is not None
    assert made.services == {"heatmap": True}


def test_what_was_granted_in_spite_of_it_holds() -> None:
    made = choice("gpc", marketing=True)
    assert applied(made, ("sec-gpc", "1")) == (made, Objection(("gpc",), holds=False))
    made = choice("gpc", "dnt", marketing=True)
    assert applied(made, ("dnt", "1")) == (made, Objection(("dnt",), holds=False))


@pytest.mark.parametrize("heard", [("sec-gpc",), ("sec-gpc", "dnt")])
def test_a_signal_that_comes_later_is_a_new_objection(heard: tuple[str, ...]) -> None:
    """EU-38: what was granted in spite of one signal was not in spite of the other."""
    made, objection = applied(choice("dnt", marketing=True), *((name, "1") for name in heard))
    assert made is not None
    assert made.purposes == {"marketing": False}
    assert objection.holds


@pytest.mark.parametrize("despite", [(), ("dnt",)])
def test_where_nothing_of_it_is_granted_nothing_changes(despite: tuple[str, ...]) -> None:
    purposes = {"analytics": True, "marketing": False}
    made = Choice(UUID(int=7), 1, NOW, purposes, {}, frozenset(despite))
    assert applied(made, ("dnt", "1")) == (made, Objection(("dnt",), holds=True))


def test_it_never_grants_gpc_04() -> None:
    for made in (None, Choice(UUID(int=7), 1, NOW, {"marketing": False})):
        assert applied(made, ("sec-gpc", "1"), ("dnt", "1"))[0] is made


def test_its_absence_changes_nothing() -> None:
    assert applied(EVERYTHING, ("sec-gpc", "0"), ("accept", "1")) == (EVERYTHING, NONE)
    assert applied(EVERYTHING) == (EVERYTHING, NONE)


@pytest.mark.parametrize(
    ("signals", "heard"),
    [({"gpc": False}, ("dnt",)), ({"dnt": False}, ("gpc",)), ({"gpc": False, "dnt": False}, ())],
)
def test_each_can_be_switched_off(signals: dict[str, bool], heard: tuple[str, ...]) -> None:
    _, objection = applied(EVERYTHING, ("sec-gpc", "1"), ("dnt", "1"), **signals)
    assert objection.names == heard


def test_the_site_says_what_it_is_about() -> None:
    made, _ = applied(EVERYTHING, ("sec-gpc", "1"), purposes=["analytics"])
    assert made is not None
    assert made.purposes == {"analytics": False, "marketing": True, "social": True}


def test_where_nothing_of_it_is_asked_no_header_matters() -> None:
    assert Objections(site(services=SERVICES[:2])).headers == ()


@pytest.mark.parametrize("purpose", ["necessary", "marketting"])
def test_an_objection_to_what_nobody_asks_is_a_mistake(purpose: str) -> None:
    with pytest.raises(ConfigError) as error:
        config(purposes=["analytics", purpose])
    assert [(p.code, p.path) for p in error.value.problems] == [("E053", "signals.purposes[1]")]


@pytest.mark.parametrize("despite", [(), ("gpc",), ("dnt",), ("gpc", "dnt")])
def test_the_cookie_remembers_in_spite_of_what_it_was_made(despite: tuple[str, ...]) -> None:
    cookie = ChoiceCookie(site())
    purposes = {"analytics": True, "marketing": True}
    made = Choice(UUID(int=7), 1, NOW, purposes, {}, frozenset(despite))
    again = cookie.decode(cookie.encode(made, now=NOW).encode(), now=NOW)
    assert again == made


def test_a_cookie_that_does_not_say_in_spite_of_which_signal_means_any() -> None:
    """Those of before the signals were named stay readable."""
    before = (Answer(b"analytic", granted=True), Answer(DESPITE, granted=True))
    assert overridden(before) == {"gpc", "dnt"}
    assert overridden(before[:1]) == frozenset()
