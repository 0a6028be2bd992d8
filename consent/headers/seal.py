"""The seal: a second Content-Security-Policy that restrains hosts, only hosts (design.md §3)."""

from __future__ import annotations

import re
from functools import lru_cache

from consent.headers.content_type import Kind
from consent.policy import Ruling

DOCUMENTS = frozenset({b"document", b"iframe", b"frame", b"embed", b"object", b"fencedframe"})
WORKERS = frozenset({b"worker", b"sharedworker", b"serviceworker"})
# A response fetched for one of these is never a document nor a worker.
PASSIVE = frozenset({b"image", b"font", b"style", b"audio", b"video", b"track"})

# No nonce or hash (it would void 'unsafe-inline'), no form-action (POST → 303 → bank), no webrtc.
DEFAULT = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: filesystem: mediastream: about:"
)
FRAMES = "frame-src 'self' data: blob: about: javascript:"
# CSP Level 3 §2.3.1, host-source: nothing here can end a source, a directive or the header.
SOURCE = re.compile(
    r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(?::(?:[0-9]{1,5}|\*))?"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+=:@/-]|%[0-9A-Fa-f]{2})*)?"
)
NONCE = re.compile(rb"'nonce-([A-Za-z0-9+/_=-]+)'", re.IGNORECASE)
SEALS_KEPT = 4096


def is_sealed(kind: Kind, dest: bytes | None) -> bool:
    """Can this response become a document or a worker, which obeys the policy it came with?

    Args:
        kind: what its Content-Type says.
        dest: Sec-Fetch-Dest of the request; browsers leave it out on plain HTTP.
    """
    if dest in DOCUMENTS or dest in WORKERS:
        return True
    if dest in PASSIVE or dest == b"script":
        return False
    return kind is not Kind.PASSIVE


def is_two_faced(kind: Kind, dest: bytes | None) -> bool:
    """Left unsealed here, but sealed where the same address is opened as a page or a worker.

    A cache must keep the two apart, or the browser's own would open the unsealed one.
    """
    return kind is not Kind.PASSIVE and not is_sealed(kind, dest)


@lru_cache(maxsize=SEALS_KEPT)
def seal(ruling: Ruling, *, secure: bool) -> bytes:
    """The header's value.

    Args:
        ruling: whose hosts are let through; shared by requests, hence a good key.
        secure: whether the page came over https; over plain http its hosts may be plain, too.
    """
    hosts = [host for pattern in ruling.hosts() for host in _sources(pattern, secure=secure)]
    return "; ".join(" ".join([policy, *hosts]) for policy in (DEFAULT, FRAMES)).encode("ascii")


def _sources(pattern: str, *, secure: bool) -> list[str]:
    # https: does not cover wss: in every browser, so a host is named for each scheme. What CSP
    # cannot name (a trailing dot, an IPv6 address) stays out, and so stays held.
    if not SOURCE.fullmatch(pattern):
        return []
    schemes = ("https", "wss") if secure else ("https", "wss", "http", "ws")
    return [f"{scheme}://{pattern}" for scheme in schemes]


def nonces(policies: list[bytes]) -> frozenset[str]:
    """The nonces of the site's own policies."""
    return frozenset(nonce.decode("ascii") for value in policies for nonce in NONCE.findall(value))
