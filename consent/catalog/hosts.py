"""Host patterns: what a service may claim, in the one spelling that is matched and sent."""

from __future__ import annotations

import re

import ada_url

from consent.catalog.problems import wrong
from consent.errors import Code

# What ends up in a Content-Security-Policy must not be able to end a directive, add a source
# or start a new header line (edges.md C16): the grammar is an allow-list, nothing is escaped.
_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_NOT_IN_A_NAME = re.compile(r"[/:@?#\\%\s\x00-\x1f\x7f]")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&()+=:@/-]|%[0-9A-Fa-f]{2})*")
_IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_FIX = "Write it as 'cdn.example.com', '*.example.com', 'example.com:8443' or 'example.com/maps/'."
HTTPS_PORT = "443"
HIGHEST_PORT = 65535


def host_name(text: str) -> str:
    """A bare host name in lower-case ASCII (IDNA), as a browser would spell it.

    Raises:
        PydanticCustomError: it is not a name that a Content-Security-Policy can carry.
    """
    # The URL parser also takes "a/b", "a:1" and "u@a" apart; none of these is a name.
    whole = "" if _NOT_IN_A_NAME.search(text) else f"https://{text}/"
    name = str(ada_url.URL(whole).hostname) if ada_url.URL.can_parse(whole) else ""
    if not _NAME.fullmatch(name):
        raise wrong(Code.HOST, f"{text!r} is not a host.", _FIX)
    return name


def host_pattern(text: str) -> str:
    """A claim on a host in its one spelling: see ``model.Service.hosts``.

    Raises:
        PydanticCustomError: it is not such a pattern.
    """
    if "://" in text:
        raise wrong(Code.HOST, f"{text!r} has a scheme.", f"Leave it out. {_FIX}")
    authority, slash, rest = text.partition("/")
    star, name = ("*.", authority[2:]) if authority.startswith("*.") else ("", authority)
    bare, colon, port = name.partition(":")
    if slash and not _PATH.fullmatch(slash + rest):
        raise wrong(Code.HOST, f"{text!r} has a path that a browser cannot match.", _FIX)
    if colon and not (_PORT.fullmatch(port) and int(port) <= HIGHEST_PORT):
        raise wrong(Code.HOST, f"{text!r} has no usable port.", _FIX)
    host = host_name(bare)
    if star and (_IPV4.fullmatch(host) or ("." not in host and host != "localhost")):
        raise wrong(Code.HOST, f"{text!r} would claim a whole top-level domain.", _FIX)
    shown = "" if port in ("", HTTPS_PORT) else f":{port}"
    return f"{star}{host}{shown}{slash}{rest}"


def covers(pattern: str, host: str) -> bool:
    """Whether a host or wildcard pattern, paths aside, takes in a bare host name."""
    claimed = pattern.partition("/")[0].partition(":")[0]
    return host.endswith(claimed[1:]) if claimed.startswith("*.") else claimed == host


def covers_path(pattern: str, path: str) -> bool:
    """As in a CSP: a prefix where it ends in a slash, else the path itself."""
    return path.startswith(pattern) if pattern.endswith("/") else path == pattern
