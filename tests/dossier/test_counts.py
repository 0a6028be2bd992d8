"""What counts as an answer, for who writes a dossier and for who verifies it."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from consent.dossier.counts import Counts
from consent.record import Action, encode
from consent.verify.counted import Counted
from tests.log.examples import a_record

ANSWERS = {"purposes": {"analytics": True, "marketing": False}, "services": {"youtube": True}}
NO_ANSWER = {Action.ONCE, Action.EXPIRE, Action.SIGNAL}


@pytest.mark.parametrize("action", Action)
def test_what_nobody_answered_is_a_record_and_no_answer(action: Action) -> None:
    body = encode(a_record(**ANSWERS, action=action))
    counts, counted = Counts(), Counted()
    counts.add(0, body)
    counted.add(json.loads(body))
    assert counts.records == counted.records.total() == 1
    granted, refused = (0, 0) if action in NO_ANSWER else (2, 1)
    assert sum(each["granted"] for each in counts.answers()) == granted
    assert sum(each["refused"] for each in counts.answers()) == refused
    assert (counted.granted.total(), counted.refused.total()) == (granted, refused)


def test_answers_that_differ_all_the_time_are_counted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("consent.dossier.counts.MOST", 3)
    counts, expected = Counts(), Counter[str]()
    for number in range(16):
        purposes = {f"p{bit}": bool(number >> bit & 1) for bit in range(4)}
        counts.add(number, encode(a_record(purposes=purposes, services={})))
        expected.update(name for name, granted in purposes.items() if granted)
    assert {each["id"]: each["granted"] for each in counts.answers()} == expected
