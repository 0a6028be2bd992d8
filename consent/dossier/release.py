"""The screens of a release, before anybody has seen them (FR-24: dated, for phone and desktop)."""

from __future__ import annotations

from collections.abc import Iterator

from consent.banner import Pages
from consent.banner.screens import Screens
from consent.config import ConsentConfig
from consent.model import Screen
from consent.objections import NONE, Objection, Objections

OBJECTS = Objection(("gpc",), holds=True)


def screens(config: ConsentConfig) -> Iterator[Screen]:
    """What visitors will click on: in each language, the banner, the preferences, and the
    placeholders of what can be opened in its place; the first two also as they are where the
    browser objects, if the site heeds that; and those of what is announced."""
    if config.upcoming:
        yield from screens(config.upcoming.config)
    made = Screens(Pages(config))
    objections = [NONE, OBJECTS] if Objections(config).headers else [NONE]
    embeds = [service.id for service in config.services if service.embeds]
    for lang in config.site.languages:
        for objection in objections:
            if config.signals.banner or not objection.holds:
                yield made.banner(lang, objection.holds)
            yield made.preferences(lang, objection)
        for service in embeds:
            for decided in (False, True):
                yield made.placeholder(lang, service, decided, True, True)
