"""Every exception of the package, and the form in which problems are reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Code(StrEnum):
    """What can be wrong with a configuration; every member has a section in the docs."""

    MISSING = "E001"
    UNKNOWN_KEY = "E002"
    WRONG_TYPE = "E003"
    UNKNOWN_VALUE = "E004"
    TEXT = "E005"
    FILE = "E006"
    LANGUAGE = "E011"
    TEXTS_MISSING = "E012"
    ADDRESS = "E013"
    ORIGIN = "E014"
    SECRET_MISSING = "E020"  # noqa: S105 - a code, not a secret
    ENVIRONMENT = "E021"
    SECRET_SHORT = "E022"  # noqa: S105 - a code, not a secret
    LIFETIME = "E023"
    COOKIE_DOMAIN = "E024"
    LOG_URL = "E030"
    RETENTION = "E031"
    LOG_KEY = "E032"
    WITNESS = "E033"
    LOG_RIGHTS = "E034"
    LOG_OTHER_KEYS = "E035"
    PATTERN = "E040"
    PATH = "E041"
    ID = "E050"
    DUPLICATE = "E051"
    TOO_MANY_PURPOSES = "E052"
    UNKNOWN_PURPOSE = "E053"
    UNKNOWN_SERVICE = "E060"
    NOTHING_CLAIMED = "E061"
    NOT_WITH_USE = "E062"
    HOST = "E063"
    HOST_CLAIMED_TWICE = "E064"
    SNIPPET = "E065"
    ITEM = "E066"
    REASON_MISSING = "E070"
    REASON_WITHOUT_NECESSARY = "E071"
    NEVER_NECESSARY = "E072"
    NOT_ANNOUNCED = "E080"
    NOTHING_CHANGES = "E081"
    BEFORE_IT_BEGAN = "E082"

    SECRET_LITERAL = "W001"  # noqa: S105 - a code, not a secret
    SECRET_GENERATED = "W002"  # noqa: S105 - a code, not a secret
    LONG_LIFETIME = "W003"
    VAGUE = "W004"
    REPEALED = "W005"
    UNUSED_PURPOSE = "W006"
    PLAIN_HTTP = "W007"
    NOT_HELD = "W008"
    LOG_PLACE = "W009"
    OWN_HOST = "W010"
    SHORT_NOTICE = "W011"
    LONG_PAST = "W012"
    NOT_YET = "W013"

    @property
    def is_error(self) -> bool:
        """Whether the configuration cannot be used; otherwise it is a warning."""
        return self.value.startswith("E")


_NUMBER = re.compile(r"\[Errno -?\d+\] ")


def said(error: Exception) -> str:
    """What the operating system or a library says of an error, without its numbers."""
    reason = getattr(error, "reason", None)
    inner = reason if isinstance(reason, Exception) else error
    return _NUMBER.sub("", str(inner)) or type(inner).__name__


def counted(number: int, what: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number} {what}{'s' * (number != 1)}"


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
    about: str = ""
    """The id of the service or purpose at ``path``, where it has one: nobody counts tables."""

    def __str__(self) -> str:
        about = f" ({self.about})" if self.about else ""
        return f"{self.code} {self.path}{about}: {self.message} {self.fix}"


class ConsentError(Exception):
    """Base of every exception that this package raises."""


class ConfigError(ConsentError):
    """The configuration cannot be used; carries all problems, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{counted(len(self.problems), 'problem')} in the configuration:\n{lines}")


class MiddlewareMissing(ConsentError):
    """The site's code asks for the choice where no ``ConsentMiddleware`` is around it."""


class PretickedBox(ConsentError):
    """A box that was ticked before anybody touched it is no consent, so none is recorded."""


class LogUnavailable(ConsentError):
    """The proof log did not confirm in time that a record is durable."""


class LogUnfit(LogUnavailable):
    """Nothing can be recorded in the log from here; it stays so until somebody acts."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class LogUnwritable(LogUnfit):
    """The database lets whoever runs this read the log at most."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(Problem(Code.LOG_RIGHTS, "log.url", message, fix))


class LogOfOtherKeys(LogUnfit):
    """The log was begun with another secret, so with other keys, than there are here."""

    FIX = (
        "Name the old secret too, before the new one, in cookie.secrets (or the old key in"
        " log.keys); or begin another log, in another file or database (log.url)."
    )

    def __init__(self, begun: Sequence[str], here: Sequence[str]) -> None:
        """``begun``: the keys that it was begun with, in short; ``here``: what there is instead."""
        there, those = " and ".join(begun) or "one that cannot be read", " and ".join(here)
        what = f"the secrets here make {those}" if here else "no secret is set here"
        message = f"This log was begun with the key {there}, and {what}."
        super().__init__(Problem(Code.LOG_OTHER_KEYS, "cookie.secrets", message, self.FIX))


class LogUnreadable(ConsentError):
    """A log that is to be verified cannot be opened, or breaks off while it is read."""


class IdempotencyConflict(ConsentError):
    """The idempotency key is already in the log, for a request with another body (E9)."""


class SequenceTaken(ConsentError):
    """Another choice of this subject has this sequence number: read again, then decide again."""


class SubjectHeld(ConsentError):
    """Somebody's records may not be erased yet: a legal hold (GDPR 17(3)(b)(e), EU-27)."""

    def __init__(self, until: date) -> None:
        self.until = until
        """The last day of the hold."""
        super().__init__(f"a legal hold keeps these records until {until}")


class NoteRefused(ConsentError):
    """A signed text, a key or a proof is malformed, or not by whom it has to be (C2SP)."""


class NoPictures(ConsentError):
    """Screens cannot be photographed here: no Playwright, no browser, or it breaks off."""


class WitnessUnavailable(ConsentError):
    """Who is to keep a copy of a checkpoint cannot be asked now, or does not answer as agreed."""


class WitnessConflict(ConsentError):
    """A witness has a checkpoint that the log does not continue: one of them was changed."""


class SiteUnreachable(ConsentError):
    """A site that is to be inspected gives no whole answer."""


class ContentUnreadable(ConsentError):
    """A response body came in a coding that cannot be decoded, so it cannot be checked."""


class ChoiceNotEncodable(ConsentError):
    """A choice cannot become a cookie: it is over, dated in the future, or too long."""


class RequestRefused(ConsentError):
    """A request to one of our own paths is not acted on; carries what the answer says.

    ``status`` is that of HTTP, ``code`` is stable and documented, ``detail`` is for developers.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        super().__init__(f"{status} {code}: {detail}")
