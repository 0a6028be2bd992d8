"""``GET /consent/state``: what visitors' browsers are told about their own choice."""

from __future__ import annotations

from datetime import UTC, datetime

from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.model import NECESSARY, Choice
from consent.policy import Policy


class StateDocument:
    """The state of one site's visitors as JSON values."""

    def __init__(self, config: ConsentConfig, policy: Policy, cookie: ChoiceCookie) -> None:
        self._config = config
        self._policy = policy
        self._cookie = cookie

    def of(self, choice: Choice | None) -> dict[str, object]:
        """Every offered purpose and service: ``true``, ``false``, or ``None`` while undecided.

        ``subject`` is shown so that visitors can name it when they ask for their data (EU-28).
        """
        return {
            "decided": self._policy.decided(choice),
            "purposes": {p.id: p.exempt or _answer(choice, p.id) for p in self._config.purposes},
            "services": {
                s.id: _service(choice, s.id, s.purpose)
                for s in self._config.services
                if s.purpose != NECESSARY
            },
            "notice": self._config.notice.hash,
            "subject": str(choice.subject) if choice else None,
            "seq": choice.seq if choice else None,
            "made_at": _iso(choice.made_at) if choice else None,
            "expires_at": _iso(self._cookie.expires_at(choice)) if choice else None,
        }


def _answer(choice: Choice | None, purpose: str) -> bool | None:
    return choice.purposes.get(purpose) if choice else None


def _service(choice: Choice | None, service: str, purpose: str) -> bool | None:
    """A service follows its purpose; one that is undecided has no services decided."""
    answer = _answer(choice, purpose)
    return choice.services.get(service, answer) if choice and answer is not None else None


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
