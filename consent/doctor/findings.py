"""What is looked at, and what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Check(StrEnum):
    """What is looked at; every member has a line in docs/doctor.md."""

    SITE = "site"
    PAGE = "page"
    PREFIX = "prefix"
    SEAL = "seal"
    COMPRESSION = "compression"
    ASSETS = "assets"
    STATE = "state"
    CONFIGURATION = "configuration"
    CHOICE = "choice"
    COOKIE = "cookie"
    SCHEME = "scheme"
    LIFETIME = "lifetime"
    SIGNATURE = "signature"
    CLOCK = "clock"
    ADDRESS = "address"
    ONCE = "once"
    REUSED = "reused"
    CROSS_SITE = "cross-site"
    HONOURED = "honoured"
    CACHING = "caching"
    STORED = "stored"
    ARCHIVED = "archived"
    TREE = "tree"
    ERASED = "erased"


class Status(StrEnum):
    """How bad it is."""

    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check."""

    check: Check
    status: Status
    what: str
    fix: str = ""
    """What to do about it."""


class Trouble(NamedTuple):
    """What a check has found wrong."""

    what: str
    fix: str
    status: Status = Status.PROBLEM


def warning(what: str, fix: str) -> Trouble:
    """Something that is worth knowing, and may be meant."""
    return Trouble(what, fix, Status.WARNING)


@dataclass(slots=True)
class Report:
    """The outcome, in the order in which it was found."""

    url: str
    record: str = ""
    """Id of the test choice's record, once it is known."""
    subjects: list[str] = field(default_factory=list)
    """Whose test choices they were: one, on a site without faults."""
    findings: list[Finding] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def add(self, check: Check, troubles: Iterable[Trouble], *, fine: str) -> bool:
        """Note what a check has found, ``fine`` if that is nothing; was it nothing?"""
        found = [Finding(check, each.status, each.what, each.fix) for each in troubles]
        self.findings += found or [Finding(check, Status.FINE, fine)]
        return not found

    @property
    def sound(self) -> bool:
        """Nothing was found that has to be repaired."""
        return all(each.status is not Status.PROBLEM for each in self.findings)

    def as_json(self) -> dict[str, Any]:
        """For machines; the form is part of the documentation."""
        return {
            "sound": self.sound,
            "url": self.url,
            "record": self.record or None,
            "subjects": self.subjects,
            "checks": [asdict(each) for each in self.findings],
        }
