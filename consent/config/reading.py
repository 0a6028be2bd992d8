"""Anything that was written → sections that can be used, and every problem with the rest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from consent.config.settings import (
    CHANGEABLE,
    UPCOMING,
    Blocking,
    Controller,
    Cookie,
    Log,
    OwnService,
    PurposeSetting,
    Signals,
    Site,
    Top,
    UpcomingSetting,
    UsedService,
)
from consent.errors import Code, Problem

Section = TypeVar("Section", bound=BaseModel)
Loc = tuple[int | str, ...]

SECTIONS: Mapping[str, type[BaseModel]] = {
    "site": Site,
    "controller": Controller,
    "cookie": Cookie,
    "log": Log,
    "blocking": Blocking,
    "signals": Signals,
}
LISTS = ("purposes", "services")
# Pydantic's names for what was expected, and TOML's.
WRONG_TYPES = {
    "bool_type": ("This is neither true nor false.", "Write true or false, without quotes."),
    "date": ("This is not a date.", "Write it as 2026-01-31, without quotes."),
    "dict_type": ("This is not a table.", 'Write a text per language, as { en = "…", fr = "…" }.'),
    "int_type": ("This is not a whole number.", "Write its digits, without quotes."),
    "model_type": ("This is not a table.", "Write its keys, as { key = value }."),
    "string_type": ("This is not a text.", "Write it in quotes."),
    "tuple_type": ("This is not a list.", 'Write it in brackets, as ["…", "…"].'),
}
_TABLE = re.compile(r"(services|purposes)\[(\d+)\]")
# Words that people carry over from other tools, and ours for the same thing.
ALIASES = {
    "cookies": "items",
    "storage": "items",
    "domains": "hosts",
    "domain": "hosts",
    "category": "purpose",
    "reason": "exempt_reason",
    "secret": "secrets",
    "dpo": "dpo_email",
    "policy": "policy_url",
    "duration": "lifetime",
}


@dataclass
class Draft:
    """What could be read; a section that could not is ``None``, and its problems are kept."""

    site: Site | None = None
    controller: Controller | None = None
    cookie: Cookie | None = None
    log: Log | None = None
    blocking: Blocking | None = None
    signals: Signals | None = None
    path: str = "/consent"
    effective_from: date | None = None
    announced: UpcomingSetting | None = None
    purposes: list[tuple[str, PurposeSetting]] = field(default_factory=list)
    services: list[tuple[str, UsedService | OwnService]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Keys of sections that have their default only because what was written could not be read."""


def read(settings: Mapping[str, object]) -> Draft:
    """Read every section on its own, so that one mistake does not hide the others."""
    draft = Draft()
    known = [*SECTIONS, *LISTS, *Top.model_fields, UPCOMING]
    draft.problems += [_unknown_key(key, key, known) for key in settings if key not in known]
    for name, model in SECTIONS.items():
        setattr(draft, name, _section(draft, model, settings.get(name, {}), name))
    top = {key: settings[key] for key in Top.model_fields if key in settings}
    parsed = _parsed(draft, Top, top, "")
    if parsed:
        draft.path, draft.effective_from = parsed.path, parsed.effective_from
    if (announced := settings.get(UPCOMING)) is not None:
        draft.announced = _parsed(draft, UpcomingSetting, _besides(announced), UPCOMING)
    for path, table in _tables(draft, settings, "purposes"):
        purpose = _parsed(draft, PurposeSetting, table, path)
        draft.purposes += [(path, purpose)] if purpose else []
    for path, table in _tables(draft, settings, "services"):
        service = _service(draft, table, path)
        draft.services += [(path, service)] if service else []
    return draft


def _besides(announced: object) -> object:
    """What it says of itself; what it changes is read with the rest of what will hold."""
    if not isinstance(announced, Mapping):
        return announced
    return {key: value for key, value in announced.items() if key not in CHANGEABLE}


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """What to write instead of a word that nobody knows."""
    options = sorted(known)
    alias = ALIASES.get(str(word))
    close = [alias] if alias in options else difflib.get_close_matches(str(word), options, 1)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known are: {', '.join(options)}."


def _tables(draft: Draft, settings: Mapping[str, object], key: str) -> Iterator[tuple[str, object]]:
    tables = settings.get(key, ())
    if not isinstance(tables, list | tuple):
        draft.problems.append(
            Problem(Code.WRONG_TYPE, key, "This is not a list.", f"Write [[{key}]] before each.")
        )
        return
    yield from ((f"{key}[{index}]", table) for index, table in enumerate(tables))


def _service(draft: Draft, table: object, path: str) -> UsedService | OwnService | None:
    if not isinstance(table, dict) or "use" not in table:
        return _parsed(draft, OwnService, table, path)
    facts = set(OwnService.model_fields) - set(UsedService.model_fields)
    for key in [key for key in table if key in facts]:
        draft.problems.append(
            Problem(
                Code.NOT_WITH_USE,
                f"{path}.{key}",
                "The catalogue says this of the service, so it cannot be set here.",
                "Leave it out (more hosts: 'extra_hosts'), or declare the service without 'use'.",
            )
        )
    rest = {key: value for key, value in table.items() if key not in facts}
    return _parsed(draft, UsedService, rest, path)


def _section(draft: Draft, model: type[Section], data: object, path: str) -> Section | None:
    """What can be read of it, so that the rest is checked beside the other sections, too."""
    found = _parsed(draft, model, data, path)
    if found is not None or not isinstance(data, Mapping):
        return found
    wrong = {detail["loc"][:1] for detail in _details(model, data)}
    draft.unread |= {_where(loc, path) for loc in wrong}
    with suppress(ValidationError):  # without a key that it needs
        return model.model_validate(_without(data, wrong))
    return None


def _details(model: type[BaseModel], data: object) -> list[ErrorDetails]:
    try:
        model.model_validate(data)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _parsed(draft: Draft, model: type[Section], data: object, path: str) -> Section | None:
    if not (details := _details(model, data)):
        return model.model_validate(data)
    draft.problems += [_problem(model, detail, path) for detail in details]
    unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    if len(unknown) < len(details):
        return None
    # Only unknown keys: what is left can still be checked against the other sections.
    return model.model_validate(_without(data, unknown))


def _without(data: object, locs: Iterable[Loc]) -> object:
    """A copy of nested tables and lists without the keys at ``locs``."""
    gone = set(locs)

    def copy(value: object, at: Loc) -> object:
        if isinstance(value, Mapping):
            return {k: copy(v, (*at, k)) for k, v in value.items() if (*at, k) not in gone}
        if isinstance(value, list | tuple):
            return [copy(each, (*at, index)) for index, each in enumerate(value)]
        return value

    return copy(data, ())


def _problem(model: type[BaseModel], detail: ErrorDetails, path: str) -> Problem:
    where = _where(detail["loc"], path)
    kind = detail["type"]
    if kind == "missing":
        return Problem(Code.MISSING, where, "This key is missing.", "Add it.")
    if kind == "extra_forbidden":
        # The last name that a model on the way knows tells which model refused the key.
        key = detail["loc"][-1]
        return _unknown_key(key, where, _model_at(model, detail["loc"][:-1]).model_fields)
    context = detail.get("ctx", {})
    if kind in {code.value for code in Code}:
        return Problem(Code(kind), where, detail["msg"], context["fix"])
    if kind in ("literal_error", "enum"):
        return _unknown_value(detail, where)
    other = (f"{detail['msg']}.", "Write a value of that type.")
    message, fix = WRONG_TYPES.get(kind.partition("_from")[0], other)
    return Problem(Code.WRONG_TYPE, where, message, fix)


def named(problems: Iterable[Problem], settings: Mapping[str, object]) -> list[Problem]:
    """The same problems, each with the id of the table that it is in."""
    return [replace(each, about=_id_at(each.path, settings)) for each in problems]


def _id_at(path: str, settings: Mapping[str, object]) -> str:
    match = _TABLE.match(path)
    tables = settings.get(match[1]) if match else None
    table = tables[int(match[2])] if match and isinstance(tables, list | tuple) else None
    name = table.get("use", table.get("id")) if isinstance(table, dict) else None
    return name if isinstance(name, str) else ""


def _unknown_key(key: object, where: str, known: Iterable[str]) -> Problem:
    return Problem(Code.UNKNOWN_KEY, where, "Nobody knows this key.", did_you_mean(key, known))


def _unknown_value(detail: ErrorDetails, where: str) -> Problem:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    known = [word.strip("' ") for part in expected.split(",") for word in part.split(" or ")]
    return Problem(
        Code.UNKNOWN_VALUE,
        where,
        f"{detail['input']!r} is not one of the values that this key can have.",
        did_you_mean(detail["input"], known),
    )


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    for name in loc:
        if isinstance(name, str) and name in model.model_fields:
            annotation: Any = model.model_fields[name].annotation
            model = cast("type[BaseModel]", annotation.__args__[0])
    return model


def _where(loc: Loc, path: str) -> str:
    for part in loc:
        path = f"{path}[{part}]" if isinstance(part, int) else f"{path}.{part}" if path else part
    return path
