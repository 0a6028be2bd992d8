"""A page of the site as it arrives: ours in it, sealed, compressed, with its scripts and styles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from consent.assets import HASH_LENGTH, ROUTE
from consent.config import ConsentConfig
from consent.doctor.findings import Trouble, warning
from consent.doctor.site import NAVIGATION, Answer, Site
from consent.headers.seal import DEFAULT

STATE = re.compile(rb'<script type="application/json" id="consent-state">(.*?)</script>', re.DOTALL)
SCRIPT = re.compile(rb"<script", re.IGNORECASE)
ASSET = re.compile(r'(?:src|href)="([^"]*/' + re.escape(ROUTE) + r'[^"]+)"')
YEAR = 31_536_000
NOT_OURS = (
    "Is the middleware around the application that answers here, and is this address not in"
    " blocking.exclude_paths? Does it answer with HTML?"
)
CSP = "content-security-policy"


@dataclass(frozen=True, slots=True)
class Page:
    """One that arrived."""

    answer: Answer
    html: bytes
    state: Mapping[str, Any]
    """What it tells the browser; empty where it is not a page of ours."""

    @classmethod
    def of(cls, answer: Answer) -> Page:
        html = answer.plain() or b""
        found = STATE.search(html)
        try:
            state = json.loads(found[1]) if found else {}
        except ValueError:
            state = {}
        return cls(answer, html, state if isinstance(state, dict) else {})

    @property
    def asks(self) -> bool:
        """Is there anything to consent to?"""
        return bool(self.state.get("purposes"))

    def prefix(self, config: ConsentConfig | None) -> str:
        """Where the browser is told that our own paths begin."""
        return str(self.state.get("prefix") or (config.path if config else "/consent"))


def arrived(answer: Answer) -> Iterator[Trouble]:
    """Is there a page at all?"""
    if 300 <= answer.status < 400:
        where = answer.first("location")
        yield Trouble(f"{answer.status}, leads to {where!r}", "Give the address that it leads to.")
    elif answer.status != 200:
        yield Trouble(f"answers with {answer.status}", "Give the address of a page that is there.")


def inserted(page: Page) -> Iterator[Trouble]:
    """Are guard, banner and state in it, before any script?"""
    found = STATE.search(page.html)
    if not found or not page.state:
        yield Trouble("nothing of ours is in the page", NOT_OURS)
        return
    if b" data-consent-guard" not in page.html:
        yield Trouble("the guard is not in the page", "Something between takes it out.")
    if page.asks and b'id="consent-title"' not in page.html:
        yield Trouble(
            "the banner is not in the page for a visitor without a choice",
            "A cache may keep one visitor's page, or something between takes it out.",
        )
    first = SCRIPT.search(page.html)
    if first and first.start() < found.start():
        yield warning(
            "a script stands before the guard, which cannot hold it back",
            "Something between puts it in, such as a CDN's optimiser: switch that off.",
        )


def sealed(page: Page, config: ConsentConfig | None) -> Iterator[Trouble]:
    """Does the seal arrive?"""
    if any(DEFAULT in value for value in page.answer.all(CSP)):
        return
    if any(DEFAULT in value for value in page.answer.all(f"{CSP}-report-only")):
        yield warning("the seal only reports", 'Set blocking.undeclared_hosts = "block".')
    elif page.state.get("seal"):
        yield Trouble(
            "the Content-Security-Policy of ours is not in the headers",
            "A proxy replaces or takes away that header: let it pass, or add to it.",
        )
    elif config is None or config.blocking.seal:
        yield warning("the site has no seal", "See blocking.seal and blocking.undeclared_hosts.")
    else:
        yield warning("blocking.seal is off", "What scripts add later is held less surely.")


def compressed(page: Page, site: Site) -> Iterator[Trouble]:
    """Is it still our page where the browser takes gzip?"""
    answer = site.get(site.page, {**NAVIGATION, "Accept-Encoding": "gzip"})
    if answer.plain() is None:
        coding = answer.first("content-encoding")
        yield Trouble(f"the body is not what {coding!r} says", "Compress once, in one place.")
    elif page.state and not Page.of(answer).state:
        yield Trouble(
            "where gzip is accepted, nothing of ours is in the page",
            "Something serves a copy that was compressed before: let it ask the application.",
        )


def assets(page: Page, site: Site) -> Iterator[Trouble]:
    """Do scripts and styles arrive as they were made, and are they kept?"""
    found = dict.fromkeys(ASSET.findall(page.html.decode("utf-8", "replace")))
    if page.state and not found:
        yield Trouble("no script of ours is in the page", "Something between takes them out.")
    for address in found:
        yield from _asset(address, site.get(address))


def _asset(address: str, answer: Answer) -> Iterator[Trouble]:
    name = address.rpartition("/")[2]
    if answer.status != 200:
        fix = "Let everything below the prefix reach the application; see prefix."
        yield Trouble(f"{name}: answers with {answer.status}", fix)
        return
    if sha256(answer.plain() or b"").hexdigest()[:HASH_LENGTH] not in name.split("."):
        fix = "Something between rewrites scripts or styles: exclude these, they are small already."
        yield Trouble(f"{name}: was changed on its way", fix)
    kept = answer.tokens("cache-control")
    if "immutable" not in kept or f"max-age={YEAR}" not in kept:
        fix = "A proxy replaces Cache-Control; these never change, and could be kept for a year."
        yield warning(f"{name}: {answer.first('cache-control')!r}", fix)


def state_of(answer: Answer, *, page: Page) -> Iterator[Trouble]:
    """Is what ``/state`` says kept nowhere, and of the page's notice?"""
    state = answer.document()
    if "no-store" not in answer.tokens("cache-control"):
        fix = "A proxy replaces Cache-Control: what is said to one visitor must not be kept."
        yield Trouble(f"Cache-Control is {answer.first('cache-control')!r}, not no-store", fix)
    if page.state and page.state.get("notice") != state.get("notice"):
        fix = "Processes with different configurations answer, or the page is from a cache."
        yield Trouble("the page shows another notice than the state names", fix)


def reached(answer: Answer, prefix: str, config: ConsentConfig | None) -> Iterator[Trouble]:
    """Do our own paths lead to us, as the browser sees them?"""
    if config and not prefix.endswith(config.path):
        fix = "The site runs another configuration, or something between rewrites addresses."
        yield Trouble(f"begins with {prefix!r}, but path is {config.path!r}", fix)
    if answer.status != 200 or "decided" not in answer.document():
        yield Trouble(
            f"{prefix}/state answers with {answer.status} and not with a state",
            "If the proxy takes a prefix off the path, tell the server: --root-path, or"
            " root_path. If it passes only some paths on, let it pass this one.",
        )
