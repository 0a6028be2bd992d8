"""What to write into the configuration for a host that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Collection

from consent.catalog import catalogue
from consent.catalog.forms import LONGEST_LINE
from consent.catalog.hosts import covers

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


def to_paste(host: str, *, own: bool = False, declared: Collection[str] = ()) -> str:
    """The TOML that declares ``host``: the catalogue's service, or one of the site's own.

    Args:
        host: as ``HOST``, with its port if that is unusual.
        own: whether it lies on the site's own domain.
        declared: ids of services that the configuration has already.
    """
    known = [each for each in known_as(host) if each not in declared]
    if known:
        others = f"  # or: {', '.join(known[1:])}" if known[1:] else ""
        return USE.format(id=known[0], others=others)
    purpose, hint = OWN if own else ASKED
    name = _NOT_IN_AN_ID.sub("-", host).strip("-")
    ident = (name if name[:1].isalpha() else f"host-{name}")[:LONGEST_ID].rstrip("-")
    line = host[:LONGEST_LINE]
    return NEW.format(id=ident, name=line, host=host, purpose=purpose, hint=hint)


def known_as(host: str) -> list[str]:
    """The ids of the catalogue's services at this host, in the order of the alphabet."""
    name, _, port = host.partition(":")
    return [
        entry.id
        for entry in catalogue().near(name)
        if any(covers(pattern, name) and _port(pattern) == port for pattern in entry.hosts)
    ]


def _port(pattern: str) -> str:
    return pattern.partition("/")[0].partition(":")[2]
