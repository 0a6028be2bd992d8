"""``GET /consent/state``: what visitors' browsers are told about their own choice."""

from __future__ import annotations

from datetime import UTC, datetime

from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.model import Choice
from consent.objections import NONE, Objection
from consent.policy import Policy


class StateDocument:
    """The state of one site's visitors as JSON values."""

    def __init__(self, config: ConsentConfig, policy: Policy, cookie: ChoiceCookie) -> None:
        self._config = config
        self._policy = policy
        self._cookie = cookie

    def of(self, choice: Choice | None, objection: Objection = NONE) -> dict[str, object]:
        """Every purpose that is asked for: ``true``, ``false``, or ``None`` while undecided.

        ``signals`` are what the browser objects with, where that is heeded. ``services`` has those
        whose answer differs from that of their purpose. ``subject`` is shown so that visitors can
        name it when they ask for their data (EU-28).
        """
        return {
            "decided": self._policy.decided(choice),
            "purposes": {
                purpose: choice.purposes.get(purpose) if choice else None
                for purpose in self._policy.asked
            },
            "services": dict(choice.services) if choice else {},
            "signals": list(objection.names),
            "notice": self._config.notice.hash,
            "subject": str(choice.subject) if choice else None,
            "seq": choice.seq if choice else None,
            "made_at": _iso(choice.made_at) if choice else None,
            "expires_at": _iso(self._cookie.expires_at(choice)) if choice else None,
        }


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
