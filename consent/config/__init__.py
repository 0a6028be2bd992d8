"""ConsentConfig: everything a site decides, checked as a whole when it is built."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from consent.config import checks, resolve, secrets, upcoming, wording
from consent.config.changes import changes
from consent.config.file import load
from consent.config.notice import facts, notice
from consent.config.reading import Draft, named, read
from consent.config.settings import (
    UPCOMING,
    Blocking,
    Controller,
    Cookie,
    Log,
    Signals,
    Site,
    UpcomingSetting,
)
from consent.config.upcoming import Upcoming
from consent.errors import Code, ConfigError, Problem
from consent.model import NECESSARY, Notice, Purpose, Service

__all__ = ["Blocking", "ConsentConfig", "Controller", "Cookie", "Log", "Signals", "Site"]

_log = logging.getLogger("consent")


@dataclass(frozen=True, init=False, eq=False)
class ConsentConfig:
    """What holds for a site: its settings, and the purposes, services and notice they lead to."""

    site: Site
    controller: Controller
    cookie: Cookie
    log: Log
    blocking: Blocking
    signals: Signals
    path: str
    """Where our own pages live on the site."""
    effective_from: date | None
    """Since when, or from when, this version is in force (P-19)."""
    purposes: tuple[Purpose, ...]
    """Those that have a service, in display order."""
    services: tuple[Service, ...]
    facts: Mapping[str, str]
    """Purpose id → SHA-256, in hexadecimal, of what consent to it was given to."""
    notice: Notice
    upcoming: Upcoming | None
    """What is announced to change, and when (P-11)."""
    warnings: tuple[Problem, ...]

    def __init__(
        self,
        /,
        *,
        site: Mapping[str, Any] | None = None,
        controller: Mapping[str, Any] | None = None,
        cookie: Mapping[str, Any] | None = None,
        log: Mapping[str, Any] | None = None,
        blocking: Mapping[str, Any] | None = None,
        signals: Mapping[str, Any] | None = None,
        path: str = "/consent",
        effective_from: date | None = None,
        purposes: Sequence[Mapping[str, Any]] = (),
        services: Sequence[Mapping[str, Any]] = (),
        upcoming: Mapping[str, Any] | None = None,
        **unknown: object,
    ) -> None:
        """Take the same keys and values as the TOML file.

        Raises:
            ConfigError: with every problem found, not only the first.
        """
        given = {
            "site": site,
            "controller": controller,
            "cookie": cookie,
            "log": log,
            "blocking": blocking,
            "signals": signals,
            "effective_from": effective_from,
            "upcoming": upcoming,
        }
        sections = {name: section for name, section in given.items() if section is not None}
        lists = {"purposes": purposes, "services": services}
        self._build({**sections, "path": path, **lists, **unknown})
        for warning in self.warnings:
            _log.warning("%s", warning)

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> ConsentConfig:
        """Read a TOML file.

        Raises:
            ConfigError: the file cannot be read, or with every problem found in it.
        """
        return cls(**load(Path(path)))

    @property
    def asks(self) -> bool:
        """Whether any purpose needs consent; otherwise there is nothing to ask (P-17)."""
        return any(not purpose.exempt for purpose in self.purposes)

    def at(self, moment: datetime) -> ConsentConfig:
        """The version in force at a moment (UTC): this one, or what it announces."""
        then = self.upcoming
        return then.config if then and moment >= then.begins else self

    def _build(self, settings: Mapping[str, Any], until: ConsentConfig | None = None) -> None:
        """``until``: what holds before, whose secrets and log it goes on with."""
        draft = read(settings)
        problems = draft.problems
        known = resolve.known_purposes(draft.purposes)
        placed = resolve.services(draft.services, problems)
        services = [each.service for each in placed]
        cookie, log = self._kept(draft, problems) if until is None else _same(draft, until)
        problems += _checked(draft, placed, known)
        problems += wording.warnings(settings)
        problems = named(problems, settings)
        site, controller, blocking = draft.site, draft.controller, draft.blocking
        if _has_errors(problems) or not (site and controller and cookie and log and blocking):
            raise ConfigError([each for each in problems if Code(each.code).is_error])
        if any(service.purpose != NECESSARY for service in services):
            services.append(resolve.own_cookie(cookie, site))
        site = site.model_copy(update={"policy_url": site.policy_url or f"{draft.path}/policy"})
        shown = tuple(resolve.translated(each, site.languages) for each in services)
        purposes = resolve.displayed(known, shown, site.languages)
        self._set(
            site=site,
            controller=controller,
            cookie=cookie,
            log=log,
            blocking=blocking,
            signals=draft.signals,
            path=draft.path,
            effective_from=draft.effective_from,
            purposes=purposes,
            services=shown,
            facts=MappingProxyType(facts(controller, purposes, shown)),
            upcoming=None,
            warnings=tuple(problems),
        )
        if draft.announced is not None:
            self._announce(draft.announced, settings)
        self._set(notice=self._notice())

    def _announce(self, said: UpcomingSetting, settings: Mapping[str, Any]) -> None:
        """What will hold is a whole configuration, and checked as one."""
        change = upcoming.changed(settings[UPCOMING])
        rest = {key: value for key, value in settings.items() if key != UPCOMING}
        version = object.__new__(ConsentConfig)
        try:
            version._build(upcoming.laid_over(rest, change, said.effective_from), until=self)
            found = version.warnings
        except ConfigError as error:
            found = error.problems
        problems = [*upcoming.problems(change), *upcoming.placed(found, known=self.warnings)]
        if not _has_errors(problems):
            differing = changes(self, version)
            announced = Upcoming(said.effective_from, dict(said.summary), version, differing)
            problems += upcoming.empty(announced)
            self._set(upcoming=announced, warnings=(*self.warnings, *problems))
        if _has_errors(problems):
            raise ConfigError([each for each in problems if Code(each.code).is_error])

    def _notice(self) -> Notice:
        return notice(
            site=self.site,
            controller=self.controller,
            cookie=self.cookie,
            log=self.log,
            purposes=self.purposes,
            services=self.services,
            since=self.effective_from,
            upcoming=self.upcoming,
        )

    @staticmethod
    def _kept(draft: Draft, problems: list[Problem]) -> tuple[Cookie | None, Log | None]:
        cookie, log = draft.cookie, draft.log
        if cookie and draft.site and "cookie.secrets" not in draft.unread:
            cookie, found = secrets.signing(cookie, development=draft.site.development)
            problems += found
        if log:
            development = draft.site is not None and draft.site.development
            log, found = secrets.storing(log, development=development)
            problems += found
        return cookie, log

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


def _checked(
    draft: Draft, placed: Sequence[resolve.Placed], known: Mapping[str, Purpose]
) -> list[Problem]:
    languages = checks.languages_of(draft)
    problems: list[Problem] = []
    if draft.site:
        problems += checks.site(draft.site)
        problems += checks.own_hosts(placed, draft.site)
    if draft.cookie:
        problems += checks.cookie(draft.cookie, draft.site)
    if draft.blocking:
        problems += checks.blocking(draft.blocking)
    if draft.signals:
        problems += checks.signals(draft.signals, known)
    used = {each.service.purpose for each in placed}
    problems += checks.purposes(
        draft.purposes, (known[each] for each in known if each in used), languages
    )
    problems += checks.services(placed, known, languages)
    problems += checks.announced(draft, languages)
    return problems


def _same(draft: Draft, until: ConsentConfig) -> tuple[Cookie | None, Log | None]:
    """The cookie and the log go on, for as long as is said now."""
    cookie, log = draft.cookie, draft.log
    if cookie:
        months = {"lifetime_months": cookie.lifetime_months}
        cookie = until.cookie.model_copy(update=months)
    if log:
        log = until.log.model_copy(update={"retention_years": log.retention_years})
    return cookie, log


def _has_errors(problems: Sequence[Problem]) -> bool:
    return any(Code(each.code).is_error for each in problems)
