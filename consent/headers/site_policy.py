"""What the site's own Content-Security-Policy lets us do on its page: read, never changed."""

from __future__ import annotations

from collections.abc import Iterable

Directives = dict[bytes, frozenset[bytes]]


def policies(values: Iterable[bytes]) -> list[Directives]:
    """Each policy's directives by name, in lower case; the first of two counts (CSP 3 §2.2.1)."""
    return [_directives(policy) for value in values for policy in value.split(b",")]


def is_strict(found: Iterable[Directives]) -> bool:
    """Does one of them trust whatever a trusted script inserts (``'strict-dynamic'``)?"""
    return any(b"'strict-dynamic'" in sources for one in found for sources in one.values())


def is_typed(found: Iterable[Directives]) -> bool:
    """Does one of them want Trusted Types, so that no script can be made from text?"""
    return any(b"require-trusted-types-for" in one for one in found)


def opens_own(found: Iterable[Directives], origin: str) -> bool:
    """Do all of them let a frame of the page send a form to the site and show what comes back?"""
    scheme, _, host = origin.lower().partition("//")
    own = {b"'self'", b"*", *(each.encode() for each in (origin.lower(), scheme, host))}
    return all(
        _allows(one, own, b"frame-src", b"child-src", b"default-src")
        and _allows(one, own, b"form-action")
        for one in found
    )


def _allows(policy: Directives, own: set[bytes], *names: bytes) -> bool:
    sources = next((policy[name] for name in names if name in policy), None)
    return sources is None or not own.isdisjoint(sources)


def _directives(policy: bytes) -> Directives:
    read: Directives = {}
    for directive in policy.lower().split(b";"):
        name, *sources = directive.split() or [b""]
        read.setdefault(name, frozenset(sources))
    return read
