"""Does the report of a dossier say what ``dossier.json`` says? Every figure of it, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from consent.verify.canonical import read
from consent.verify.figures import Figures
from consent.verify.given import Given
from consent.verify.page import Page, has_number
from consent.verify.report import Code
from consent.verify.spoken import LANGUAGES

REPORT = "report.html"


def check_report(given: Given) -> None:
    """The page for people: it runs and loads nothing, and no number in it is its own."""
    with given.told(Code.DOSSIER, REPORT):
        page = Page(given.read(REPORT).decode(), given.archive.names)
        for what in page.found:
            given.add(Code.DOSSIER, REPORT, what)
        notices = {each["hash"]: read(given.read(each["file"])) for each in given.said["notices"]}
        known = set(_texts([given.said, *notices.values()]))
        known.update(given.read(each["vkey"]).decode().strip() for each in given.said["keys"])
        for text in page.texts:
            if text not in known:
                what = f"has a number that is not from the dossier: {text!r:.200}"
                given.add(Code.DOSSIER, REPORT, what)
        expected = Figures(given.said, notices, LANGUAGES[page.lang])
        for shown, figure in zip_longest(page.figures, expected):
            if shown is None or figure is None or not figure.is_shown(shown):
                what = (
                    f"says {shown and shown.text!r:.80}, and it is {figure and figure.value!r:.80}"
                )
                given.add(Code.DOSSIER, REPORT, what)
                # What comes after it may only have moved.
                break


def _texts(value: Any) -> Iterator[str]:
    """All that have a number in them, however deep."""
    if isinstance(value, str):
        if has_number(value):
            yield value.strip()
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
