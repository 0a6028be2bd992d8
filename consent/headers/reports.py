"""Headers that have a browser report to others: Reporting-Endpoints, Report-To, NEL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any


class ReportFilter:
    """Takes out the groups of addresses that are held, and what reports to these groups."""

    def __init__(self, is_held: Callable[[str], bool]) -> None:
        self._is_held = is_held
        self._gone: set[object] = set()

    def report_to(self, value: bytes) -> bytes:
        """One Report-To value without the groups that have a held address in them."""
        return _without(value, self._has_held)

    def nel(self, value: bytes) -> bytes:
        """One NEL value, empty where ``report_to`` has taken its group out."""
        return _without(value, lambda order: _text(order, "report_to") in self._gone)

    def _has_held(self, group: Any) -> bool:
        held = [self._is_held(address) for address in _addresses(group)]
        if any(held):
            self._gone.add(_text(group, "group") or "default")
        return any(held)


def _without(value: bytes, held: Callable[[Any], bool]) -> bytes:
    """The JSON objects of a header without some; without any, if they cannot be told apart."""
    try:
        found = json.loads(f"[{value.decode()}]")
    except (ValueError, RecursionError):
        return b""
    kept = [one for one in found if not held(one)]
    return value if len(kept) == len(found) else ", ".join(map(json.dumps, kept)).encode("ascii")


def _addresses(group: Any) -> Iterator[str]:
    endpoints = group.get("endpoints") if isinstance(group, dict) else None
    for endpoint in endpoints if isinstance(endpoints, list) else ():
        yield _text(endpoint, "url")


def _text(item: Any, key: str) -> str:
    found = item.get(key) if isinstance(item, dict) else None
    return found if isinstance(found, str) else ""
