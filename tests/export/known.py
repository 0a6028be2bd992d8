"""Records under a notice of a real configuration, and a form's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from consent.config import ConsentConfig
from consent.record import Record
from tests.log.examples import a_record
from tests.written import written

CONFIG = ConsentConfig(
    **written(services=[{"use": "google-analytics"}, {"use": "youtube"}, {"use": "stripe"}])
)
NOTICE = CONFIG.notice
SHOWN: Mapping[str, Any] = json.loads(NOTICE.content)


def a_choice(**changes: Any) -> Record:
    fields = {
        "purposes": {"analytics": True, "social": False},
        "services": {"google-analytics": True, "youtube": False},
        "notice": NOTICE.hash,
        "made_at": datetime(2026, 1, 31, 12, tzinfo=UTC),
    }
    return a_record(**{**fields, **changes})
