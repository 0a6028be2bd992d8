"""What is printed: each way, and what became of it in each state of things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.browser.gauntlet.run import Seen
from tests.browser.gauntlet.way import WAYS, ZONES

SIGNS = {"request": "ASKED", "connection": "connected", "": "·", "not gone": ""}


def table(states: Mapping[str, Seen]) -> Iterator[str]:
    """One line for each way, then how many of them came through."""
    yield f"{'':60}" + "".join(f"{state:>18}" for state in states)
    for way in WAYS:
        cells = [SIGNS[_came(seen, way.number)] for seen in states.values()]
        yield f"{way.title[:59]:60}" + "".join(f"{cell:>18}" for cell in cells)
    yield f"{'ways that were gone':60}" + "".join(
        f"{len(seen.gone):18}" for seen in states.values()
    )
    for kind in ("request", "connection"):
        counts = [sum(_came(seen, way.number) == kind for way in WAYS) for seen in states.values()]
        yield f"{f'ways that made a {kind}':60}" + "".join(f"{count:18}" for count in counts)


def _came(seen: Seen, number: int) -> str:
    way = WAYS[number]
    if way not in seen.gone:
        return "not gone"
    if any((way, zone) in seen.requests for zone in ZONES):
        return "request"
    return "connection" if any((way, zone) in seen.connections for zone in ZONES) else ""
