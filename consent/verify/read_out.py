"""Does the report of a dossier say what ``dossier.json`` says? All of it, and nothing else."""

from __future__ import annotations

from itertools import zip_longest

from consent.verify.canonical import read
from consent.verify.figures import Figures
from consent.verify.given import Given
from consent.verify.page import Page
from consent.verify.report import Code
from consent.verify.sentences import quotable, unfit
from consent.verify.spoken import LANGUAGES

REPORT = "report.html"


def check_report(given: Given) -> None:
    """The page for people: it runs and loads nothing, and no text or number in it is its own."""
    with given.told(Code.DOSSIER, REPORT):
        page = Page(given.read(REPORT).decode(), given.archive.names)
        spoken = LANGUAGES[page.lang]
        for what in page.found:
            given.add(Code.DOSSIER, REPORT, what)
        notices = {each["hash"]: read(given.read(each["file"])) for each in given.said["notices"]}
        keys = [given.read(each["vkey"]).decode() for each in given.said["keys"]]
        quoted = set(quotable([given.said, *notices.values(), *keys]))
        for what in unfit(page.texts, given.said, quoted, page.lang):
            given.add(Code.DOSSIER, REPORT, what)
        expected = Figures(given.said, notices, spoken)
        for shown, figure in zip_longest(page.figures, expected):
            if shown is None or figure is None or not figure.is_shown(shown):
                what = (
                    f"says {shown and shown.text!r:.80}, and it is {figure and figure.value!r:.80}"
                )
                given.add(Code.DOSSIER, REPORT, what)
                # What comes after it may only have moved.
                break
