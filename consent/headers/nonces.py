"""The nonces in the site's own policies, for the tags that we put into its pages (edges.md S1)."""

from __future__ import annotations

import re
from typing import NamedTuple

NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'", re.IGNORECASE)
DIRECTIVES = {
    "script": ("script-src-elem", "script-src", "default-src"),
    "style": ("style-src-elem", "style-src", "default-src"),
}
"""What a browser asks about an element, the first that a policy has (CSP Level 3 §6.8.3)."""


class Nonces(NamedTuple):
    """What our tags carry; "" for none."""

    script: str = ""
    style: str = ""


def nonces(policies: list[bytes]) -> Nonces:
    """One nonce for scripts and one for style sheets, each accepted by every policy that has any.

    Args:
        policies: values of Content-Security-Policy; a comma separates two policies in one.
    """
    texts = [text for value in policies for text in value.decode("latin-1").split(",")]
    read = [_directives(text) for text in texts if "nonce-" in text.lower()]
    return Nonces(*(_shared(read, names) for names in DIRECTIVES.values()))


def has_nonce(policies: list[bytes]) -> bool:
    """Does the page change with each answer, as its nonces do?"""
    return any(NONCE.search(value.decode("latin-1")) for value in policies)


def _directives(policy: str) -> dict[str, str]:
    read: dict[str, str] = {}
    for directive in policy.split(";"):
        name, _, sources = directive.strip().partition(" ")
        # Of two directives of one name, a browser reads the first.
        read.setdefault(name.lower(), sources)
    return read


def _shared(policies: list[dict[str, str]], names: tuple[str, ...]) -> str:
    effective = (next((p[name] for name in names if name in p), "") for p in policies)
    offered = [found for found in map(NONCE.findall, effective) if found]
    for nonce in offered[0] if offered else ():
        if all(nonce in each for each in offered):
            return str(nonce)
    return ""
