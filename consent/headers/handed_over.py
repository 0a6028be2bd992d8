"""Files that a server in front sends in the place of the body: they never pass here (H11)."""

from __future__ import annotations

from collections.abc import Mapping

# Of nginx, of Apache and Caddy, of lighttpd, of Perlbal.
NAMES = frozenset(
    {
        b"x-accel-redirect",
        b"x-sendfile",
        b"x-lighttpd-send-file",
        b"x-reproxy-file",
        b"x-reproxy-url",
    }
)
PAGES = (b".html", b".htm", b".shtml")


def is_handed_over(headers: Mapping[bytes, bytes]) -> bool:
    """Does another server send the body of this response?"""
    return not NAMES.isdisjoint(headers)


def is_named_as_page(headers: Mapping[bytes, bytes]) -> bool:
    """Would that server call it a page, if the site did not say what it is?"""
    paths = (headers[name].partition(b"?")[0] for name in NAMES.intersection(headers))
    return any(path.strip().lower().endswith(PAGES) for path in paths)
