"""JSON-LD by the DPV guide to ISO/IEC TS 27560: REC-01 to REC-05, REC-08."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pyshacl import validate
from rdflib import Graph

from consent.config import ConsentConfig
from consent.export.dpv import Facts, Profile, consent_record, document
from consent.export.receipt import receipt
from consent.export.words import PURPOSES, purpose_terms
from consent.log.memory import MemoryLog
from consent.model import NECESSARY
from consent.record import NOBODY, Action, Interface, Kind
from tests.export.known import NOTICE, SHOWN, a_choice
from tests.written import own, written

SCHEMAS = files("consent.export").joinpath("schemas")
SCHEMA = json.loads(SCHEMAS.joinpath("dpv-27560.schema.json").read_text("utf-8"))
TERMS = frozenset(
    (Path(__file__).parent / "dpv-2.3-terms.txt").read_text().split("\n\n")[1].split()
)
FACTS = Facts("https://www.example.fr/consent", "FR")
_ISO = """
schema_version record_id pii_principal_id privacy_notice language purposes pii_information pii_type
pii_controllers storage_locations retention_period jurisdiction recipient_third_parties
withdrawal_method party_id party_address party_name party_contact party_type event_time
validity_duration entity_id event_type event_state receipt_id
"""
_GDPR = """
lawful_basis collection_method processing_method processing_locations geographic_restrictions
authority_party pii_optional special_pii_category party_role
"""
REC_01 = frozenset(_ISO.split())
REC_02 = frozenset(_GDPR.split())


def made(profile: Profile = Profile.GDPR, **changes: Any) -> dict[str, Any]:
    return document(consent_record(a_choice(**changes), SHOWN, FACTS, profile))


def received(profile: Profile = Profile.GDPR) -> dict[str, Any]:
    log, record = MemoryLog(), a_choice()
    asyncio.run(log.append(record, NOTICE))
    return asyncio.run(receipt(log, record, FACTS, profile=profile)).document


def a_form() -> dict[str, Any]:
    box = {"id": "newsletter", "text": "Send me news", "language": "en"}
    notice = {key: SHOWN[key] for key in ("site", "controller")} | {"box": box}
    record = a_choice(
        kind=Kind.FORM,
        action=Action.SUBMIT,
        interface=Interface.FORM,
        purposes={"newsletter": True},
        services={},
    )
    return document(consent_record(record, notice, FACTS, Profile.GDPR))


DOCUMENTS = {
    **{f"record-{profile}": made(profile) for profile in Profile},
    **{f"receipt-{profile}": received(profile) for profile in Profile},
    "erased": made(subject=NOBODY, seq=0, salt=b""),
    "once": made(action=Action.ONCE, interface=Interface.PLACEHOLDER),
    "expired": made(
        action=Action.EXPIRE, interface=Interface.SERVER, purposes={"analytics": False}
    ),
    "form": a_form(),
    "nothing asked": made(purposes={NECESSARY: True}, services={}),
}


def walked(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, Mapping) else value if type(value) is list else ()
    for each in inner:
        yield from walked(each)


def texts(value: Any) -> Iterator[str]:
    for each in walked(value):
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            yield from each


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_exported_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(DOCUMENTS[name])


def required(definition: str) -> frozenset[str]:
    """The fields of the standard that a definition requires, whatever they are called here."""

    def found(schema: Any, seen: frozenset[str]) -> Iterator[str]:
        if isinstance(schema, list):
            for each in schema:
                yield from found(each, seen)
        if not isinstance(schema, dict):
            return
        name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        if name and name not in seen:
            yield from found(SCHEMA["$defs"][name], seen | {name})
        for key, each in schema.get("properties", {}).items():
            if key in schema.get("required", ()) and "title" in each:
                yield each["title"]
        for key, each in schema.items():
            inner = each.values() if key == "properties" else [each]
            for one in inner:
                yield from found(one, seen)

    return frozenset(found(SCHEMA["$defs"][definition], frozenset()))


def test_the_schema_requires_what_the_standard_requires() -> None:
    """REC-01, REC-02."""
    assert required("iso") == REC_01 - {"receipt_id"}
    assert required("gdpr") == REC_01 - {"receipt_id"} | REC_02
    assert {"receipt_id", "schema_version"} <= required("receipt")


def keys_of(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    for each in walked(value):
        if isinstance(each, dict):
            yield from ((each, key) for key in each)


@pytest.mark.parametrize(
    "field",
    [
        "dct:identifier",
        "dpv:hasIdentifier",
        "dct:conformsTo",
        "dpv:hasDataSubject",
        "dpv:hasDataController",
        "dpv:hasName",
        "dpv:hasAddress",
        "dpv:hasContact",
        "dct:language",
        "dpv:hasPurpose",
        "dpv:hasPersonalData",
        "dpv:hasStorageCondition",
        "dpv:hasJurisdiction",
        "dpv:hasRecipient",
        "dpv:isExercisedAt",
        "dpv:isIndicatedAtTime",
        "dpv:isIndicatedBy",
        "dpv:hasIndicationMethod",
        "dpv:hasDuration",
        "dpv:hasLegalBasis",
        "dpv:hasDataSource",
        "dpv:hasProcessing",
        "dpv:hasProcessingCondition",
        "dpv:hasLocation",
        "dpv:hasAuthority",
        "dpv:hasNecessity",
        "consent:specialCategory",
    ],
)
def test_what_leaves_a_field_out_is_not_valid(field: str) -> None:
    changed = deepcopy(made())
    for node, key in list(keys_of(changed)):
        if key == field:
            del node[key]
    assert changed != made()
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(changed)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_term_of_the_vocabulary_exists(name: str) -> None:
    """REC-04: not all that the guide uses do."""
    used = {each for text in texts(DOCUMENTS[name]) for each in re.findall(r"^dpv:\w+$", text)}
    assert used
    assert used <= TERMS


def test_the_list_of_terms_has_no_more_than_is_used_or_known() -> None:
    """REC-04: these four are in the guide, and in no vocabulary."""
    wrong = {"dpv:ConsentTerminated", "dpv:Analytics", "dpv:isImplementedBy", "dpv:ConsentType"}
    assert not wrong & TERMS
    assert {term for terms in PURPOSES.values() for term in terms} <= TERMS


def test_both_identifiers_are_there() -> None:
    """REC-03: text and table of the guide disagree."""
    record = made()
    assert record["dct:identifier"] == record["dpv:hasIdentifier"]
    assert record["@id"] == f"urn:uuid:{record['dct:identifier']}"


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (Action.SAVE, "dpv:ConsentRefused"),
        (Action.REFUSE_ALL, "dpv:ConsentRefused"),
        (Action.WITHDRAW, "dpv:ConsentWithdrawn"),
        (Action.SIGNAL, "dpv:ConsentWithdrawn"),
        (Action.EXPIRE, "dpv:ConsentExpired"),
    ],
)
def test_a_no_has_the_state_of_what_was_done(action: Action, state: str) -> None:
    (event,) = made(purposes={"analytics": False}, services={}, action=action)[
        "dpv:hasConsentStatus"
    ]
    assert state in event["@type"]
    by = "https://www.example.fr" if action is Action.EXPIRE else None
    assert by is None or event["dpv:isIndicatedBy"] == {"@id": by}


def test_a_service_that_was_answered_otherwise_has_a_state_of_its_own() -> None:
    record = made(
        purposes={"analytics": True, "preferences": False},
        services={"google-analytics": True, "youtube": True},
    )
    states = {event["@id"].partition("#")[2]: event["@type"][0] for event in _events(record)}
    assert states == {
        "analytics!status": "dpv:ConsentGiven",
        "preferences!status": "dpv:ConsentRefused",
        "preferences/youtube!status": "dpv:ConsentGiven",
    }


def _events(record: dict[str, Any]) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = record["dpv:hasConsentStatus"]
    return events


def test_the_controller_is_that_of_the_notice_then() -> None:
    """REC-06: a record under an old notice keeps its controller, also once the site has another."""
    new = ConsentConfig(**written(controller={"name": "Autre SAS", "dpo_email": "dpo@b.fr"}))
    later = consent_record(a_choice(), json.loads(new.notice.content), FACTS, Profile.ISO)
    assert made()["dpv:hasDataController"]["dpv:hasName"] == "Exemple SAS"
    assert later["dpv:hasDataController"]["dpv:hasName"] == "Autre SAS"
    assert "mailto:dpo@b.fr" in later["dpv:hasDataController"]["dpv:hasContact"]


def test_a_recipient_is_named_as_far_as_the_notice_goes() -> None:
    services = [
        own(hosts=["img.example.net"]),
        own(id="bare", name="Bare", items=[{"name": "b", "lifetime": "P1M"}]),
    ]
    new = json.loads(ConsentConfig(**written(services=services)).notice.content)
    parties = consent_record(a_choice(), new, FACTS, Profile.ISO)["dpv:hasRecipient"]
    contacts = {each["dpv:hasName"]: each["dpv:hasContact"] for each in parties}
    assert contacts == {"Images": ["img.example.net"], "Bare": ["Bare"]}
    (google,) = made()["dpv:hasRecipient"]
    assert (google["dpv:hasAddress"], google["dpv:hasName"]) == ("IE", "Google Ireland Limited")


def test_a_purpose_of_the_sites_own_is_a_purpose() -> None:
    """REC-08."""
    assert purpose_terms("loyalty") == ("dpv:Purpose",)
    assert purpose_terms("analytics") == ("dpv:ServiceUsageAnalytics",)


def test_the_subject_of_an_erased_record_is_nobody() -> None:
    record = DOCUMENTS["erased"]
    assert str(NOBODY) not in json.dumps(record)
    assert record["dpv:hasDataSubject"]["@id"].startswith("urn:asgi-consent:commitment:")


# What the library for RDF says to itself.
OF_RDFLIB = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl"
)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(
        data=SCHEMAS.joinpath("dpv-27560.shapes.ttl").read_bytes(), format="turtle"
    )


def fits(document: dict[str, Any], shapes: Graph) -> tuple[bool, str]:
    data = Graph().parse(data=json.dumps(document), format="json-ld")
    assert len(data) > 30
    conforms, _, told = validate(data, shacl_graph=shapes)
    return conforms, told


@OF_RDFLIB
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_shapes_fit(name: str, shapes: Graph) -> None:
    conforms, told = fits(DOCUMENTS[name], shapes)
    assert conforms, told


@OF_RDFLIB
@pytest.mark.parametrize(
    "field", ["dpv:hasIdentifier", "dpv:hasAddress", "dpv:hasAuthority", "dpv:hasNecessity"]
)
def test_the_shapes_do_not_fit_what_leaves_a_field_out(field: str, shapes: Graph) -> None:
    changed = deepcopy(made())
    for node, key in list(keys_of(changed)):
        if key == field:
            del node[key]
    assert not fits(changed, shapes)[0]


@OF_RDFLIB
def test_the_shapes_do_not_fit_a_state_that_does_not_exist(shapes: Graph) -> None:
    changed = deepcopy(made())
    _events(changed)[0]["@type"] = ["dpv:ConsentTerminated"]
    assert not fits(changed, shapes)[0]
