"""Warnings about texts that a visitor or an authority would object to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from consent.errors import Code, Problem

# Such phrases name no use at all: the visitor cannot know what is being agreed to (law.md FR-05).
_VAGUE = re.compile(
    r"am[eé]liorer\s+(?:votre|l['’])\s*exp[eé]rience|exp[eé]rience\s+optimale"
    r"|optimiser\s+votre\s+(?:exp[eé]rience|navigation|visite)"
    r"|meilleure\s+exp[eé]rience"
    r"|(?:enhance|improve|optimi[sz]e)\s+(?:your|the|our)\s+(?:user\s+|browsing\s+)?experience"
    r"|(?:best|better)\s+(?:possible\s+)?experience"
    r"|(?:the\s+)?(?:full|optimal)\s+experience",
    re.IGNORECASE,
)
# The CNIL's délibération of 2019 was repealed by 2020-091 (law.md Z-01).
_REPEALED = re.compile(r"2019[-‑–]\s?0?93\b")


def warnings(settings: Mapping[str, object]) -> Iterator[Problem]:
    """What is wrong with the texts that the site wrote itself."""
    for path, text in _strings(settings, ""):
        if _VAGUE.search(text):
            yield Problem(
                Code.VAGUE,
                path,
                "This says nothing of what is done with the visitor's data.",
                "Say what is stored or read, and to what end: 'count which pages are read'.",
            )
        if _REPEALED.search(text):
            yield Problem(
                Code.REPEALED,
                path,
                "Délibération 2019-093 is repealed.",
                "Cite 2020-091, and 2020-092 as amended by 2025-131.",
            )


def _strings(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _strings(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _strings(each, f"{path}[{index}]")
