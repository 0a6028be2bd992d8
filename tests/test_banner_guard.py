"""The rules that go into the guard, and the address that changes with them."""

from __future__ import annotations

import json
import re

from consent.assets import shipped
from consent.banner.guard import guarded, rules_of
from consent.config import ConsentConfig
from consent.policy import Policy
from tests.browser.guarded import config


def rules(**blocking: object) -> dict[str, object]:
    return dict(rules_of(Policy(config(**blocking))))


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


def test_without_a_seal_everything_that_loads_is_looked_at() -> None:
    assert "img" not in str(rules()["loads"])
    for blocking in ({"seal": False}, {"undeclared_hosts": "report"}):
        assert rules(**blocking)["unsealed"] == 1
        assert "img" in str(rules(**blocking)["loads"])
    assert "XMLHttpRequest" in sent(config(seal=False))[1]


def test_only_a_star_is_special_in_a_name() -> None:
    found = rules()["items"]
    assert isinstance(found, dict)
    patterns = [pattern for pattern, _ in found["cookie"]]
    assert r"^k\[1\]$" in patterns
    assert "^_k_.*$" in patterns
    assert all(re.compile(pattern) for pattern in patterns)


def test_a_claim_is_as_short_as_it_can_be() -> None:
    claims = dict(rules()["claims"])  # type: ignore[call-overload]
    shapes = {name: [len(claim) for claim in found] for name, found in claims.items()}
    assert shapes["counter.example.net"] == [1]
    assert shapes["both.example.org"] == [2, 2, 1]
    assert shapes["port.example.org"] == [3]
