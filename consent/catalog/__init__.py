"""The services and purposes that everybody knows, as data: one TOML file a family."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from consent.catalog.forms import LANGUAGES
from consent.catalog.schema import Entry, PurposeEntry
from consent.model import Purpose

__all__ = ["LANGUAGES", "Entry", "catalogue", "purposes"]


def _tables(folder: str, key: str) -> Iterator[dict[str, Any]]:
    root = files("consent.catalog").joinpath(folder)
    for file in sorted(root.iterdir(), key=lambda each: each.name):
        yield from tomllib.loads(file.read_text("utf-8"))[key]


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every service of the catalogue by its id; read once."""
    entries = [Entry.model_validate(table) for table in _tables("services", "services")]
    return MappingProxyType({entry.id: entry for entry in sorted(entries, key=lambda e: e.id)})


@cache
def purposes() -> Mapping[str, Purpose]:
    """The built-in purposes by their id, in the order in which they are shown."""
    entries = [PurposeEntry.model_validate(table) for table in _tables("texts", "purposes")]
    return MappingProxyType({entry.id: entry.purpose() for entry in entries})
