"""What to write into the configuration for a host that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from consent.catalog import catalogue
from consent.catalog.forms import LONGEST_LINE
from consent.catalog.hosts import covers, covers_path

HOST = re.compile(r"(?=.{1,253}(?::|\Z))[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")
"""A host as a URL parser spells it: nothing in it can end a string, a line or a cell of a table."""
LONGEST_ID = 40
_NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")

USE = """[[services]]
use = "{id}"{others}
"""
NEW = """[[services]]
id = "{id}"
name = "{name}"
purpose = "{purpose}"{hint}
hosts = ["{host}"]
"""
ASKED = ("marketing", "  # or what it is for: analytics, preferences, social")
OWN = ("necessary", '  # the site\'s own\nexempt_reason = "no-tracker-resource"')


def to_paste(
    host: str, path: str = "/", *, own: bool = False, declared: Collection[str] = ()
) -> str:
    """The TOML that declares an address: the catalogue's service, or one of the site's own.

    Args:
        host: as ``HOST``, with its port if that is unusual.
        path: what follows it; a query and a fragment are cut off.
        own: whether it lies on the site's own domain.
        declared: ids of services that the configuration has already.
    """
    known = [each for each in known_as(host, path) if each not in declared]
    if known:
        others = f"  # or: {', '.join(known[1:])}" if known[1:] else ""
        return USE.format(id=known[0], others=others)
    purpose, hint = OWN if own else ASKED
    name = _NOT_IN_AN_ID.sub("-", host).strip("-")
    ident = (name if name[:1].isalpha() else f"host-{name}")[:LONGEST_ID].rstrip("-")
    line = host[:LONGEST_LINE]
    return NEW.format(id=ident, name=line, host=host, purpose=purpose, hint=hint)


def known_as(host: str, path: str = "/") -> list[str]:
    """The ids of the catalogue's services at this host, in the order of the alphabet.

    First come those that claim the path, and of these the one that says most of it, as
    ``Owners.of_host`` decides: one host serves a pixel and a button.
    """
    path = re.split(r"[?#]", path, maxsplit=1)[0] or "/"
    claims = _claims(host)
    said = {ident: _length_of_claim(patterns, path) for ident, patterns in claims.items()}
    return sorted(claims, key=lambda ident: (-said[ident], ident))


@lru_cache(maxsize=1024)
def _claims(host: str) -> Mapping[str, Sequence[str]]:
    """The services of the catalogue at this host, and the paths that they claim there."""
    name, _, port = host.partition(":")
    found = {
        entry.id: [
            _path(pattern)
            for pattern in entry.hosts
            if covers(pattern, name) and _port(pattern) == port
        ]
        for entry in catalogue().near(name)
    }
    return {ident: paths for ident, paths in found.items() if paths}


def _length_of_claim(patterns: Iterable[str], path: str) -> int:
    """Of the longest pattern that takes in the path; 0 where none does."""
    return max((len(each) for each in patterns if covers_path(each, path)), default=0)


def _port(pattern: str) -> str:
    return pattern.partition("/")[0].partition(":")[2]


def _path(pattern: str) -> str:
    return "/" + pattern.partition("/")[2]
