"""Where a form may send its visitor afterwards."""

from __future__ import annotations

import re

OWN = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def local_path(given: object) -> str:
    """A path of this site; anything that leads elsewhere becomes the home page."""
    return given if isinstance(given, str) and OWN.fullmatch(given) else "/"
