"""The visitor's receipt: what was recorded, in which words, and that it is in the log."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from consent.errors import LogUnavailable
from consent.export.dpv import Facts, Profile, consent_record
from consent.export.receipt import Receipt, receipt
from consent.log.memory import MemoryLog
from consent.record import NOBODY, Record, encode
from consent.verify.notes import read_key
from consent.verify.proof_file import verify_proof
from consent.verify.receipt import verify_receipts
from tests.export.known import CONFIG, NOTICE, SHOWN, a_choice
from tests.log.checked import KEY, keys, sequence
from tests.log.examples import NOTICE as NAMELESS
from tests.log.examples import a_record, patient

FACTS = Facts("https://www.example.fr/consent")


async def given(tmp_path: Path, record: Record, *, sequenced: bool = True) -> Receipt:
    log = patient(f"sqlite:///{tmp_path}/consent.db", keys=keys if sequenced else tuple)
    await log.append(record, NOTICE)
    if sequenced:
        await sequence(log)
    found = await receipt(log, record, FACTS)
    await log.close()
    return found


def test_a_receipt_proves_itself_without_the_log(tmp_path: Path) -> None:
    record = a_choice()
    found = asyncio.run(given(tmp_path, record))
    report = verify_proof(str(found.proof), keys=[read_key(str(KEY.key))])
    assert report.holds, report.examples
    assert json.loads(str(report.record))["id"] == record.id
    assert found.document["consent:proof"] == found.proof
    whole = verify_receipts([json.loads(str(found))], keys=[read_key(str(KEY.key))])
    assert whole.holds, whole.examples


def test_the_words_that_were_shown_are_in_it(tmp_path: Path) -> None:
    found = asyncio.run(given(tmp_path, a_choice()))
    read = json.loads(str(found))
    assert read["consent:notice"]["@value"] == SHOWN
    assert read["consent:record"]["@value"] == json.loads(encode(found.record))


def test_before_it_is_in_the_tree_there_is_no_proof(tmp_path: Path) -> None:
    found = asyncio.run(given(tmp_path, a_choice(), sequenced=False))
    assert (found.proof, "consent:proof" in found.document) == (None, False)


def test_who_was_erased_is_not_in_the_proof_either(tmp_path: Path) -> None:
    async def erased() -> Receipt:
        log = patient(f"sqlite:///{tmp_path}/consent.db", keys=keys)
        record = a_choice()
        await log.append(record, NOTICE)
        await sequence(log)
        gone = a_choice(id=record.id, subject=NOBODY, seq=0, salt=b"", commitment=record.commitment)
        found = await receipt(log, gone, FACTS)
        await log.close()
        assert str(record.subject) not in f"{found}{found.proof}"
        return found

    found = asyncio.run(erased())
    report = verify_proof(str(found.proof), keys=[read_key(str(KEY.key))])
    assert (report.holds, report.counts["erased"]) == (True, 1)


def test_a_log_without_a_tree_gives_receipts_without_proof() -> None:
    async def plain() -> Receipt:
        log = MemoryLog()
        record = a_choice()
        await log.append(record, NOTICE)
        return await receipt(log, record, FACTS)

    assert asyncio.run(plain()).proof is None


def test_a_notice_that_is_gone_or_says_nothing_makes_no_receipt() -> None:
    log = MemoryLog()
    with pytest.raises(LogUnavailable):
        asyncio.run(receipt(log, a_choice(), FACTS))
    record = a_record()
    asyncio.run(log.append(record, NAMELESS))
    with pytest.raises(LogUnavailable):
        asyncio.run(receipt(log, record, FACTS))


def test_the_configuration_of_the_tests_is_the_one_that_was_shown() -> None:
    assert CONFIG.notice.hash == a_choice().notice


@pytest.mark.parametrize(("country", "named"), [("FR", "FR"), ("US", "EU"), (None, "EU")])
def test_the_jurisdiction_is_where_the_controller_was_established(
    country: str | None, named: str
) -> None:
    """REC-03; outside of where the GDPR is law, it is the Union that people are in."""
    controller = {**SHOWN["controller"], **({"country": country} if country else {})}
    made = consent_record(a_choice(), {**SHOWN, "controller": controller}, FACTS, Profile.GDPR)
    place = {"@id": f"loc:{named}"}
    assert made["dpv:hasJurisdiction"] == place
    assert made["dpv:hasAuthority"]["dpv:hasJurisdiction"] == place
