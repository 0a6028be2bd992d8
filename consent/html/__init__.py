"""Bytes of a page in, bytes of the page with what is held, held: streamed, cut anywhere."""

from __future__ import annotations

from typing import Protocol


class Rewriter(Protocol):
    """Takes chunks cut anywhere, returns what is ready to be sent."""

    def feed(self, chunk: bytes) -> bytes: ...

    def close(self) -> bytes: ...


class Insertions(Protocol):
    """What is put into a page: complete markup, as text."""

    def head(self) -> str:
        """Goes first into ``<head>``: style sheet, scripts, state."""
        ...

    def body(self, lang: str | None) -> str:
        """Goes first into ``<body>``: the banner, in the language of ``<html lang>`` if known."""
        ...

    def placeholder(self, service: str, url: str, lang: str | None) -> str:
        """A small document shown inside the held frame of this address; may be empty."""
        ...
