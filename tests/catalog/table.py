"""Writes the tables of ``docs/catalogue.md``: ``python -m tests.catalog.table``."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from consent.catalog import catalogue
from consent.catalog.schema import Entry

PAGE = Path(__file__).parents[2] / "docs" / "catalogue.md"
BEGIN = "<!-- services: written by python -m tests.catalog.table -->\n"
END = "<!-- end of the services -->\n"


@cache
def families() -> Mapping[str, list[Entry]]:
    """The services of each file, by its name."""
    folder = files("consent.catalog").joinpath("services")
    texts = {file.name[:-5]: file.read_text("utf-8") for file in folder.iterdir()}
    return {
        name: [catalogue()[table["id"]] for table in tomllib.loads(texts[name])["services"]]
        for name in sorted(texts)
    }


def row(entry: Entry) -> str:
    """One service as a line of a table."""
    reasons = ", ".join(f"`{reason.value}`" for reason in sorted(entry.reasons)) or "—"
    return f"| `{entry.id}` | {entry.name} | {company(entry)} | {entry.purpose} | {reasons} |\n"


def company(entry: Entry) -> str:
    """Who receives something."""
    return f"{entry.company} ({entry.country})" if entry.company else "the site itself"


def sources() -> str:
    """How many of the entries name how many pages; a collection has a name instead."""
    entries = catalogue().values()
    pages = Counter(sum("://" in source for source in entry.sources) for entry in entries)
    several = sum(count for number, count in pages.items() if number > 1)
    return (
        f"Of the sources, {several} entries name two pages or more, {pages[1]} a page and a"
        f" collection, {pages[0]} two collections."
    )


def start_pages() -> str:
    """For whom no page about privacy was found but where the vendor's site begins."""
    starts = [e.id for e in catalogue().values() if urlsplit(e.privacy_url or "/a").path == "/"]
    return f"`privacy_url` is a start page for {len(starts)}: `{'`, `'.join(starts)}`."


def tables() -> Iterator[str]:
    """What stands between the two marks."""
    yield f"\n{len(catalogue())} services. {sources()}\n\n{start_pages()}\n\n"
    yield "| family | services |\n|---|---|\n"
    for name, entries in families().items():
        yield f"| [{name}](#{name}) | {len(entries)} |\n"
    for name, entries in families().items():
        yield f"\n### {name}\n\n"
        yield "| id | service | company | purpose | may be exempt as |\n|---|---|---|---|---|\n"
        yield from map(row, sorted(entries, key=lambda entry: entry.id))
    yield "\n"


def written(page: str) -> str:
    """The page with tables that are up to date."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "".join(tables()) + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
