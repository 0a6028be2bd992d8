"""Who takes part: controller, recipients and authority, as far as a notice names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from consent.model import NECESSARY

Node = dict[str, Any]
UNION = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}
EEA = frozenset({*UNION, "IS", "LI", "NO"})
"""Where the GDPR is law."""


def controller(notice: Mapping[str, Any]) -> Node:
    """Who was responsible then."""
    said = notice["controller"]
    contacts = [f"mailto:{said[key]}" for key in ("email", "dpo_email") if said.get(key)]
    return _party("DataController", notice["site"]["url"], said["name"], said["address"], contacts)


def recipients(notice: Mapping[str, Any]) -> list[Node]:
    """The companies of the services that consent was asked for, each once."""
    asked = [each for each in notice.get("services", ()) if each["purpose"] != NECESSARY]
    found = {each["company"] or each["name"]: each for each in asked}
    return [_recipient(name, each) for name, each in found.items()]


def _recipient(name: str, service: Mapping[str, Any]) -> Node:
    """As far as it is known; the country, and where it says what it does, lead to the rest."""
    id = f"urn:asgi-consent:party:{quote(name, safe='')}"
    hosts = service["hosts"] or [service["name"]]
    address = service["country"] or ", ".join(hosts)
    contacts = [service["privacy_url"]] if service["privacy_url"] else hosts
    return _party("ThirdParty", id, name, address, contacts)


def jurisdiction(notice: Mapping[str, Any]) -> str:
    """Where the controller was established then; whoever is established outside of the EEA, or did
    not say where, offers what it does to people in it (GDPR 3(2)).
    """
    country = notice["controller"].get("country")
    return country if country in EEA else "EU"


def authority(place: Node) -> Node:
    """Whom to complain to (GDPR 77)."""
    return {"@type": "dpv:DataProtectionAuthority", "dpv:hasJurisdiction": place}


def _party(role: str, id: str, name: str, address: str, contacts: list[str]) -> Node:
    kind = "dpv:Recipient" if role == "ThirdParty" else "dpv:Organisation"
    return {
        "@id": id,
        "@type": [kind, f"dpv:{role}"],
        "dct:identifier": id,
        "dpv:hasName": name,
        "dpv:hasAddress": address,
        "dpv:hasContact": contacts,
    }
