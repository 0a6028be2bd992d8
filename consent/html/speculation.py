"""Speculation rules that go by the links of a page (WICG Nav Speculation, document rules)."""

from __future__ import annotations

import json
import re
from typing import Any

KINDS = ("prefetch", "prefetch_with_subresources", "prerender", "prerender_until_script")
PARKED = "data-consent-"
"""A key or a source that no browser knows, so that it drops the rule."""
_SUSPECT = re.compile(r"where|document|\\")
_OWN = re.compile(r"/(?![/\\])")


def leads_astray(text: str, *, home: bool) -> bool:
    """May a rule in this text fetch links to hosts that nobody was asked about?

    Args:
        text: what browsers read as JSON; what is none, they ignore.
        home: whether addresses without a host are the site's own.
    """
    if not _SUSPECT.search(text):
        return False
    try:
        rules = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    if not isinstance(rules, dict):
        return False
    lists = (rules.get(kind) for kind in KINDS)
    each = (rule for found in lists if isinstance(found, list) for rule in found)
    return any(isinstance(rule, dict) and _goes_by_links(rule, home=home) for rule in each)


def parked(string: str) -> str:
    """The words that make a rule go by links, as words that no browser knows.

    Only asked about text that is JSON.
    """
    word = json.loads(string, strict=False)
    return f'"{PARKED}{word}"' if word in ("where", "document") else string


def _goes_by_links(rule: dict[str, Any], *, home: bool) -> bool:
    if "where" not in rule:
        return rule.get("source") == "document"
    return not (home and _is_own(rule["where"]))


def _is_own(where: Any) -> bool:
    """Does this condition hold for the site's own addresses only?"""
    if not isinstance(where, dict):
        return False
    if isinstance(where.get("and"), list):
        return any(map(_is_own, where["and"]))
    if isinstance(where.get("or"), list):
        return all(map(_is_own, where["or"]))
    matches = where.get("href_matches", ())
    patterns = matches if isinstance(matches, list) else [matches]
    return bool(patterns) and all(isinstance(p, str) and _OWN.match(p) for p in patterns)
