"""Which vendors are told what, and when nobody is."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from consent.banner import Pages
from consent.banner.signals import GOOGLE, vendor_signals
from consent.catalog import catalogue
from consent.config import ConsentConfig
from consent.model import Signal
from tests.written import config


def signals(*services: str | Mapping[str, object]) -> dict[str, list[tuple[str, str]]]:
    used = [{"use": one} if isinstance(one, str) else one for one in services]
    made = config(services=used)
    return dict(vendor_signals(made.services, made.purposes))


def head(made: ConsentConfig) -> str:
    return Pages(made).head(state_json={}, prefix="/consent", nonce="abc")


def test_google_is_told_every_type_of_consent() -> None:
    """GCM-01: no type has a default unless one is set."""
    assert {name for name in signals("google-analytics") if name.startswith("google.")} == set(
        GOOGLE
    )


def test_a_type_follows_the_service_that_it_is_for() -> None:
    told = signals("google-analytics", "google-ads")
    assert told["google.analytics_storage"] == [("google-analytics", "analytics")]
    assert told["google.ad_user_data"] == [("google-ads", "marketing")]


def test_a_type_that_no_service_stands_for_follows_its_purpose() -> None:
    told = signals("google-tag-manager", "hotjar")
    assert told["google.ad_storage"] == [("", "marketing")]
    assert told["google.analytics_storage"] == [("", "analytics")]


def test_a_type_whose_purpose_is_never_asked_for_is_never_granted() -> None:
    assert signals("google-analytics")["google.ad_storage"] == []


def test_what_is_exempt_waits_for_no_consent() -> None:
    """law.md FR-06: it would wait for ever, since nobody is asked."""
    exempt = {"use": "matomo", "exempt_reason": "audience-measurement"}
    assert signals(exempt, "hotjar") == {}
    assert signals("matomo") == {"matomo": [("matomo", "analytics")]}


def test_a_service_of_the_sites_own_can_speak_for_a_vendor() -> None:
    own = {
        "id": "ads-tag",
        "name": "Google tag",
        "purpose": "marketing",
        "company": "Google Ireland Limited",
        "privacy_url": "https://policies.google.com/privacy",
        "hosts": ["www.googletagmanager.com"],
        "signals": ["google.ad_storage"],
    }
    assert signals(own)["google.ad_storage"] == [("ads-tag", "marketing")]


def test_pages_of_sites_that_need_no_signal_do_not_load_the_script() -> None:
    assert "signals" not in head(config(services=[{"use": "hotjar"}]))


def test_the_script_runs_before_the_page_and_carries_the_pages_nonce() -> None:
    """GCM-02: before any command of the page, so it is neither deferred nor asynchronous."""
    tag = re.search(r"<script [^>]*signals\.[^>]*>", head(config()))
    assert tag is not None
    assert 'nonce="abc"' in tag[0] and not re.search(r"\b(defer|async)\b", tag[0])
    rules = re.search(r'data-consent-signals="([^"]*)"', tag[0])
    assert rules and json.loads(html.unescape(rules[1])).keys() == set(GOOGLE)


def test_every_signal_is_carried_by_a_service_of_the_catalogue() -> None:
    carried = {signal for entry in catalogue().values() for signal in entry.signals}
    of_the_purpose_alone = {
        Signal.GOOGLE_FUNCTIONALITY_STORAGE,
        Signal.GOOGLE_PERSONALIZATION_STORAGE,
    }
    assert carried == set(Signal) - of_the_purpose_alone
