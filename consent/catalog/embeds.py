"""A frame's address, built again from a pattern of its service: nothing else of it gets through."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from ada_url import URL

from consent.model import Embed

LONGEST = 2000
"""Characters of an address; it travels in a form and in a token."""
_NAMED = re.compile(r"\\\{[a-z]+\\\}")
_LABEL, _SEGMENT = "[a-z0-9_-]+", "[A-Za-z0-9._~-]+"


def rebuilt(embeds: tuple[Embed, ...], url: str) -> str | None:
    """The address that one of ``embeds`` allows for this absolute one; else None.

    It is over TLS, unless the pattern is of the machine itself.

    Keys of the query that the pattern does not know, credentials and the fragment are left out.
    """
    try:
        asked = URL(url)
    except ValueError:
        return None
    if asked.protocol not in ("https:", "http:") or len(asked.href) > LONGEST:
        return None
    for embed in embeds:
        scheme, _, _ = embed.url.partition("//")
        place = f"{scheme}//{asked.host}{asked.pathname}"
        if _pattern(embed.url).fullmatch(place):
            pairs = parse_qsl(asked.search[1:], keep_blank_values=True)
            kept = urlencode([pair for pair in pairs if pair[0] in embed.query], quote_via=quote)
            return f"{place}?{kept}" if kept else place
    return None


def host_of(embed: Embed) -> str:
    """A host that the pattern allows."""
    return (urlsplit(embed.url).hostname or "").replace("{", "").replace("}", "")


@lru_cache(maxsize=1024)
def _pattern(url: str) -> re.Pattern[str]:
    scheme, _, rest = url.partition("//")
    host, slash, path = re.escape(rest).partition("/")
    named = _NAMED.sub(_LABEL, host) + slash + _NAMED.sub(_SEGMENT, path)
    return re.compile(f"{scheme}//{named}")
