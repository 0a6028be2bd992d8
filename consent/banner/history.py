"""One record as its visitor reads it: what was answered, and the words that were shown then."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from consent.model import Notice
from consent.record import Record


@dataclass(frozen=True, slots=True)
class Answered:
    """A purpose or a service, and what was said to it."""

    title: str
    """As it was on screen."""
    spoken: tuple[str, str]
    """Language and title for who reads it now: of the same notice, where it was said there."""
    text: str
    """What was said of it."""
    granted: bool
    services: tuple[Answered, ...] = ()
    """Of a purpose: those that belong to it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of somebody's history."""

    record: Record
    controller: str
    """Who asked."""
    answers: tuple[Answered, ...]
    """The purposes with their services, then services of which it is not known."""


def entry(record: Record, notice: Notice | None, lang: str) -> Entry:
    """From the archived notice alone: what the site says today was not shown then (EU-10)."""
    shown = json.loads(notice.content) if notice else {}
    purposes = {each["id"]: each for each in shown.get("purposes", ())}
    services = {each["id"]: each for each in shown.get("services", ())}
    belonging: dict[str, list[Answered]] = {}
    for name in record.services:
        about = services.get(name, {})
        answered = _service(record, name, about, lang)
        belonging.setdefault(about.get("purpose", ""), []).append(answered)
    answers = [
        _purpose(record, name, purposes.get(name, {}), belonging.pop(name, ()), lang)
        for name in record.purposes
    ]
    rest = chain.from_iterable(belonging.values())
    return Entry(record, shown.get("controller", {}).get("name", ""), (*answers, *rest))


def _purpose(
    record: Record,
    name: str,
    shown: Mapping[str, Any],
    services: Iterable[Answered],
    lang: str,
) -> Answered:
    parts = (_said(record, shown.get(part, {})) for part in ("description", "detail"))
    titles = shown.get("title", {})
    title = _said(record, titles) or name
    text = " ".join(filter(None, parts))
    now = titles.get(lang) or titles.get(lang.partition("-")[0])
    spoken = (lang, now) if now else (record.language, title)
    return Answered(title, spoken, text, record.purposes[name], tuple(services))


def _service(record: Record, name: str, shown: Mapping[str, Any], lang: str) -> Answered:
    by = shown.get("company", "")
    about = " ".join(filter(None, (by and f"{by}.", _said(record, shown.get("description", {})))))
    title = shown.get("name", name)
    return Answered(title, (lang, title), about, record.services[name])


def _said(record: Record, texts: Mapping[str, str]) -> str:
    """In the language that was on screen, as far as it was said in it."""
    short = record.language.partition("-")[0]
    return texts.get(record.language) or texts.get(short) or next(iter(texts.values()), "")
