"""The rules that go into the guard, and the address that changes with them."""

from __future__ import annotations

import json
import re
from typing import Any

from consent.assets import shipped
from consent.banner.guard import guarded, rules_of
from consent.config import ConsentConfig
from consent.policy import Policy
from tests.browser.guarded import config


def rules(**blocking: object) -> dict[str, object]:
    return dict(rules_of(Policy(config(**blocking))))


def claimed(kind: str) -> list[list[Any]]:
    """Expressions, and whose what is like them is."""
    found = rules()["claims"]
    assert isinstance(found, dict)
    return list(found[kind])


def sent(made: ConsentConfig) -> tuple[str, str]:
    """Address and text."""
    files = guarded(made)
    return files.address("guard.js"), files.body("guard.js").decode()


def test_the_rules_take_their_place_in_the_code_that_is_sent() -> None:
    _, text = sent(config())
    assert "CONSENT_RULES" not in text
    assert json.dumps(rules()["claims"], separators=(",", ":")) in text


def test_a_site_with_other_rules_has_another_address() -> None:
    addresses = {
        sent(config())[0],
        sent(config(undeclared_cookies="block"))[0],
        sent(config(seal=False))[0],
        shipped().address("guard.js"),
    }
    assert len(addresses) == 4


def test_what_is_sent_is_found_and_the_code_without_rules_is_not() -> None:
    files = guarded(config())
    assert files.find(files.address("guard.js")) is not None
    assert files.find(shipped().address("guard.js")) is None


def test_only_a_strict_seal_that_is_in_force_takes_webrtc_away() -> None:
    taken = re.compile(r"delete \w+\[\w+\+\"RTCPeerConnection\"\]")
    assert taken.search(sent(config(seal="strict"))[1])
    assert not taken.search(sent(config())[1])
    assert not taken.search(sent(config(seal="strict", undeclared_hosts="report"))[1])


def test_under_the_strict_seal_frames_in_a_sandbox_are_looked_at() -> None:
    """What they call, browsers do not hold (docs/guard.md)."""
    assert "srcdoc" in str(rules(seal="strict")["loads"])
    assert "srcdoc" not in str(rules()["loads"])


def test_without_a_seal_everything_that_loads_is_looked_at() -> None:
    assert "img" not in str(rules()["loads"])
    for blocking in ({"seal": False}, {"undeclared_hosts": "report"}):
        assert "img" in str(rules(**blocking)["loads"])
        assert "XMLHttpRequest" in sent(config(**blocking))[1]
    assert "XMLHttpRequest" not in sent(config())[1]


def test_only_a_star_is_special_in_a_name() -> None:
    patterns = [pattern for pattern, *_ in claimed("cookie")]
    assert r"^(_k|_k_.*|k\[1\]|k\.1)$" in patterns
    assert all(re.compile(pattern) for pattern in patterns)


def test_claims_are_asked_in_the_order_of_the_policy() -> None:
    """The exact name before a wildcard, the longest path first; a path may be a whole one."""
    claims = [claim[0] for claim in claimed("host")]
    both = [claim for claim in claims if "both" in claim]
    assert both == [
        r"^both\.example\.org:/pixel$",
        r"^both\.example\.org:/ads/",
        r"^both\.example\.org:/",
    ]
    assert r"^port\.example\.org:8443/" in claims
    assert claims[-1] == r"^[^/]+\.wide\.example\.org:/"


def test_a_path_is_told_from_a_host_that_is_claimed_whole() -> None:
    claims = {like: rest for like, *rest in claimed("host")}
    assert len(claims[r"^both\.example\.org:/ads/"]) == 2
    assert len(claims[r"^both\.example\.org:/"]) == 1
