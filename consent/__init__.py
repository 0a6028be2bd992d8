"""Cookie consent as one ASGI middleware."""

from __future__ import annotations

from consent import prefix as prefix  # every line that we log begins with our name
from consent.asgi.event import ChoiceEvent
from consent.asgi.forms import form_record, record_form, withdraw_form
from consent.asgi.middleware import ConsentMiddleware
from consent.asgi.requires import consent_context, consent_of, granted, requires
from consent.asgi.state import RequestConsent
from consent.config import ConsentConfig
from consent.model import Choice, Verdict

__all__ = [
    "Choice",
    "ChoiceEvent",
    "ConsentConfig",
    "ConsentMiddleware",
    "RequestConsent",
    "Verdict",
    "consent_context",
    "consent_of",
    "form_record",
    "granted",
    "record_form",
    "requires",
    "withdraw_form",
]
