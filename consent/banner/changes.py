"""What is announced, in sentences: each change as visitors read it before it happens (P-11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consent.banner.words import Words
from consent.config import ConsentConfig
from consent.config.changes import Change
from consent.model import Purpose, Service, Texts


@dataclass(frozen=True, slots=True)
class Told:
    """One change."""

    text: str
    more: str = ""
    """What is said of it then, in the site's own words."""
    address: str = ""
    """Where more is said."""


def told(config: ConsentConfig, words: Words) -> list[Told]:
    """All that ``config`` announces, in one language; nothing where it announces nothing."""
    if config.upcoming is None:
        return []
    return list(_Sentences(config, config.upcoming.config, words).all(config.upcoming.changes))


def asked_again(config: ConsentConfig, words: Words) -> list[str]:
    """The purposes that are asked about from that day on, by their titles."""
    upcoming = config.upcoming
    if upcoming is None:
        return []
    what = ("purpose_new", "purpose_asked")
    names = {each.id for each in upcoming.changes if each.what in what}
    asked = [one for one in upcoming.config.purposes if one.id in names and not one.exempt]
    return [words.of(one.title, config.site.languages[0]) for one in asked]


class _Sentences:
    """Of two versions."""

    def __init__(self, before: ConsentConfig, after: ConsentConfig, words: Words) -> None:
        self._before = before
        self._after = after
        self._words = words
        # Of what there is in both, what will hold.
        self._purposes = {one.id: one for one in (*before.purposes, *after.purposes)}
        self._services = {one.id: one for one in (*before.services, *after.services)}

    def all(self, changes: tuple[Change, ...]) -> Iterator[Told]:
        # Who is asked again is said once, for all.
        for each in (one for one in changes if one.what != "purpose_asked"):
            kind, _, _ = each.what.partition("_")
            if kind == "purpose":
                yield self._purpose(each, self._purposes[each.id])
            elif kind == "service":
                yield self._service(each, self._services[each.id])
            else:
                yield self._whole(each.what)

    def _purpose(self, change: Change, purpose: Purpose) -> Told:
        said = "" if change.what == "purpose_gone" else self._of(purpose.description)
        return Told(self._say(change.what, title=self._of(purpose.title)), said)

    def _service(self, change: Change, service: Service) -> Told:
        parts = self._words.listed([self._words["changes"][part] for part in change.parts])
        name = f"{service.name} ({service.company})" if service.company else service.name
        title = self._of(self._purposes[service.purpose].title)
        said = self._of(service.description) if change.what == "service_new" else ""
        return Told(self._say(change.what, service=name, title=title, parts=parts), said)

    def _whole(self, what: str) -> Told:
        site, controller = self._after.site, self._after.controller
        months = self._before.cookie.lifetime_months, self._after.cookie.lifetime_months
        years = self._before.log.retention_years, self._after.log.retention_years
        values: dict[str, dict[str, str]] = {
            "controller": {
                "controller": controller.name,
                "address": controller.address,
                "contact": ", ".join(filter(None, (controller.email, controller.dpo_email))),
            },
            "site": {"site": site.name},
            "policy": {},
            "languages": {"languages": ", ".join(site.languages)},
            "lifetime": self._lasting("month", *months),
            "retention": self._lasting("year", *years),
        }
        return Told(self._say(what, **values[what]), "", site.policy_url * (what == "policy"))

    def _lasting(self, unit: str, before: int, after: int) -> dict[str, str]:
        count = self._words.count
        return {"before": count(unit, before), "after": count(unit, after)}

    def _of(self, texts: Texts) -> str:
        return self._words.of(texts, self._after.site.languages[0])

    def _say(self, what: str, **values: str) -> str:
        return str(self._words["changes"][what]).format(**values)
