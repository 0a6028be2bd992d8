"""The report of a dossier as a browser shows it: its texts, and the figures that are marked in it.

Read by a grammar much narrower than HTML's, in which a browser can see nothing else: who has the
log's key writes the page as he likes, and what he hides from one reader he could show to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

DOCTYPE = "<!doctype html>\n"
PIECE = re.compile(
    r'<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<attributes>(?: [a-z-]+="[^"<>]*")*)>|(?P<text>[^<]+)'
)
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
VOID = frozenset({"meta", "img", "br"})
ROWS = {
    "table": {"caption", "thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
}
"""A browser moves to another place what stands between rows and cells."""
TAGS = re.compile(
    "html|head|meta|title|style|body|header|main|section|article|figure|figcaption|div|h[1-4]|p|pre"
    "|blockquote|code|ul|li|dl|dt|dd|a|img|br|span|strong|data|time|table|caption|thead|tbody|t[rhd]"
).fullmatch
"""What a page for reading needs; nothing that draws, hides, runs or sends."""
ATTRIBUTES = re.compile(
    "alt|aria-label|aria-labelledby|charset|class|content|datetime|href|http-equiv|id|lang|name|role"
    "|scope|src|tabindex|value"
).fullmatch
POLICY = "Content-Security-Policy"
READ_OUT = ("alt", "aria-label")
STYLES = frozenset({"42d741d0867389cb5bd67719a0fe20c50324c5c96716601e522178e136327f95"})
"""SHA-256 of the style sheets that reports have had: a style hides texts, and writes others."""
DEEPEST = 32
"""Elements in each other; a report has some ten."""
LONGEST_TITLE = 1000
LARGEST = 16 << 20
"""Characters; one with a hundred notices of fifty services has some two million."""
OVERRIDES = re.compile("[\u202a-\u202e]")
"""Characters that turn round how what follows is shown: 30 as 03."""


class Shown(NamedTuple):
    """A figure of the report."""

    value: str
    """As ``dossier.json`` has it."""
    text: str
    """As it is read."""


class Page:
    """What is found in it while it is read.

    Raises:
        ValueError: it is not a page of that grammar.
    """

    def __init__(self, page: str, names: frozenset[str]) -> None:
        self.lang = ""
        self.figures: list[Shown] = []
        self.found: list[str] = []
        self.texts: list[str] = []
        """Those that are not marked as figures."""
        self._names = names
        self._open: list[str] = []
        self._titles = {"title": "", "h1": ""}
        for piece in _pieces(page):
            if text := piece["text"]:
                self._text(unescape(text))
            elif piece["end"]:
                self._close(piece)
            else:
                self._begin(piece["tag"], piece["attributes"])
        if self._open:
            raise ValueError(f"{self._open[-1]} is not closed")
        if self._titles["title"] != self._titles["h1"]:
            raise ValueError("has another title than the one that is shown")

    def _begin(self, tag: str, written: str) -> None:
        pairs = ATTRIBUTE.findall(written)
        attributes = {name: unescape(value) for name, value in pairs}
        inside = self._open[-1] if self._open else ""
        if not TAGS(tag) or not all(map(ATTRIBUTES, attributes)) or len(attributes) < len(pairs):
            raise ValueError(f"has a {tag}{written:.80}")
        if inside in ("title", "style", "data", "time") or tag not in ROWS.get(inside, {tag}):
            raise ValueError(f"has a {tag} in a {inside}")
        if attributes.get("http-equiv", POLICY) != POLICY:
            raise ValueError(f"has a {tag}{written:.80}")
        for name in ("src", "href"):
            if name in attributes and not self._is_here(attributes[name]):
                self.found.append(f"leads to {attributes[name]!r:.80}")
        self.texts += [attributes[name] for name in READ_OUT if name in attributes]
        if tag == "html":
            self.lang = attributes.get("lang", "")
        if tag in ("data", "time"):
            value = attributes["value" if tag == "data" else "datetime"]
            self.figures.append(Shown(value, ""))
        if tag not in VOID:
            self._open.append(tag)
        if len(self._open) > DEEPEST:
            raise ValueError("nested too deeply")

    def _close(self, piece: re.Match[str]) -> None:
        if not self._open or self._open.pop() != piece["tag"] or piece["attributes"]:
            raise ValueError(f"{piece['tag']} is closed and was not open")

    def _text(self, text: str) -> None:
        tag = self._open[-1] if self._open else ""
        for title in self._titles.keys() & set(self._open):
            self._titles[title] += text
            if len(self._titles[title]) > LONGEST_TITLE:
                raise ValueError("has a title without an end")
        if OVERRIDES.search(text):
            raise ValueError("turns round what is read")
        if tag in ("data", "time"):
            self.figures[-1] = Shown(self.figures[-1].value, text)
        elif tag == "style":
            if sha256(text.strip().encode()).hexdigest() not in STYLES:
                self.found.append("has a style that no report had")
        elif tag in ROWS and text.strip():
            raise ValueError(f"has a text in a {tag}")
        elif tag != "title":
            self.texts.append(text)

    def _is_here(self, address: str) -> bool:
        parts = urlsplit(address)
        return not (parts.scheme or parts.netloc) and parts.path in self._names


def _pieces(page: str) -> Iterator[re.Match[str]]:
    if not page.startswith(DOCTYPE) or len(page) > LARGEST:
        raise ValueError("does not begin as it has to, or has no end")
    position = len(DOCTYPE)
    while position < len(page):
        piece = PIECE.match(page, position)
        if piece is None:
            raise ValueError(f"is not of the form of a report: {page[position:][:40]!r}")
        yield piece
        position = piece.end()
