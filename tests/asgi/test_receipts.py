"""``GET /consent/receipt``: one's own, and nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from consent.log.memory import MemoryLog
from consent.verify.notes import read_key
from consent.verify.proof_file import verify_proof
from tests.asgi.visits import SAME_ORIGIN, Visit
from tests.log.checked import KEY, keys, sequence
from tests.log.examples import patient

RECEIPT = "/consent/receipt"


def choose(visit: Visit, action: str) -> None:
    answer = visit.client.post("/consent/choice", json={"action": action}, headers=SAME_ORIGIN)
    assert answer.status_code == 200


@pytest.fixture
def visit() -> Visit:
    return Visit(log=MemoryLog())


def test_who_has_chosen_gets_a_file_of_the_newest_choice(visit: Visit) -> None:
    choose(visit, "accept_all")
    choose(visit, "refuse_all")
    answer = visit.client.get(RECEIPT)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"].startswith("application/ld+json")
    newest = visit.log.records[-1]
    assert f'filename="consent-{newest.id}.jsonld"' in answer.headers["content-disposition"]
    (record,) = answer.json()["dpv:hasRecordOfActivity"]
    assert record["dct:identifier"] == newest.id
    control = record["dpv:hasConsentControl"]["dpv:isExercisedAt"]["@id"]
    assert control == "https://www.example.fr/consent/preferences"


def test_an_earlier_one_of_the_same_visitor_may_be_named(visit: Visit) -> None:
    choose(visit, "accept_all")
    choose(visit, "refuse_all")
    first = visit.log.records[0]
    answer = visit.client.get(RECEIPT, params={"record": first.id})
    assert answer.json()["dpv:hasRecordOfActivity"][0]["dct:identifier"] == first.id


def test_nobody_gets_somebody_elses(visit: Visit) -> None:
    choose(visit, "accept_all")
    other = Visit(log=visit.log)
    choose(other, "refuse_all")
    theirs = visit.log.records[0].id
    answer = other.client.get(RECEIPT, params={"record": theirs})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_receipt")


def test_who_has_not_chosen_has_none(visit: Visit) -> None:
    answer = visit.client.get(RECEIPT)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_receipt")


def test_while_the_log_is_down_it_says_so(visit: Visit) -> None:
    choose(visit, "accept_all")
    visit.log.fail_reading = True
    answer = visit.client.get(RECEIPT)
    assert (answer.status_code, answer.json()["code"]) == (503, "log_unavailable")
    assert answer.headers["retry-after"]


def test_before_there_is_a_proof_it_is_not_given(visit: Visit) -> None:
    choose(visit, "accept_all")
    answer = visit.client.get(RECEIPT, params={"as": "proof"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_proof")


@pytest.fixture
def proven(tmp_path: Path) -> Iterator[Visit]:
    log = patient(f"sqlite:///{tmp_path}/consent.db", keys=keys)
    visit = Visit(proof=log)
    choose(visit, "accept_all")
    asyncio.run(sequence(log))
    yield visit
    asyncio.run(log.close())


def test_the_proof_alone_may_be_asked_for_and_verified_elsewhere(proven: Visit) -> None:
    answer = proven.client.get(RECEIPT, params={"as": "proof"})
    assert answer.headers["content-disposition"].endswith('.tlog-proof"')
    report = verify_proof(answer.text, keys=[read_key(str(KEY.key))])
    assert report.holds, report.examples
    assert proven.client.get(RECEIPT).json()["consent:proof"] == answer.text
