"""One record as JSON-LD, after the DPV guide to consent records by ISO/IEC TS 27560:2023.

Names of terms: Data Privacy Vocabulary 2.3, W3C DPVCG (REC-03, REC-04). Who the controller was, and
what was asked, is taken from the notice that the record names: it is as it was then (REC-06).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consent.export.parties import authority, controller, jurisdiction, recipients
from consent.export.words import CONTEXT, location, purpose_terms, reference
from consent.model import NECESSARY
from consent.record import Action, Kind, Record

Node = dict[str, Any]
NOT_GIVEN = {
    Action.WITHDRAW: "dpv:ConsentWithdrawn",
    Action.SIGNAL: "dpv:ConsentWithdrawn",
    Action.EXPIRE: "dpv:ConsentExpired",
}
"""States of what is answered with no; of any other action, a refusal (REC-04)."""


class Profile(StrEnum):
    """What a document has to name."""

    ISO = "iso"
    """What ISO/IEC TS 27560 requires (REC-01)."""
    GDPR = "gdpr"
    """And what the GDPR requires besides (REC-02)."""

    @property
    def record(self) -> str:
        """IRI of the profile for records."""
        return f"dpv-27560:record{'-eu-gdpr' if self is Profile.GDPR else ''}"

    @property
    def receipt(self) -> str:
        """IRI of the profile for receipts, as the ontology has it and not the text (REC-05)."""
        return f"dpv-27560:receipt{'-eu-gdpr' if self is Profile.GDPR else ''}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the log itself does not say of its records."""

    pages: str
    """Where visitors find the preferences: ``https://www.example.fr/consent``."""
    jurisdiction: str | None = None
    """Whose law applies: ``EU``, or an ISO 3166-1 alpha-2 code; by the notice where not given."""

    def applying_to(self, notice: Mapping[str, Any]) -> str:
        """Of a record under this notice."""
        return self.jurisdiction or jurisdiction(notice)


def document(body: Mapping[str, Any]) -> Node:
    """A node that stands by itself."""
    return {"@context": CONTEXT, **body}


def consent_record(
    record: Record, notice: Mapping[str, Any], facts: Facts, profile: Profile
) -> Node:
    """A ``dpv:ConsentRecord``, without its context.

    Args:
        notice: the content of the one that the record names.
    """
    name = f"urn:uuid:{record.id}"
    responsible = controller(notice)
    processes = list(_processes(record, notice, name, profile))
    node = {
        "@id": name,
        "@type": "dpv:ConsentRecord",
        "dct:identifier": record.id,
        "dpv:hasIdentifier": record.id,
        "dct:conformsTo": reference(profile.record),
        "dpv:hasDataSubject": _subject(record),
        "dpv:hasDataController": responsible,
        "dpv:hasRecipient": recipients(notice),
        "dpv:hasJurisdiction": location(facts.applying_to(notice)),
        "dpv:hasNotice": _shown(record, notice),
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dpv:isExercisedAt": _withdrawn_at(record, notice, facts),
        },
        "dpv:hasConsentStatus": [
            _status(record, notice, process, responsible["@id"], given)
            for process, given in processes
        ],
        "dpv:hasProcess": [process for process, _ in processes],
    }
    return node if profile is Profile.ISO else {**node, **_by_gdpr(node)}


def _by_gdpr(node: Node) -> Node:
    return {
        "dpv:hasApplicableLaw": reference("eu-gdpr:GDPR"),
        "dpv:hasLegalBasis": reference("eu-gdpr:A6-1-a"),
        "dpv:hasAuthority": authority(node["dpv:hasJurisdiction"]),
        "dpv:hasRight": {
            "@type": ["dpv:DataSubjectRight", "eu-gdpr:A7-3"],
            "dpv:isExercisedAt": node["dpv:hasConsentControl"]["dpv:isExercisedAt"],
        },
    }


def _subject(record: Record) -> Node:
    """Who it was; where that was erased, what stands for somebody that nobody can name (REC-07)."""
    known = f"urn:uuid:{record.subject}"
    name = f"urn:asgi-consent:commitment:{record.commitment}" if record.erased else known
    return {"@id": name, "@type": "dpv:DataSubject", "dct:identifier": name.rpartition(":")[2]}


def _shown(record: Record, notice: Mapping[str, Any]) -> Node:
    return {
        "@id": f"urn:sha256:{record.notice}",
        "@type": "dpv:ConsentNotice",
        "dct:identifier": record.notice,
        "dct:date": f"{record.made_at:%Y-%m-%d}",
        "dct:language": record.language,
        "dct:coverage": record.site,
        "dct:title": notice["site"]["name"],
    }


def _withdrawn_at(record: Record, notice: Mapping[str, Any], facts: Facts) -> Node:
    if record.kind is Kind.FORM:
        return reference(f"mailto:{notice['controller']['email']}")
    return reference(f"{facts.pages}/preferences")


def _processes(
    record: Record, notice: Mapping[str, Any], name: str, profile: Profile
) -> Iterator[tuple[Node, bool]]:
    """Each purpose, and each service that was answered otherwise, with the answer."""
    for purpose, given in record.purposes.items():
        if purpose == NECESSARY:
            continue
        mine = [each for each in notice.get("services", ()) if each["purpose"] == purpose]
        apart = [each for each in mine if record.services.get(each["id"], given) != given]
        along = [each for each in mine if each not in apart]
        yield _process(f"{name}#{purpose}", purpose, along, record, notice, profile), given
        for each in apart:
            which = f"{name}#{purpose}/{each['id']}"
            yield _process(which, purpose, [each], record, notice, profile), not given


def _process(
    name: str,
    purpose: str,
    services: Sequence[Mapping[str, Any]],
    record: Record,
    notice: Mapping[str, Any],
    profile: Profile,
) -> Node:
    places = [
        reference("dpv:WithinDevice"),
        *map(location, sorted({each["country"] for each in services if each["country"]})),
    ]
    node = {
        "@id": name,
        "@type": "dpv:Process",
        "dct:title": _titles(purpose, notice, record.language),
        "dpv:hasPurpose": [reference(term) for term in purpose_terms(purpose)],
        "dpv:hasService": [each["name"] for each in services],
        "dpv:hasPersonalData": [_data(title, profile) for title in _stored(services)],
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": places},
            *(
                {"@type": "dpv:StorageDuration", "dpv:hasDuration": each}
                for each in _kept(services)
            ),
        ],
        "dpv:hasConsentStatus": reference(f"{name}!status"),
    }
    if profile is Profile.GDPR:
        node |= {
            "dpv:hasDataSource": reference("dpv:DataSubjectDataSource"),
            "dpv:hasProcessing": [reference("dpv:Collect"), reference("dpv:Store")],
            "dpv:hasProcessingCondition": {
                "@type": "dpv:ProcessingLocation",
                "dpv:hasLocation": places,
            },
            "dpv:hasLocation": places,
        }
    return node


def _titles(purpose: str, notice: Mapping[str, Any], language: str) -> str:
    """The words of the notice; of a form, those beside its box."""
    if "box" in notice:
        return str(notice["box"]["text"])
    found = (each["title"] for each in notice["purposes"] if each["id"] == purpose)
    titles: Mapping[str, str] = next(found, {})
    return titles.get(language) or purpose


def _data(title: str, profile: Profile) -> Node:
    node: Node = {"@type": "dpv:PersonalData", "dct:title": title}
    if profile is Profile.GDPR:
        # Nothing that is asked for here is needed, nor of a special category (GDPR 9).
        node |= {"dpv:hasNecessity": reference("dpv:Optional"), "consent:specialCategory": False}
    return node


def _stored(services: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is stored or read; a service that stores nothing still sees who asks it."""
    titles = {f"{item['kind']} {item['name']}" for each in services for item in each["items"]}
    hosts = {host for each in services if not each["items"] for host in each["hosts"]}
    titles |= {f"requests to {host}" for host in hosts}
    return sorted(titles) or ["what the purpose says"]


def _kept(services: Sequence[Mapping[str, Any]]) -> list[Node]:
    found = sorted({item["lifetime"] for each in services for item in each["items"]})
    return [_duration(each) for each in found or ["as the notice says"]]


def _duration(lifetime: str) -> Node:
    kind = "dpv:TemporalDuration" if lifetime.startswith("P") else "dpv:UntilEventDuration"
    return {"@type": kind, "rdf:value": lifetime}


def _status(
    record: Record, notice: Mapping[str, Any], process: Node, responsible: str, given: bool
) -> Node:
    by = responsible if record.action is Action.EXPIRE else _subject(record)["@id"]
    state = "dpv:ConsentGiven" if given else NOT_GIVEN.get(record.action, "dpv:ConsentRefused")
    return {
        "@id": f"{process['@id']}!status",
        "@type": [state],
        "dpv:hasLegalBasis": reference("dpv:ExpressedConsent"),
        "dpv:isIndicatedBy": reference(by),
        "dpv:isIndicatedAtTime": record.made_at.isoformat(timespec="milliseconds"),
        "dpv:hasIndicationMethod": f"{record.action} ({record.interface})",
        "dpv:hasDuration": _valid(record, notice),
    }


def _valid(record: Record, notice: Mapping[str, Any]) -> Node:
    if record.action is Action.ONCE:
        return {"@type": "dpv:FixedOccurrencesDuration", "rdf:value": "1"}
    if record.kind is Kind.FORM:
        return _duration("until it is withdrawn")
    return _duration(f"P{notice['lifetime_months']}M")
