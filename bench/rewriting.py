"""Rewriting real pages, beside lol-html's Python binding with a Python handler on the same tags.

    python -m bench.rewriting [FOLDER]

``FOLDER`` holds ``*.html``: by default the saved pages beside the checkout, else the demo's. Every
page is rewritten by each contender in turn, in one process, and the fastest of several rounds
counts. What counts is the time on the processor (nobody here waits for anything): by the clock on
the wall, whoever takes longer is interrupted more by whatever else the machine does, and the ratio
says how busy it is. The binding gives up on some pages: those are left out for all, and named.

The handlers: *works* does what we do, but for ``srcdoc`` and ``<noscript>``: it asks the same
ruling about each URL, each style sheet and each inline script; *asks* leaves scripts and style
sheets out; *reads* only reads the attributes; *none* has no handler and shows what the parser alone
costs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import lolhtml

from consent.config import ConsentConfig
from consent.html.judge import Judge
from consent.html.names import ANY_TAG, BY_TAG
from consent.html.rewriter import HtmlRewriter
from consent.policy import Policy

SAVED = Path(__file__).parents[2] / "shared" / "pages"
ROUNDS = 5
PIECE = 1 << 16
URL = "https://www.example.fr/page"
CONFIG = ConsentConfig(
    site={"name": "Bench", "url": "https://www.example.fr", "languages": ["fr"]},
    controller={"name": "Exemple SAS", "address": "75002 Paris", "email": "a@example.fr"},
    cookie={"secrets": ["a secret of the benchmark, long enough to sign with"]},
    services=[{"use": name} for name in ("google-analytics", "hotjar", "youtube", "stripe")],
)
RULING = Policy(CONFIG).ruling(None, origin="https://www.example.fr", path="/page")
TAGS = sorted(set(BY_TAG) | {"base", "meta", "style", "noscript"})
SELECTOR = ",".join([*TAGS, *(f"[{attribute}]" for attribute in ANY_TAG)])

Pieces = list[bytes]
Contender = Callable[[Pieces], None]


def ours(pieces: Pieces) -> None:
    rewriter = HtmlRewriter(RULING, url=URL, charset="utf-8")
    for piece in pieces:
        rewriter.feed(piece)
    rewriter.close()


class Asks:
    """Holds an attribute as we do: under another name."""

    def __init__(self) -> None:
        self.judge = Judge(RULING, URL)

    def element(self, element: lolhtml.Element) -> None:
        for name in BY_TAG.get(element.tag_name, ()):
            value = element.get_attribute(name)
            if value and self.judge.url(value):
                element.set_attribute("data-consent-" + name, value)
                element.remove_attribute(name)


class Works(Asks):
    """The whole of the same job, but for ``srcdoc`` and ``<noscript>``: scripts and styles too."""

    def __init__(self) -> None:
        super().__init__()
        self.script = TextOf(lambda text: self.judge.inline(text))
        self.style = TextOf(self.judge.css)


class TextOf:
    def __init__(self, done: Callable[[str], object]) -> None:
        self.done = done
        self.parts: list[str] = []

    def text(self, chunk: lolhtml.TextChunk) -> None:
        self.parts.append(chunk.text)
        if chunk.last_in_text_node:
            self.done("".join(self.parts))
            self.parts.clear()


class Reads:
    def element(self, element: lolhtml.Element) -> None:
        for name in BY_TAG.get(element.tag_name, ()):
            element.get_attribute(name)


def binding(handler: type[Works | Asks | Reads] | None) -> Contender:
    def rewrite(pieces: Pieces) -> None:
        rewriter = lolhtml.HTMLRewriter(lambda out: None)
        if handler:
            asked = handler()
            rewriter.on(SELECTOR, asked)
            if isinstance(asked, Works):
                rewriter.on("script", asked.script)
                rewriter.on("style", asked.style)
        for piece in pieces:
            rewriter.write(piece)
        rewriter.end()

    return rewrite


CONTENDERS: dict[str, Contender] = {
    "ours": ours,
    "lol-html, works": binding(Works),
    "lol-html, asks": binding(Asks),
    "lol-html, reads": binding(Reads),
    "lol-html, none": binding(None),
}


def saved(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.html"))}


def shown() -> dict[str, bytes]:
    """The pages of the demo, bare, each long enough to measure."""
    from starlette.testclient import TestClient

    from demo.app import Demo

    client = TestClient(Demo().bare["boutique"], base_url="http://localhost:8002")
    return {path: client.get(path).content * 10 for path in ("/fr/", "/en/")}


def main(folder: str | None) -> None:
    pages = saved(Path(folder) if folder else SAVED) or shown()
    spent = dict.fromkeys(CONTENDERS, 0.0)
    size, refused = 0, []
    for name, page in pages.items():
        pieces = [page[at : at + PIECE] for at in range(0, len(page), PIECE)]
        best = dict.fromkeys(CONTENDERS, float("inf"))
        try:
            for _ in range(ROUNDS):
                for contender, rewrite in CONTENDERS.items():
                    start = process_time()
                    rewrite(pieces)
                    best[contender] = min(best[contender], process_time() - start)
        except RuntimeError:
            refused.append(name)
            continue
        size += len(page)
        for contender, seconds in best.items():
            spent[contender] += seconds
    print(f"{len(pages) - len(refused)} pages, {size / 1e6:.1f} MB; refused: {refused or 'none'}\n")
    print("| | ms in all | MB/s | ours takes |\n|---|---|---|---|")
    for contender, seconds in spent.items():
        ratio = spent["ours"] / seconds
        print(f"| {contender} | {seconds * 1e3:.0f} | {size / seconds / 1e6:.1f} | {ratio:.2f}× |")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
