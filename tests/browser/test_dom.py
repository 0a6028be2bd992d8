"""Chromium's own parser is the judge: what it builds, the rewriter has judged (design.md §6).

Three sorts of pages: those saved from the web, beside the checkout; html5lib's inputs for tree
construction, with something to load before and behind every tag; and soup. Where the two differ, it
is listed with the reason why that is safe, and a difference that is gone has to leave the list.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.dom import built, judged, live
from tests.html.rewriting import held
from tests.html.soup import soup

ROOT = Path(__file__).parents[2]
SAVED = sorted((ROOT.parent / "shared" / "pages").glob("*.html"))
HTML5LIB = ROOT / ".venv" / "html5lib-1.1.tar.gz"
KNOWN = json.loads((ROOT / "tests" / "corpus" / "known_differences.json").read_text("utf-8"))
SOUPS = 600
BATCH = 50

Pages = dict[str, str]
Differences = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def parser(browser: Browser) -> Iterator[Page]:
    """A page to parse in; what runs there may fail, and reaches nobody."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def differences(page: Page, pages: Pages) -> Differences:
    """By page: addresses that only the tree has, and those that only we look at."""
    found: Differences = {}
    names = list(pages)
    for start in range(0, len(names), BATCH):
        some = names[start : start + BATCH]
        for name, tree in zip(some, built(page, [pages[each] for each in some]), strict=True):
            ours = judged(pages[name])
            parts = {"unjudged": sorted(tree - ours), "unbuilt": sorted(ours - tree)}
            found |= {name: {k: v for k, v in parts.items() if v}} if ours != tree else {}
    return found


def alive(page: Page, pages: Pages) -> dict[str, list[str]]:
    """By page: probes that could still load from what the rewriter makes of it."""
    found: dict[str, list[str]] = {}
    names = list(pages)
    for start in range(0, len(names), BATCH):
        some = names[start : start + BATCH]
        probes = live(page, [held(pages[each]) for each in some])
        found |= {name: each for name, each in zip(some, probes, strict=True) if each}
    return found


def known(source: str) -> Differences:
    """The listed differences of one sort of pages."""
    return {
        name: {kind: each[kind] for kind in ("unjudged", "unbuilt") if kind in each}
        for name, each in KNOWN["differences"].get(source, {}).items()
    }


def inputs() -> Iterator[tuple[str, str]]:
    """The tree-construction inputs for whole documents, by file and number."""
    with tarfile.open(HTML5LIB) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.name.endswith(".dat") else None
            if file is None or "/tree-construction/" not in member.name:
                continue
            text = file.read().decode("utf-8")
            for number, block in enumerate(re.split(r"(?:^|\n\n)#data\n", text)[1:]):
                markup, _, rest = block.partition("\n#errors")
                if "#document-fragment" not in rest:
                    yield f"{Path(member.name).name} {number}", markup


def with_probes(markup: str, where: str) -> str:
    """Something to load at each of these places, and at the end."""
    parts = re.split(where, markup)
    probes = (f"<img src=//p{number}.test/>" for number in range(len(parts)))
    return "".join(f"{part}{probe}" for part, probe in zip(parts, probes, strict=True))


def probed() -> Pages:
    """Each input as it is, and with a probe before, and behind, whatever may be a tag."""
    pages: Pages = {}
    for name, markup in inputs():
        pages[name] = markup
        pages[f"{name} before"] = with_probes(markup, r"(?=<[a-zA-Z/!?])")
        pages[f"{name} behind"] = with_probes(markup, r"(?<=>)")
    return pages


@pytest.fixture(scope="module")
def html5lib_pages() -> Pages:
    """Fetched by ``make test``; without it these tests fail, and say what did not run."""
    if not HTML5LIB.exists():
        pytest.fail(
            f"html5lib's 1500 inputs were not compared with Chromium: {HTML5LIB} is missing"
        )
    return probed()


SOUP = {f"soup {seed}": soup(seed) for seed in range(SOUPS)}


@pytest.mark.shared
@pytest.mark.skipif(not SAVED, reason="there are no saved pages beside the checkout")
@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_saved_pages_are_read_as_chromium_reads_them(parser: Page, path: Path) -> None:
    markup = path.read_bytes().decode("utf-8", "replace")
    found = differences(parser, {path.stem: markup})
    assert found.get(path.stem, {}) == known("saved").get(path.stem, {})


def test_html5lib_s_inputs_are_read_as_chromium_reads_them(
    parser: Page, html5lib_pages: Pages
) -> None:
    assert differences(parser, html5lib_pages) == known("html5lib")


def test_soup_is_read_as_chromium_reads_it(parser: Page) -> None:
    assert differences(parser, SOUP) == known("soup")


def test_nothing_in_html5lib_s_inputs_could_still_load(parser: Page, html5lib_pages: Pages) -> None:
    pages = {name: each for name, each in html5lib_pages.items() if "//p0.test" in each}
    assert alive(parser, pages) == {}


def test_nothing_in_soup_could_still_load(parser: Page) -> None:
    assert alive(parser, SOUP) == {}


def test_what_could_load_is_seen_before_it_is_rewritten(parser: Page) -> None:
    """Else the tests above could not fail."""
    assert sum(map(len, live(parser, list(SOUP.values())[:BATCH]))) > BATCH


def test_every_known_difference_has_a_reason() -> None:
    used = {each["why"] for pages in KNOWN["differences"].values() for each in pages.values()}
    assert used == set(KNOWN["reasons"])


def test_only_what_is_neutralised_may_go_unjudged() -> None:
    for pages in KNOWN["differences"].values():
        assert {each["why"] for each in pages.values() if "unjudged" in each} <= {"neutralised"}
