"""The guard as one site sends it: our browser code, with what it has to know of the site."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from consent.assets import Assets, shipped
from consent.config import ConsentConfig
from consent.html.names import BY_TAG, LOADING_RELS
from consent.policy import Policy

NAME = "guard.js"
UNSEALED = "guard-unsealed.js"
"""What does in addition what it can of a seal's work."""

PLACE = b"CONSENT_RULES"
"""Stands in the built code for the rules."""

SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
KINDS = ("cookie", "local", "session")
CONNECTING = {
    "iframe": ["src"],
    "frame": ["src"],
    "object": ["data"],
    "embed": ["src"],
    "link": ["href"],
}
"""Elements that open connections, or more, whatever a policy says (design.md §3)."""


def guarded(config: ConsentConfig) -> Assets:
    """The static files of one site: its own guard among them.

    The address names the content, so it changes with the rules, and may be kept for ever.
    """
    files = shipped()
    found = rules_of(Policy(config))
    code = files.body(UNSEALED if found["unsealed"] else NAME)
    rules = json.dumps(found, separators=(",", ":"))
    return files.replacing(NAME, code.replace(PLACE, rules.encode("ascii")))


def rules_of(policy: Policy) -> Mapping[str, object]:
    """What ``static/src/guard/types.d.ts`` describes."""
    config = policy.config
    blocking = config.blocking
    unsealed = not (blocking.seal and policy.enforced)
    return {
        "own": sorted(policy.own),
        "domains": sorted(policy.domains),
        "unsealed": int(unsealed),
        "hosts": int(policy.enforced),
        "names": int(blocking.undeclared_cookies == "block"),
        "services": [
            [s.id, "" if s.purpose == "necessary" else s.purpose] for s in config.services
        ],
        "claims": _claims(policy),
        "items": {kind: _items(config, kind) for kind in KINDS},
        "loads": _loading() if unsealed else CONNECTING,
        "rels": rf"(^|\s)({'|'.join(sorted(LOADING_RELS))})(\s|$)",
    }


def _claims(policy: Policy) -> list[list[object]]:
    place = {service.id: at for at, service in enumerate(policy.config.services)}
    return [
        [name, [_short(place[claim.service.id], claim.path, claim.port) for claim in claims]]
        for name, claims in policy.claims()
    ]


def _short(service: int, path: str, port: str) -> list[object]:
    return [service, path, port] if port else [service, path] if path != "/" else [service]


def _items(config: ConsentConfig, kind: str) -> list[list[object]]:
    return [
        [_pattern(item.name), at]
        for at, service in enumerate(config.services)
        for item in service.items
        if item.kind == kind and not item.third_party
    ]


def _pattern(name: str) -> str:
    """A regular expression of JavaScript; only ``*`` is special (policy.py)."""
    return "^" + ".*".join(SPECIAL.sub(r"\\\g<0>", part) for part in name.split("*")) + "$"


def _loading() -> dict[str, list[str]]:
    """Without a seal, whatever loads."""
    return {tag: [name for name in names if name != "srcdoc"] for tag, names in BY_TAG.items()}
