"""What is remembered of rulings is bounded, and shared."""

from __future__ import annotations

import pytest

from consent import policy
from consent.policy import Policy
from tests.ruled import CONFIG, ORIGIN, choice, ruling


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
