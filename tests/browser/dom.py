"""The addresses in the tree that Chromium builds, beside those that the rewriter judges."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from playwright.sync_api import Page

from consent.html import rewriter
from consent.html.judge import Judge
from consent.html.names import ANY_TAG, BY_TAG, LOADING_RELS, SCRIPT_TYPES, Kind
from consent.html.rewriter import HtmlRewriter
from consent.model import Verdict
from tests.html.rewriting import URL, ruling

HERE = Path(__file__).parent
BUILT = (HERE / "dom_built.js").read_text("utf-8")
LIVE = (HERE / "dom_live.js").read_text("utf-8")


class Recorder(Judge):
    """Holds nothing, and remembers what it was asked."""

    def __init__(self, *about: Any, **how: Any) -> None:
        super().__init__(*about, **how)
        self.at_home = False
        self.asked: set[str] = set()

    def url(self, value: str) -> Verdict | None:
        self.asked.add(" ".join(value.split()))
        return None

    def copy(self) -> Judge:
        return self


def judged(page: str) -> set[str]:
    """The addresses that the rewriter asks about, no short cut taken."""
    with patch.object(rewriter, "Judge", Recorder):
        reader = HtmlRewriter(ruling(), url=URL, charset="utf-8")
    reader.feed(page.encode("utf-8", "surrogatepass"))
    reader.close()
    recorder = reader._judge
    assert isinstance(recorder, Recorder)
    return _named(recorder.asked)


def built(browser_page: Page, pages: list[str]) -> list[set[str]]:
    """The addresses that Chromium's trees hold."""
    tables = {
        tag: {name: kind.name for name, kind in names.items()} for tag, names in BY_TAG.items()
    }
    everywhere = {name: kind.name for name, kind in ANY_TAG.items()}
    rels, types = sorted(LOADING_RELS), sorted(SCRIPT_TYPES)
    found = browser_page.evaluate(BUILT, [pages, tables, everywhere, rels, types])
    return [_addresses(each) for each in found]


def live(browser_page: Page, pages: list[str]) -> list[list[str]]:
    """The probes that could load from these pages."""
    found: list[list[str]] = browser_page.evaluate(LIVE, pages)
    return found


def _addresses(found: list[tuple[str, str]]) -> set[str]:
    recorder = Recorder(ruling(), URL)
    readers: dict[str, Callable[[str], object]] = {
        Kind.LIST.name: recorder.urls,
        Kind.SRCSET.name: recorder.srcset,
        Kind.CSS.name: recorder.css,
    }
    for kind, value in found:
        readers.get(kind, recorder.url)(value)
    return _named(recorder.asked)


def _named(asked: set[str]) -> set[str]:
    """Addresses without what the stages before a tree change: line ends, NUL, encoding."""
    return {re.sub(r"[^\x20-\x7e]+", "?", each) for each in asked} - {""}
