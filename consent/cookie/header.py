"""Raw ``Cookie`` header → the values of one cookie: bytes compared with bytes, nothing unquoted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# RFC 6265 §4.2.1 and 5.2: only these surround a pair. ``str.strip`` also removes U+00A0 and U+0085,
# which lets a subdomain plant a cookie under a ``__Host-`` name (edges.md C9).
BLANK = b" \t"


def values_of(name: bytes, headers: Iterable[bytes]) -> list[bytes]:
    """Every value sent under exactly ``name``, in order; time is linear in the headers (C11).

    A pair without ``=`` has no name, and one that starts with ``=`` has an empty one: neither is
    ours, whatever its value looks like (C10).
    """
    find = _pattern(name).findall
    return [value.strip(BLANK) for header in headers for value in find(header)]


@lru_cache(maxsize=16)
def _pattern(name: bytes) -> re.Pattern[bytes]:
    # Asked on every request: half the time of splitting the header into pairs.
    return re.compile(rb"(?:^|;)[ \t]*" + re.escape(name) + rb"[ \t]*=([^;]*)")
