"""Every exception of the package, and the form in which problems are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, said so that it can be searched for and mended."""

    code: str
    """Stable: ``E001`` for an error, ``W001`` for a warning; each has a section in the docs."""
    path: str
    """Where: the key in the configuration, as ``cookie.lifetime_months`` or ``services[2].use``."""
    message: str
    """What is wrong."""
    fix: str
    """What to write instead."""

    def __str__(self) -> str:
        return f"{self.code} {self.path}: {self.message} {self.fix}"


class ConsentError(Exception):
    """Base of every exception that this package raises."""


class ConfigError(ConsentError):
    """The configuration cannot be used; carries all problems, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the configuration:\n{lines}")


class LogUnavailable(ConsentError):
    """The proof log did not confirm in time that a record is durable."""


class ContentUnreadable(ConsentError):
    """A response body came in a coding that cannot be decoded, so it cannot be checked."""
