"""Inline scripts as sites have them: what loads a service, and what only speaks of one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

LITERAL = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`""")

SPREAD = re.compile(r"\s*([)}\],:;{]|(?<![=!<>|&])=(?![=>])|(?<![\w$\s])[(\[])\s*")


def in_pieces(script: str) -> list[str]:
    """What is code, and between that what is in quotes."""
    pieces, at = [], 0
    for literal in LITERAL.finditer(script):
        pieces += [script[at : literal.start()], literal.group()]
        at = literal.end()
    return [*pieces, script[at:]]


def minified(script: str) -> str:
    """As a minifier prints it: no space that is not needed, double quotes."""
    code, quoted = in_pieces(script)[::2], in_pieces(script)[1::2]
    bare = [re.sub(r"\s*([^\w$\s])\s*", r"\1", re.sub(r"\s+", " ", each)) for each in code]
    double = [f'"{each[1:-1]}"' if '"' not in each[1:-1] else each for each in quoted]
    return "".join(one + other for one, other in zip(bare, [*double, ""], strict=True)).strip()


def spaced(script: str) -> str:
    """As a generous formatter prints it: lines and spaces all over, but none before a call."""
    code, quoted = in_pieces(script)[::2], in_pieces(script)[1::2]
    wide = [
        re.sub(r"(?<=[\w$])([(\[])\s*", r"\1\n  ", SPREAD.sub(r" \1\n  ", each)) for each in code
    ]
    single = [f"'{each[1:-1]}'" if "'" not in each[1:-1] else each for each in quoted]
    return "".join(one + other for one, other in zip(wide, [*single, ""], strict=True))


def _read() -> tuple[tuple[str, str], ...]:
    files = sorted((Path(__file__).parent / "loaders").glob("*.toml"))
    tables = [tomllib.loads(file.read_text("utf-8")) for file in files]
    return tuple((name, script) for each in tables for name in each for script in each[name])


LOADERS = _read()
"""Service and a part of a script that sets it up."""

SHAPES = tuple(
    (name, shape(script)) for name, script in LOADERS for shape in (str, minified, spaced)
)
"""The same, as written, as minified and as formatted."""

INNOCENT = (
    'var links = ["https://www.google-analytics.com/analytics.js", "connect.facebook.net"];',
    "var blocked = { 'www.googletagmanager.com': true, 'static.hotjar.com': true };",
    "if (location.host !== 'www.youtube.com') { show(); }",
    "window.dataLayer = window.dataLayer || []; dataLayer.push({ event: 'order' });",
    "gtag('consent', 'default', { ad_storage: 'denied' });",
    "if (typeof fbq === 'function') { console.log('pixel'); }",
    'var text = "We use Hotjar, Clarity and the Meta pixel (see fbevents.js).";',
    "var share = 'https://www.facebook.com/sharer/sharer.php?u=' + location.href;",
    "var share = 'https://pinterest.com/pin/create/button/?url=' + location.href;",
    "document.querySelector('iframe[src*=\"player.vimeo.com\"]').remove();",
    "var cookies = ['_ga', '_gid', '_fbp', '_hjid', '_pk_id'];",
    "config('G-1234'); saga('create', 1); onga('create', 2);",
    "var known = ['https://connect.facebook.net/en_US/fbevents.js', '//bat.bing.com/bat.js'];",
    "var tag = 'https://www.googletagmanager.com/gtag/js'; show(tag);",
    "button.onclick = function () { if (window.gtag) gtag('event', 'click'); add(); };",
    "map.src = '/static/map.png'; fetch('/maps/api/js?key=k');",
    "",
)
"""Scripts that load nothing of anybody."""
