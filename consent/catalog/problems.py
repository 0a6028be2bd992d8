"""How a field says what is wrong with it, so that the code and the remedy survive validation."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from consent.errors import Code


def wrong(code: Code, message: str, fix: str) -> PydanticCustomError:
    """An error to raise from a validator: its type is the code, its context has the remedy."""
    return PydanticCustomError(code.value, "{message}", {"message": message, "fix": fix})
