"""The same pages in other browsers than Chromium: what is measured, and what drives each of them.

``router`` leads every host to the loopback, ``gauntlet`` goes every way in every state of things,
``firefox`` and ``webkit`` are browsers: modules with a function ``started``, as ``Start`` says.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol


class Driven(Protocol):
    """A browser of a fresh profile that has one tab."""

    def open(self, url: str) -> None:
        """Leads the tab there, closes what else is open; does not wait for the page."""

    def evaluate(self, js: str) -> Any:
        """What an expression comes to in the tab's page; promises are waited for."""

    def click(self, selector: str) -> None:
        """As a visitor does, with the mouse; waits until there is such an element."""


class Start(Protocol):
    """Begins a browser that comes to every host by the router, and ends it."""

    def __call__(self, port: int, *, scripts: bool = True) -> AbstractContextManager[Driven]:
        """``port`` is the router's: it takes TLS and plain HTTP, and CONNECT as a proxy does."""
