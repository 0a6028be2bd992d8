"""For the tests of a site: visitors who have chosen, and a proof log that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID, uuid4

from consent.config import ConsentConfig
from consent.cookie import ChoiceCookie
from consent.cookie.marks import SIGNALS
from consent.log.memory import MemoryLog
from consent.log.sql import SqlLog
from consent.model import Choice

if TYPE_CHECKING:
    from starlette.testclient import TestClient
    from starlette.types import ASGIApp

__all__ = ["a_choice", "in_memory", "signed_cookie", "visitor"]

Answers = Mapping[str, bool] | bool
"""By purpose; those left out are refused. ``True`` grants everything, ``False`` nothing."""


def a_choice(
    config: ConsentConfig,
    *,
    purposes: Answers = False,
    services: Mapping[str, bool] | None = None,
    made_at: datetime | None = None,
    subject: UUID | None = None,
    seq: int = 1,
    despite: Collection[str] = (),
) -> Choice:
    """What a visitor decided.

    Args:
        config: of the site.
        purposes: the answers; those left out are refused.
        services: answers that differ from that of their purpose.
        made_at: when, in UTC; now, unless given. An old one is read as the site would read it.
        subject: who; somebody new, unless given.
        seq: how many choices the subject has made.
        despite: the signals it was made in spite of: ``gpc`` (Global Privacy Control), ``dnt``.

    Raises:
        ValueError: the configuration does not ask about one of them: a test that goes on with a
            misspelt name proves nothing.
    """
    made_at = (made_at or datetime.now(UTC)).replace(microsecond=0)
    config = config.at(made_at)
    asked = [purpose.id for purpose in config.purposes if not purpose.exempt]
    given = dict.fromkeys(asked, purposes) if isinstance(purposes, bool) else dict(purposes)
    answerable = [service.id for service in config.services if service.purpose in asked]
    _check(given, asked, "purpose")
    _check(services or {}, answerable, "service")
    _check(dict.fromkeys(despite, True), list(SIGNALS), "signal")
    return Choice(
        subject=subject or uuid4(),
        seq=seq,
        made_at=made_at,
        purposes={name: given.get(name, False) for name in asked},
        services=dict(services or {}),
        despite=frozenset(despite),
    )


def signed_cookie(config: ConsentConfig, **choice: Any) -> tuple[str, str]:
    """Name and value of the cookie of a visitor who has chosen.

    Args:
        config: of the site, whose newest secret signs.
        choice: as for :func:`a_choice`.

    Raises:
        ValueError: the configuration does not ask about one of the names.
    """
    made = a_choice(config, **choice)
    cookie = ChoiceCookie(config.at(made.made_at))
    value = cookie.encode(made, now=made.made_at)
    return cookie.name(secure=config.site.url.startswith("https:")), value


def visitor(
    app: ASGIApp,
    config: ConsentConfig,
    *,
    base_url: str = "",
    client: Callable[..., TestClient] | None = None,
    **choice: Any,
) -> TestClient:
    """A test client of Starlette's whose visitor has chosen; without a choice, an undecided one.

    Args:
        app: the site, with the middleware around it.
        config: the middleware's.
        base_url: where the site is; its origin, unless given.
        client: made instead of a ``TestClient``, with the same arguments.
        choice: as for :func:`a_choice`.

    Raises:
        ValueError: the configuration does not ask about one of the names.
    """
    # Needs httpx2 (an older Starlette httpx), which a site that never tests this way need not have.
    from starlette.testclient import TestClient

    make = client or TestClient
    made = make(app, base_url=base_url or config.site.url)
    if choice:
        name, value = signed_cookie(config, **choice)
        made.cookies.set(name, value)
    return made


@contextmanager
def in_memory() -> Iterator[MemoryLog]:
    """Meanwhile, every proof is kept in this log and no database is touched.

    It holds for every middleware without a ``log`` of its own, made before or meanwhile, since it
    takes the place of what ``SqlLog`` does.
    """
    log = MemoryLog()
    replaced: dict[str, Any] = {
        name: _instead(log, name)
        for name in dir(MemoryLog)
        if not name.startswith("_") and hasattr(SqlLog, name)
    }
    outbox = property(lambda self: log.outbox)
    with patch.multiple(SqlLog, **replaced, outbox=outbox):
        yield log


def _instead(log: MemoryLog, name: str) -> Callable[..., Any]:
    return lambda self, *given, **more: getattr(log, name)(*given, **more)


def _check(given: Mapping[str, bool], known: list[str], what: str) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"no {what} {name!r} is asked about, only {', '.join(sorted(known))}")
