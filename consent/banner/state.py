"""What the page's script may know: the answers of ``/consent/state``, and nobody's identity."""

from __future__ import annotations

from collections.abc import Mapping

from consent.config import ConsentConfig


def page_state(
    config: ConsentConfig,
    purposes: Mapping[str, bool],
    services: Mapping[str, bool],
    *,
    decided: bool,
    prefix: str,
    method: str,
) -> dict[str, object]:
    """The state of one response.

    ``purposes`` are those of a ``Choice``: ``None`` while undecided. ``services`` are the answers
    that differ from their purpose's. ``method`` is the request's: a document that answered a POST
    must never be reloaded, since that would post again (design.md §3).
    """
    return {
        "decided": decided,
        "purposes": {one.id: purposes.get(one.id) for one in config.purposes if not one.exempt},
        "services": dict(services),
        "notice": config.notice.hash,
        "prefix": prefix,
        "seal": bool(config.blocking.seal) and config.blocking.undeclared_hosts == "block",
        "method": method,
    }
