"""The seal: a second Content-Security-Policy that restrains hosts, only hosts (design.md §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
# Nothing holds the calls of a document in a data: URL (WebRTC), which is of an origin of its own.
BARE_FRAMES = "frame-src 'self' blob: about: javascript:"
BARE_OBJECTS = "object-src 'self' blob: filesystem:"
# Nor, in WebKit, anything that a worker of data: asks for.
BARE_WORKERS = "worker-src 'self' blob: filesystem:"
# CSP Level 3 §2.3.1, host-source: nothing here can end a source, a directive or the header.
SOURCE = re.compile(
    r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(?::(?:[0-9]{1,5}|\*))?"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+=:@/-]|%[0-9A-Fa-f]{2})*)?"
)
PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&()*+=:@-]+)+")
"""Of an address on the site, that can end neither a directive nor a string."""
GROUP = "consent-seal"
"""Its name in Reporting-Endpoints: one that a site would not choose for its own."""
SEALS_KEPT = 256
"""Few: each keeps its ruling, and whoever asks chooses the Host that a ruling is for."""


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
def seal(
    ruling: Ruling,
    *,
    secure: bool,
    report: str = "",
    strict: bool = False,
    forgetful: bool = False,
) -> bytes:
    """The value of Content-Security-Policy.

    Args:
        ruling: whose hosts are let through; shared by requests, hence a good key.
        secure: whether the page came over https; over plain http its hosts may be plain, too.
        report: path that the browser tells what it refused, in ASCII; "" for none.
        strict: whether it stands beside ``connections``: then nothing of data: is in a frame.
        forgetful: whether the browser gives frames and workers of data: no policy: then none is.
    """
    schemes = ("https", "wss") if secure else ("https", "wss", "http", "ws")
    # https: does not cover wss: in every browser, so a host is named for each scheme.
    hosts = [f"{scheme}://{each}" for each in _named(ruling) for scheme in schemes]
    policies = [DEFAULT, BARE_FRAMES if strict or forgetful else FRAMES]
    policies += [BARE_OBJECTS] * strict + [BARE_WORKERS] * forgetful
    directives = [" ".join([policy, *hosts]) for policy in policies]
    if report and PATH.fullmatch(report):
        # Browsers that know report-to leave report-uri alone.
        directives += [f"report-uri {report}", f"report-to {GROUP}"]
    return "; ".join(directives).encode("ascii")


@lru_cache(maxsize=SEALS_KEPT)
def connections(ruling: Ruling, *, secure: bool) -> bytes:
    """The value of Connection-Allowlist: the same hosts, before any connection is opened.

    Chromium 152 and newer enforce it, without WebRTC (https://wicg.github.io/connection-allowlists/).
    Paths are left to the seal. Redirects are let through, or a page's own form that answers 303
    would end in an error page; where they lead, the seal and ``leads_astray`` look.
    """
    schemes = ("https",) if secure else ("https", "http")
    hosts = dict.fromkeys(each.partition("/")[0] for each in _named(ruling))
    patterns = [f'"{scheme}://{host}"' for host in hosts for scheme in schemes]
    return f"({' '.join(['response-origin', *patterns])});redirects=allow".encode("ascii")


def endpoints(report: str) -> bytes:
    """The member of Reporting-Endpoints that ``report-to`` refers to; "" for no path at all."""
    return f'{GROUP}="{report}"'.encode("ascii") if PATH.fullmatch(report) else b""


def _named(ruling: Ruling) -> Iterator[str]:
    # What CSP cannot name (a trailing dot, an IPv6 address) stays out, and so stays held.
    return (pattern for pattern in ruling.hosts() if SOURCE.fullmatch(pattern))
