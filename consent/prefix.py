"""Every line that we log says who speaks, among those of the site and its server."""

from __future__ import annotations

import logging

PREFIX = "asgi-consent: "


def introduce(record: logging.LogRecord) -> bool:
    """A filter of the logger ``consent``: puts our name before the message, once."""
    message = str(record.msg)
    if not message.startswith(PREFIX):
        # A message that is formatted later keeps its marks; one without arguments has none.
        record.msg = PREFIX + message
    return True


logging.getLogger("consent").addFilter(introduce)
