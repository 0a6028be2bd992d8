"""The interface's own texts, one file a language; lifetimes, dates and countries in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from consent.config.resolve import CHOICE_SERVICE
from consent.model import Service, Texts

FALLBACK = "en"
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


class Words:
    """What is said in one language."""

    def __init__(self, lang: str, sections: Mapping[str, Mapping[str, Any]]) -> None:
        self.lang = lang
        self.sections = sections

    def __getitem__(self, section: str) -> Mapping[str, Any]:
        return self.sections[section]

    def count(self, unit: str, number: int) -> str:
        """``6 mois``, ``1 day``; ``unit`` is a key of ``[lifetime]``."""
        one, many = self["lifetime"][unit]
        return f"{number} {one if number in self['language']['one'] else many}"

    def lifetime(self, value: str) -> str:
        """An ISO 8601 duration, ``session`` or ``persistent`` in words; anything else as it is."""
        if value in ("session", "persistent"):
            return str(self["lifetime"][value])
        match = _DURATION.fullmatch(value)
        parts = (
            [
                self.count(unit, int(number))
                for unit, number in zip(_UNITS, match.groups(), strict=True)
                if number is not None
            ]
            if match
            else []
        )
        return self.listed(parts) or value

    def listed(self, parts: Sequence[str]) -> str:
        """``a, b and c``."""
        *first, last = parts or ("",)
        return f"{', '.join(first)}{self['language']['list_end']}{last}" if first else last

    def date(self, moment: date) -> str:
        """The calendar day of ``moment``, written out."""
        language = self["language"]
        day = language["first_day"] if moment.day == 1 else str(moment.day)
        month = language["months"][moment.month - 1]
        return str(language["date"].format(day=day, month=month, year=moment.year))

    def country(self, code: str) -> str:
        """The name of an ISO 3166-1 country; the code itself where the name is not known."""
        return str(self["country"].get(code, code))

    def name(self, service: Service) -> str:
        """What a service is called: our own in this language, which no company has named."""
        return str(self["service"]["own"]) if service.id == CHOICE_SERVICE else service.name

    def of(self, texts: Texts, default: str = "") -> str:
        """The configured text in this language, else in ``default``, else in any there is."""
        order = (self.lang, self.lang.partition("-")[0], default, FALLBACK, *texts)
        return next((texts[lang] for lang in order if texts.get(lang)), "")


@cache
def words(lang: str) -> Words:
    """The texts for a BCP 47 tag whose language the configuration accepts: ``fr``, ``fr-CA``."""
    source = files("consent.banner").joinpath("texts", f"{lang.partition('-')[0]}.toml")
    return Words(lang, tomllib.loads(source.read_text("utf-8")))


def spoken(lang: str | None, offered: Sequence[str]) -> str | None:
    """The one of ``offered`` that a BCP 47 tag asks for: the same, or of the same language."""
    tag = (lang or "").strip().lower()
    same = [one for one in offered if one.lower() == tag]
    kin = [one for one in offered if _language(one) == _language(tag)]
    return next(iter(same + kin), None)


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
