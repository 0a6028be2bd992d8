"""The sentences of a report: is each of them one that reports have, or a text of the dossier?

Who has the log's key could sign a page that says something else around the right figures. So the
sentences are known here, as they are, and apart from what writes them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

AROUND = ' \t\r\n\xa0\u202f()«»“”":,.×'
"""Signs that stand between a sentence and a figure."""
OWN = "interface"
"""What a notice has of the banner's own words: none of the report's."""
Values = Mapping[str, Any]


def plain(text: str) -> str:
    """Without the signs around it."""
    return text.strip(AROUND)


@cache
def sentences(language: str) -> Mapping[str, Any]:
    """Those of reports in one language."""
    source = files("consent.verify").joinpath("texts", f"{language}.toml")
    return tomllib.loads(source.read_text("utf-8"))


def quotable(values: Iterable[Any]) -> Iterator[str]:
    """Every text, however deep, and what it is called by: a report may quote it."""
    for value in values:
        if isinstance(value, str):
            yield plain(value)
        elif isinstance(value, Mapping):
            kept = {name: each for name, each in value.items() if name != OWN}
            yield from quotable((*kept, *kept.values()))
        elif isinstance(value, list):
            yield from quotable(value)


def unfit(
    found: Collection[str], said: Values, quoted: Collection[str], language: str
) -> Iterator[str]:
    """What is wrong with the texts of a page, in the order in which it has them.

    Args:
        found: all of them but figures.
        said: what ``dossier.json`` says.
        quoted: texts of the dossier.
        language: of the report.
    """
    known = sentences(language)
    holds = _holding(said)
    due = [piece for name, pieces in known["when"].items() if holds[name] for piece in pieces]
    allowed = {"", *known["always"], *known["may"], *due, *quoted}
    for text in found:
        parts = (text, *text.split(", "))
        if plain(text) not in allowed and not all(plain(part) in allowed for part in parts[1:]):
            yield f"has a text that is neither a report's nor the dossier's: {text!r:.200}"
    plainly = [plain(text) for text in found]
    for piece in due:
        if piece not in plainly:
            yield f"does not say {piece!r:.200}"
    rest = iter(plainly)
    for piece in known["always"]:
        if piece not in rest:
            yield f"does not say in its place {piece!r:.200}"
            return


def _holding(said: Values) -> dict[str, bool]:
    """Which of the sentences that are not in every report are to be in this one."""
    leaves = said["leaves"]
    complete = len(said["sample"]["drawn"]) > leaves["last"] - leaves["first"]
    code = said["scripts"] or any(each["files"] for each in said["screens"])
    return {
        "trial": len(said["trials"]) == 1,
        "trials": len(said["trials"]) > 1,
        "photographed": any("pictures" in each for each in said["screens"]),
        "complete": complete,
        "sampled": not complete,
        "purposes": _answered(said, form=False, about="purpose"),
        "forms": _answered(said, form=True),
        "services": _answered(said, form=False, about="service"),
        "alone": not said["witnesses"],
        "none": not (said["screens"] and code and said["statistics"]["held"]),
        "endorsed": any("endorsement" in key for key in said["keys"]),
    }


def _answered(said: Values, *, form: bool, about: str = "") -> bool:
    return any(
        (each["kind"] == "form") is form and about in ("", each["about"])
        for each in said["statistics"]["answers"]
    )
