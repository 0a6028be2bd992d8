"""The services and purposes that everybody knows, as data: one TOML file a family."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from consent.catalog.forms import LANGUAGES
from consent.catalog.schema import Entry, PurposeEntry
from consent.model import Purpose

__all__ = ["LANGUAGES", "Catalogue", "Entry", "catalogue", "purposes"]

# How an entry begins in the files.
_BEGIN = re.compile(r'^\[\[services\]\]\nid = "([a-z0-9-]+)"\n', re.MULTILINE)


class Catalogue(Mapping[str, Entry]):
    """Services by their id, in the order of the alphabet; an entry is parsed when it is asked for.

    A site uses some ten of several hundred services: parsing all would take most of its start.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        parts = [_BEGIN.split(text)[1:] for text in texts]
        pairs = [pair for each in parts for pair in zip(each[::2], each[1::2], strict=True)]
        self._texts = dict(sorted(pairs))
        self._entries: dict[str, Entry] = {}

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            facts = tomllib.loads(self._texts[name])
            self._entries[name] = Entry.model_validate({"id": name, **facts})
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def near(self, host: str) -> Iterator[Entry]:
        """Every service that can claim ``host`` (or what it stands for), and perhaps some more."""
        name = host.partition("/")[0].partition(":")[0]
        domain = ".".join(name.split(".")[-2:])
        return (self[ident] for ident, text in self._texts.items() if domain in text)


def _texts(folder: str) -> Iterator[str]:
    root = files("consent.catalog").joinpath(folder)
    for file in sorted(root.iterdir(), key=lambda each: each.name):
        yield file.read_text("utf-8")


@cache
def catalogue() -> Catalogue:
    """Every service of the catalogue; the files are read once."""
    return Catalogue(_texts("services"))


@cache
def purposes() -> Mapping[str, Purpose]:
    """The built-in purposes by their id, in the order in which they are shown."""
    tables = [table for text in _texts("texts") for table in tomllib.loads(text)["purposes"]]
    entries = [PurposeEntry.model_validate(table) for table in tables]
    return MappingProxyType({entry.id: entry.purpose() for entry in entries})
