"""What a visitor submits, checked against what the site offers: JSON or form → Submission."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

from consent.catalog.embeds import rebuilt
from consent.config import ConsentConfig
from consent.errors import RequestRefused
from consent.model import Choice
from consent.record import CLICKED, SHOWN_BY_US, Action, Interface, Record

MOST_FIELDS = 1000
"""Pairs of a form: above what fits into a body of names that exist."""

JSON_KEYS = frozenset({"action", "purposes", "services", "keep", "lang", "notice", "interface"})
ONCE = ("action", "next", "keep", "lang", "notice", "interface", "scripting", "result", "embed")
"""Form fields with one value; others than these, ``purpose`` and ``service`` are ignored."""


Word = TypeVar("Word", Action, Interface)


@dataclass(frozen=True, slots=True)
class Submission:
    """A well-formed request: names in it exist, types are right, nothing is decided yet."""

    action: Action
    interface: Interface
    purposes: Mapping[str, bool] = field(default_factory=dict)
    services: Mapping[str, bool] = field(default_factory=dict)
    keep: bool = False
    """Answers that are not in it stay as they were; else they become refusals."""
    lang: str = ""
    notice: str = ""
    """Hash of the notice that was on screen; empty if the sender did not say."""
    next: str = ""
    """Where the form wants to go on; not yet known to be safe."""
    embed: str = ""
    """Address of the one frame that is to be opened; already rebuilt from its service's pattern."""
    shown: Interface | None = None
    """Which of our screens the click was on: the banner or the preferences, without JavaScript."""
    in_frame: bool = False
    """It was sent by a placeholder of one service, whose frame the answer is for."""
    as_page: bool = False
    """Answer with a page: the one that the form is on answered a POST and cannot be shown again."""


class Offered:
    """What a visitor may answer."""

    def __init__(self, config: ConsentConfig, languages: Iterable[str]) -> None:
        exempt = {purpose.id for purpose in config.purposes if purpose.exempt}
        self.purposes = tuple(p.id for p in config.purposes if p.id not in exempt)
        self._embeds = {service.id: service.embeds for service in config.services}
        self.services = {s.id: s.purpose for s in config.services if s.purpose not in exempt}
        """Service → its purpose."""
        self._exempt = exempt | {s.id for s in config.services if s.purpose in exempt}
        self._languages = frozenset({*config.site.languages, *languages})

    def answers(
        self, submission: Submission, previous: Choice | None
    ) -> tuple[dict[str, bool], dict[str, bool]]:
        """An explicit answer for every purpose and for every service (REC, FR-27).

        What is missing is refused (edges.md E5), or kept where the sender asks for that. The
        buttons for everything mean everything, whatever boxes the same form carries.
        """
        if submission.action is Action.ONCE:
            purposes = dict.fromkeys(self.purposes, False)
            return purposes, self._each(purposes, submission.services)
        if submission.action is not Action.SAVE:
            purposes = dict.fromkeys(self.purposes, submission.action is Action.ACCEPT_ALL)
            return purposes, self._each(purposes, {})
        kept = previous if submission.keep else None
        answered = {**(kept.purposes if kept else {}), **submission.purposes}
        purposes = {name: answered.get(name, False) for name in self.purposes}
        one_by_one = {**(kept.services if kept else {}), **submission.services}
        return purposes, self._each(purposes, one_by_one)

    def everything(self, said: Record | Choice | None) -> tuple[dict[str, bool], dict[str, bool]]:
        """What a choice, or a record of any format, says of what is offered now.

        What it does not grant it refuses; without one, everything is refused.
        """
        answers = said.purposes if said else {}
        purposes = {name: answers.get(name, False) for name in self.purposes}
        return purposes, self._each(purposes, said.services if said else {})

    def differing(self, record: Record) -> dict[str, bool]:
        """The answers of services that a cookie has to carry: the others follow their purpose."""
        return {
            name: answer
            for name, answer in record.services.items()
            if name in self.services and answer is not record.purposes.get(self.services[name])
        }

    def _each(
        self, purposes: Mapping[str, bool], one_by_one: Mapping[str, bool]
    ) -> dict[str, bool]:
        return {
            name: one_by_one.get(name, purposes[purpose]) for name, purpose in self.services.items()
        }

    def from_json(self, body: bytes) -> Submission:
        """Read a JSON body.

        Raises:
            RequestRefused: 400; nothing unknown is ever stored as granted (edges.md E4).
        """
        data = _loads(body)
        if unknown := sorted(data.keys() - JSON_KEYS):
            _refuse("unknown_field", f"unknown field {_quoted(unknown[0])}")
        action = _member(CLICKED, data.get("action"), "action")
        if action is Action.ONCE:
            _refuse("unknown_embed", "a frame is opened by its own form")
        interface = _member(SHOWN_BY_US, data.get("interface", Interface.API), "interface")
        return Submission(
            action=action,
            interface=interface,
            shown=interface,
            purposes=self._known(_mapping(data, "purposes").items(), self.purposes, "purpose"),
            services=self._known(_mapping(data, "services").items(), self.services, "service"),
            keep=_flag(data, "keep"),
            lang=self._language(data.get("lang", "")),
            notice=_text(data.get("notice", ""), "notice"),
        )

    def from_form(self, body: bytes) -> Submission:
        """Read a form: ``purpose=ID`` grants, ``service=ID`` grants and ``service=-ID`` refuses.

        A service that is empty, as an untouched ``<select>`` sends it, follows its purpose.

        Raises:
            RequestRefused: 400.
        """
        pairs = _pairs(body)
        once = _single(pairs)
        purposes = [(value, True) for name, value in pairs if name == "purpose"]
        services = [
            (value.removeprefix("-"), not value.startswith("-"))
            for name, value in pairs
            if name == "service" and value
        ]
        action = _member(CLICKED, once.get("action"), "action")
        known = self._known(services, self.services, "service")
        place = _member(SHOWN_BY_US, once.get("interface", Interface.NO_JS), "interface")
        # The preferences send an empty service for each that follows its purpose; the banner none.
        asks_each = action is Action.SAVE or any(name == "service" for name, _ in pairs)
        return Submission(
            action=action,
            interface=Interface.NO_JS if once.get("scripting") == "off" else place,
            shown=(Interface.PREFERENCES if asks_each else Interface.BANNER)
            if place is Interface.NO_JS
            else place,
            purposes=self._known(purposes, self.purposes, "purpose"),
            services=known,
            embed=self._embed(action, known, once.get("embed", "")),
            keep=once.get("keep") == "1",
            lang=self._language(once.get("lang", "")),
            notice=once.get("notice", ""),
            next=once.get("next", ""),
            in_frame=once.get("result") == "frame" and len(known) == 1,
            as_page=once.get("result") == "page",
        )

    def _known(
        self, answers: Iterable[tuple[str, Any]], names: Iterable[str], what: str
    ) -> dict[str, bool]:
        """Answers to what can be answered. An exempt name may be granted, which says nothing."""
        known: dict[str, bool] = {}
        for name, answer in answers:
            if not isinstance(answer, bool):
                _refuse("wrong_type", f"the answer for {_quoted(name)} is neither true nor false")
            if name in self._exempt and answer:
                continue
            if name not in names:
                _refuse(f"unknown_{what}", f"unknown {what} {_quoted(name)}")
            if known.setdefault(name, answer) is not answer:
                _refuse("contradiction", f"two answers for {_quoted(name)}")
        return known

    def _embed(self, action: Action, services: Mapping[str, bool], url: str) -> str:
        """The frame that a placeholder's form opens: only what its one service's patterns allow."""
        if not url and action is not Action.ONCE:
            return ""
        granted = [service for service, answer in services.items() if answer]
        single = granted[0] if len(services) == len(granted) == 1 else ""
        found = rebuilt(self._embeds.get(single, ()), url)
        if found is None or action not in (Action.ONCE, Action.SAVE):
            _refuse("unknown_embed", "no pattern of the service allows this frame")
        return found

    def _language(self, value: object) -> str:
        lang = _text(value, "lang")
        if lang and lang not in self._languages:
            _refuse("unknown_language", "the site does not speak this language")
        return lang


def _loads(body: bytes) -> dict[str, Any]:
    """Strict JSON: UTF-8, no doubled key, no NaN; what nests too deep for the parser is refused."""
    try:
        data = json.loads(
            body.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        _refuse("invalid_json", "the body is not JSON in UTF-8")
    if not isinstance(data, dict):
        _refuse("wrong_type", "the body is not an object")
    return data


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two equal keys counts depends on who reads: then neither does."""
    if len(found := dict(pairs)) < len(pairs):
        _refuse("duplicate_key", "an object has the same key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _mapping(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        _refuse("wrong_type", f"{key} is not an object")
    return value


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        _refuse("wrong_type", f"{key} is neither true nor false")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        _refuse("wrong_type", f"{what} is not text")
    return value


def _member(words: Collection[Word], value: object, what: str) -> Word:
    text = _text(value, what)
    for word in words:
        if word == text:
            return word
    _refuse(f"unknown_{what}", f"{what} is one of {', '.join(words)}")


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        _refuse("invalid_form", "the body is not a form in UTF-8, or has too many fields")


def _single(pairs: list[tuple[str, str]]) -> dict[str, str]:
    count = Counter(name for name, _ in pairs if name in ONCE)
    if any(number > 1 for number in count.values()):
        _refuse("duplicate_key", "a field that has one value is there twice")
    return {name: value for name, value in pairs if name in ONCE}


def _quoted(name: str) -> str:
    return ascii(name[:64])


def _refuse(code: str, detail: str) -> NoReturn:
    raise RequestRefused(400, code, detail)
