"""Raw ``Cookie`` header → the values of one cookie: bytes compared with bytes, nothing unquoted."""

from __future__ import annotations

from collections.abc import Iterable

# RFC 6265 §4.2.1 and 5.2: only these surround a pair. ``str.strip`` also removes U+00A0 and U+0085,
# which lets a subdomain plant a cookie under a ``__Host-`` name (edges.md C9).
BLANK = b" \t"


def values_of(name: bytes, headers: Iterable[bytes]) -> list[bytes]:
    """Every value sent under exactly ``name``, in order; time is linear in the headers (C11).

    A pair without ``=`` has no name, and one that starts with ``=`` has an empty one: neither is
    ours, whatever its value looks like (C10).
    """
    found: list[bytes] = []
    for header in headers:
        if name in header:
            found.extend(_matching(name, header))
    return found


def _matching(name: bytes, header: bytes) -> Iterable[bytes]:
    for pair in header.split(b";"):
        key, equals, value = pair.partition(b"=")
        if equals and key.strip(BLANK) == name:
            yield value.strip(BLANK)
