"""Standard base64 (RFC 4648 section 4), one text for the same bytes and no other."""

from __future__ import annotations

import base64
import binascii


def encoded(content: bytes) -> str:
    """With padding, on one line."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes | None:
    """``None`` for anything that ``encoded`` does not write.

    A decoder that ignores the unused bits at the end takes several texts for one signature.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if encoded(content) == text else None
