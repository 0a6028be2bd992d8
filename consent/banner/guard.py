"""The guard as one site sends it: our browser code, with what it has to know of the site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from consent.assets import Assets, shipped
from consent.config import ConsentConfig
from consent.html.names import BY_TAG, LOADING_RELS
from consent.owners import Claim
from consent.policy import Policy

NAME = "guard.js"
UNSEALED = "guard-unsealed.js"
"""What does in addition what it can of a seal's work."""

PLACE = b"CONSENT_RULES"
"""Stands in the built code for the rules."""

STRICT = "guard-strict.js"
"""What takes WebRTC away, which the strict seal stops too late."""

SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|]")
KINDS = {"cookie": "cookie", "local": "localStorage", "session": "sessionStorage"}
"""What items are kept in, as we say it and as browsers do."""

HINTS = ["rel", rf"(^|\s)({'|'.join(sorted(LOADING_RELS))})(\s|$)"]
"""Which attribute says whether a link loads, and what it is like then."""

RULES = [["type", "type", "speculationrules"]]
"""A script that is no code, but says what to load."""

CONNECTING: dict[str, list[list[str]]] = {
    "iframe": [["src"]],
    "frame": [["src"]],
    "object": [["data"]],
    "embed": [["src"]],
    "link": [["href", *HINTS]],
    "script": RULES,
    "base": [["href"]],
}
"""Elements that open connections, or more, whatever a policy says (design.md §3).

A base does not, but speculation rules go by one that comes after them.
"""

SANDBOX = r"^(?!([^]*\s)?allow-same-origin(\s|$))[^]*allow-scripts"
CALLING = [["src"], ["srcdoc", "sandbox", SANDBOX], ["src", "sandbox", SANDBOX]]
"""Frames under the strict seal: nothing holds the calls of what is in a sandbox (WebRTC)."""


def guarded(config: ConsentConfig) -> Assets:
    """The static files of one site: its own guard among them.

    The address names the content, so it changes with the rules, and may be kept for ever.
    """
    files = shipped()
    policy = Policy(config)
    sealed = STRICT if config.blocking.seal == "strict" else NAME
    code = files.body(sealed if _is_sealed(policy) else UNSEALED)
    rules = json.dumps(list(rules_of(policy).values()), separators=(",", ":"))
    return files.replacing(NAME, code.replace(PLACE, rules.encode("ascii")))


def below(domains: Iterable[str]) -> str:
    """What these names and their subdomains are like, in JavaScript; without any, nothing is."""
    return rf"(^|\.)({'|'.join(map(_literal, sorted(domains))) or '(?!)'})$"


def rules_of(policy: Policy) -> Mapping[str, object]:
    """What ``static/src/guard/types.d.ts`` describes, in the order of that list."""
    config = policy.config
    blocking = config.blocking
    strict = {"iframe": CALLING} if policy.strict else {}
    loads = CONNECTING | strict if _is_sealed(policy) else _loading()
    return {
        "own": sorted(policy.own),
        "domains": below(policy.domains),
        "hosts": int(policy.enforced),
        "names": int(blocking.undeclared_cookies == "block"),
        "services": [
            [s.id, "" if s.purpose == "necessary" else s.purpose] for s in config.services
        ],
        "claims": {"host": _hosts(policy)}
        | {called: _items(config, kind) for kind, called in KINDS.items()},
        "loads": loads,
        "attributes": _called(loads),
    }


def _is_sealed(policy: Policy) -> bool:
    """Whether a policy of the page refuses what scripts load; else the guard looks at that, too."""
    return bool(policy.config.blocking.seal and policy.enforced)


def _hosts(policy: Policy) -> list[list[object]]:
    """In the order in which a policy asks: the exact name before a wildcard, the longest first."""
    place = {service.id: at for at, service in enumerate(policy.config.services)}
    ordered = sorted(
        policy.owners.claims(), key=lambda found: (found[0].startswith("*."), -len(found[0]))
    )
    return [
        [_address(name, claim), place[claim.service.id], *([1] if claim.path != "/" else [])]
        for name, claims in ordered
        for claim in claims
    ]


def _address(name: str, claim: Claim) -> str:
    """What an address is like, written as ``host:port/path``: below a path that ends with ``/``."""
    host = "[^/]+" + _literal(name[1:]) if name.startswith("*.") else _literal(name)
    end = "" if claim.path.endswith("/") else "$"
    return f"^{host}:{claim.port}{_literal(claim.path)}{end}"


def _items(config: ConsentConfig, kind: str) -> list[list[object]]:
    """What the names of each service are like, in one expression: a guard asks at every write."""
    names = [
        [i.name for i in service.items if i.kind == kind and not i.third_party]
        for service in config.services
    ]
    return [
        [f"^({'|'.join(map(_pattern, found))})$", at] for at, found in enumerate(names) if found
    ]


def _pattern(name: str) -> str:
    """A regular expression of JavaScript; only ``*`` is special (owners.py)."""
    return ".*".join(map(_literal, name.split("*")))


def _literal(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def _loading() -> dict[str, list[list[str]]]:
    """Without a seal, whatever loads."""
    hints = {"link": HINTS}
    found = {
        tag: [[name, *hints.get(tag, ())] for name in names if name != "srcdoc"]
        for tag, names in BY_TAG.items()
    }
    return {**found, "script": [*found["script"], *RULES], "base": CONNECTING["base"]}


def _called(loads: Mapping[str, list[list[str]]]) -> str:
    """What the attributes are called: those that load, and those that decide whether they do."""
    names = {name for listed in loads.values() for each in listed for name in each[:2]}
    return rf"({'|'.join(sorted(names))})\b"
