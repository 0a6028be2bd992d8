"""Cookie consent as one ASGI middleware."""

from __future__ import annotations

from consent.asgi.middleware import ConsentMiddleware
from consent.config import ConsentConfig
from consent.model import Choice

__all__ = ["Choice", "ConsentConfig", "ConsentMiddleware"]
