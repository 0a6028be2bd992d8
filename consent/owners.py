"""Whose is this host, cookie or script? What the services of one configuration claim."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from consent.catalog.hosts import covers_path
from consent.catalog.snippets import Snippet
from consent.model import Service


class Claim(NamedTuple):
    """One host pattern of one service, taken apart."""

    port: str
    path: str
    service: Service


class Owners:
    """The claims of all services; compiled once, shared by all requests."""

    def __init__(self, services: Iterable[Service]) -> None:
        services = tuple(services)
        self._exact: dict[str, list[Claim]] = {}
        self._below: dict[str, list[Claim]] = {}
        for service in services:
            for pattern in service.hosts:
                self._claim(pattern, service)
        self._deepest = max((name.count(".") for name in self._below), default=0)
        self._cookies = tuple(
            (glob(item.name), service)
            for service in services
            for item in service.items
            if item.kind == "cookie" and not item.third_party
        )
        self._any_cookie = re.compile(
            "|".join(sorted({pattern.pattern for pattern, _ in self._cookies})) or r"(?!)", re.S
        )
        self._snippets = tuple(
            (Snippet(snippet), service) for service in services for snippet in service.snippets
        )

    def _claim(self, pattern: str, service: Service) -> None:
        host, _, path = pattern.partition("/")
        name, _, port = host.partition(":")
        index = self._below if name.startswith("*.") else self._exact
        claims = index.setdefault(name.removeprefix("*."), [])
        claims.append(Claim(port, _unescaped("/" + path), service))
        # Where one host serves two purposes, the longer path says more: it is asked first.
        claims.sort(key=lambda claim: (-len(claim.path), claim.service.id))

    def of_host(self, hostname: str, port: str, path: str) -> Claim | None:
        """Whose host is this? The exact name before a wildcard, the longest path first."""
        path = _unescaped(path)
        found = _match(self._exact.get(hostname, ()), port, path)
        for parent in self._parents(hostname) if found is None else ():
            found = _match(self._below.get(parent, ()), port, path)
            if found is not None:
                break
        return found

    def _parents(self, hostname: str) -> Iterator[str]:
        """The names above a host that may be claimed with a wildcard, the longest first.

        A name of thousands of labels, which no host has, costs no more than its length.
        """
        parts = hostname.rsplit(".", self._deepest + 1)
        parent = hostname[len(parts[0]) + 1 :]
        while parent:
            yield parent
            parent = parent.partition(".")[2]

    def of_cookie(self, name: str) -> list[Service]:
        """The services that declare a first-party cookie of this name."""
        # One pattern for all: nearly every name is nobody's.
        if self._any_cookie.match(name) is None:
            return []
        return [service for pattern, service in self._cookies if pattern.match(name)]

    def of_script(self, text: str, among: frozenset[str]) -> Service | None:
        """The first of the services ``among`` whose inline loader ``text`` contains."""
        for snippet, service in self._snippets:
            if service.id in among and snippet.is_in(text):
                return service
        return None

    def claims(self) -> list[tuple[str, list[Claim]]]:
        """Every host name that is claimed, ``*.`` before those of subdomains, and by whom."""
        below = [(f"*.{name}", claims) for name, claims in self._below.items()]
        return sorted([*self._exact.items(), *below])

    def divided(self, hostname: str) -> bool:
        """Does it depend on the path whose host this is?"""
        claims = [*self._exact.get(hostname, ())]
        for parent in self._parents(hostname):
            claims += self._below.get(parent, ())
        return any(claim.path != "/" for claim in claims)

    def claimed_below(self, domain: str, *, but: frozenset[str]) -> frozenset[str]:
        """The services that claim a host of ``domain`` (as behind a CNAME) ``but`` these hosts."""
        return frozenset(
            claim.service.id
            for index in (self._exact, self._below)
            for host, claims in index.items()
            if host not in but and (host == domain or host.endswith(f".{domain}"))
            for claim in claims
        )


def glob(pattern: str) -> re.Pattern[str]:
    """Only ``*`` is special: cookies are called ``a[b]``, too."""
    return re.compile(".*".join(map(re.escape, pattern.split("*"))) + r"\Z", re.S)


def paths_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """The pages that patterns of the configuration name; none for no pattern.

    A path that leads back up is none of them: browsers send ``/a/..%2fb`` as it is, and what a
    site makes of that (Starlette's ``StaticFiles``, for one) is its ``/b``.
    """
    named = "|".join(f"(?:{glob(pattern).pattern})" for pattern in patterns) or r"(?!)"
    return re.compile(rf"(?={named})(?!.*[/\\]\.\.(?:[/\\]|\Z))", re.S)


def _match(claims: Iterable[Claim], port: str, path: str) -> Claim | None:
    for claim in claims:
        if claim.port == port and covers_path(claim.path, path):
            return claim
    return None


def _unescaped(path: str) -> str:
    """As servers read it, and CSP compares it: every ``%61`` an ``a``."""
    return unquote(path, encoding="latin-1")
