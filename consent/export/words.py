"""Names of the Data Privacy Vocabulary 2.3, and which of them our own words are (REC-08)."""

from __future__ import annotations

from collections.abc import Mapping

CONTEXT: Mapping[str, str] = {
    "dpv": "https://w3id.org/dpv#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "consent": "urn:asgi-consent:",
}
EU = "EU"
COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
"""ISO 3166-1, as ``loc:`` has them."""
PLACES = (EU, *COUNTRIES.split())
"""Where a law holds."""
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "preferences": ("dpv:ServicePersonalisation", "dpv:UserInterfacePersonalisation"),
    "analytics": ("dpv:ServiceUsageAnalytics",),
    "marketing": ("dpv:Advertising", "dpv:PersonalisedAdvertising", "dpv:TargetedAdvertising"),
    "social": ("dpv:SocialMediaMarketing",),
}
"""Of the built-in purposes; one of the site's own is no more than a purpose."""


def reference(name: str) -> dict[str, str]:
    """An IRI, and not a text that looks like one."""
    return {"@id": name}


def location(code: str) -> dict[str, str]:
    """A country, or the EU."""
    return reference(f"loc:{code}")


def purpose_terms(purpose: str) -> tuple[str, ...]:
    """What a purpose is called there."""
    return PURPOSES.get(purpose, ("dpv:Purpose",))
