"""Which tests start other processes: servers, databases, writers, programs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest

STARTERS = {"tests.asgi.serving", "tests.log.crew", "tests.log.postgresql"}
"""Modules whose things do."""


def starts_processes(item: pytest.Function) -> bool:
    """Whether the test, or what it is given, names any of them or ``subprocess``.

    That is read from the code, so that nobody has to remember a mark.
    """
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    given = item._fixtureinfo.name2fixturedefs.values()
    functions = [item.function, *(each.func for several in given for each in several)]
    return "postgresql" in chosen or any(_starts(each, set()) for each in functions)


def _starts(function: Callable[..., Any], seen: set[Any]) -> bool:
    """It, or a function or class beside it that it names."""
    seen.add(function)
    named = [function.__globals__.get(name) for name in _names(function.__code__)]
    return any(_is_starter(value) or _leads_there(value, function, seen) for value in named)


def _leads_there(value: Any, by: Callable[..., Any], seen: set[Any]) -> bool:
    """Whether this one, of the same module and not looked at so far, starts any."""
    is_near = isinstance(value, FunctionType) and value.__module__ == by.__module__
    return is_near and value not in seen and _starts(value, seen)


def _is_starter(value: object) -> bool:
    if isinstance(value, type):
        return any(each.__module__ in STARTERS for each in value.__mro__)
    return value is subprocess or getattr(value, "__module__", "") in STARTERS


def _names(code: CodeType) -> Iterator[str]:
    """All that it names, in what is defined inside it as well."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)
