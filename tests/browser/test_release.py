"""Granting without the seal: in place, in page order, and as if nothing had been held."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve
from tests.browser.released import PARSED, UNORDERED, answers, bare, held

PAGES = {"/": (PARSED, "")}


def accept(page: Page, *purposes: str) -> None:
    """Accept in the bar, without loading the page again."""
    page.evaluate("window.stays = true")
    answer = {"purposes": dict.fromkeys(purposes, True)} if purposes else "accept_all"
    page.evaluate("(answer) => consent.save(answer)", answer)


def at_rest(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def ordered(page: Page) -> list[str]:
    log: list[str] = page.evaluate("log")
    return [name for name in log if name not in UNORDERED]


def test_after_a_grant_the_page_is_as_if_nothing_had_been_held(page: Page, serve: Serve) -> None:
    """async, defer, module, inline after external, document.write, onload, integrity, and so on."""
    asked: list[str] = []
    answers(page.context, asked)
    page.goto(serve(bare(PAGES)))
    at_rest(page)
    expected, everything = ordered(page), sorted(asked)
    assert expected[:3] == ["first", "onload first", "inline after first"]
    asked.clear()
    page.goto(serve(held(PAGES)))
    at_rest(page)
    assert (asked, ordered(page)) == ([], [])
    accept(page)
    at_rest(page)
    assert ordered(page) == expected
    assert sorted(asked) == everything
    assert page.evaluate("window.stays")
    expect(page.locator("h1")).to_have_text("Released")
