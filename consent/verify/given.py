"""A dossier that is being looked at: its files, what it says of them, and what was found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from consent.verify.archive import Archive
from consent.verify.report import Code, Report
from consent.verify.trust import Trust

FORM = 1
INDEX = "dossier.json"
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What values of the wrong type, depth or size lead to."""
Values = Mapping[str, Any]


@dataclass
class Given:
    """Shared by those who look."""

    archive: Archive
    said: Values
    """What ``dossier.json`` says; it may be anything."""
    report: Report
    trust: Trust
    names: set[str] = field(default_factory=lambda: {INDEX})
    """The files that somebody has looked at."""

    def read(self, name: str) -> bytes:
        """A file, which is accounted for by that.

        Raises:
            ValueError: it is not there, or not whole.
        """
        self.names.add(name)
        return self.archive.read(name)

    @contextmanager
    def told(self, code: Code, where: str) -> Iterator[None]:
        """What is not of the form that it has to be is found, not stumbled over."""
        try:
            yield
        except MALFORMED as error:
            self.report.add(code, where, f"not as it has to be: {error!r:.200}")

    def add(self, code: Code, where: str, what: str) -> None:
        """Something was found."""
        self.report.add(code, where, what)


def index(archive: Archive) -> Values:
    """What a dossier says of itself.

    Raises:
        ValueError: it is none, or of another form.
    """
    try:
        said = json.loads(archive.read(INDEX), object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError(f"{INDEX} is nested too deeply") from error
    if not isinstance(said, dict) or said.get("form") != FORM or not _is_origin(said):
        raise ValueError(f"{INDEX} is not of form {FORM}")
    return said


def _is_origin(said: Values) -> bool:
    return isinstance(said.get("origin"), str) and bool(said["origin"])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What stands there twice would be read differently by different readers."""
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name stands there twice")
    return value
