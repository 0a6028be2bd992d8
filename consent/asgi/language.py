"""Which languages a request asks for, best first."""

from __future__ import annotations

import re

from starlette.requests import Request

MOST = 10
"""Languages of one header that are looked at."""

RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")


def wanted_languages(request: Request) -> list[str]:
    """The ``lang`` of the address, then ``Accept-Language`` (RFC 9110 §12.5.4): BCP 47 tags."""
    header = request.headers.get("accept-language", "")
    ranges = [RANGE.fullmatch(part) for part in header.split(",", MOST)[:MOST]]
    weighed = [(float(found[2] or 1), found[1]) for found in ranges if found]
    accepted = [tag for weight, tag in sorted(weighed, key=_weight, reverse=True) if weight > 0]
    return [*request.query_params.getlist("lang")[:1], *accepted]


def _weight(weighed: tuple[float, str]) -> float:
    return weighed[0]
