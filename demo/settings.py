"""A site's configuration file as it is, plus where this demo plays each third party.

A real site needs none of this: there the snippets and the file name the same hosts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from consent import ConsentConfig
from consent.catalog import catalogue
from consent.model import Embed
from demo.addresses import Addresses
from demo.content import HERE

FILES = {
    "boutique": "boutique.toml",
    "claire-smati": "000-claire-smati.toml",
    "petites-stars": "001-petites-stars.toml",
    "customer-labs": "002-customer-labs.toml",
    "la-malle": "003-la-malle.toml",
    "petite-and-so-what": "004-petite-and-so-what.toml",
}


def settings(site: str, addresses: Addresses, log: str, url: str) -> ConsentConfig:
    """The configuration of one site of the demo.

    Raises:
        ConfigError: with every problem of the file.
    """
    table = tomllib.loads(path(site).read_text("utf-8"))
    table["site"]["url"] = url
    table["log"]["url"] = log
    table["services"] = [_played(service, addresses) for service in table["services"]]
    return ConsentConfig(**table)


def path(site: str) -> Path:
    """The TOML file of a site."""
    return HERE / "sites" / FILES[site]


def _played(service: dict[str, Any], addresses: Addresses) -> dict[str, Any]:
    key = "extra_hosts" if "use" in service else "hosts"
    known = catalogue()[service["use"]].hosts if "use" in service else ()
    given = service.get(key, [])
    hosts = [*given, *stand_ins((*known, *given), addresses)]
    embeds = catalogue()[service["use"]].embeds if "use" in service else ()
    played = {key: hosts, "embeds": [_frame(each.embed(), addresses) for each in embeds]}
    return {**service, **{name: value for name, value in played.items() if value}}


def _frame(embed: Embed, addresses: Addresses) -> dict[str, Any]:
    host, _, path = embed.url.removeprefix("https://").partition("/")
    return {"url": f"{addresses.tracker(host)}/{path}", "query": embed.query}


def stand_ins(hosts: Iterable[str], addresses: Addresses) -> list[str]:
    """``*.host/path/`` → where the demo plays it."""
    split = (host.partition("/") for host in hosts)
    return [addresses.tracker_host(name) + slash + rest for name, slash, rest in split]
