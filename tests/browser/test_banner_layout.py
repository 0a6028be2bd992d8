"""How the first layer looks: measured, not judged."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Serve
from tests.browser.shop import site

SIZES = [(320, 200), (320, 256), (375, 667), (667, 375), (768, 1024), (1280, 720), (1920, 1080)]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# The same for all three but for where it is and what is written in it.
STYLES = """() => [...document.querySelectorAll('.cc-banner .cc-actions > *')].map((button) => {
  const style = getComputedStyle(button), all = {};
  const placed = /inset|inline-size|block-size|width|height|origin|^(top|left|right|bottom)$/;
  for (const name of style) if (!placed.test(name)) all[name] = style.getPropertyValue(name);
  return JSON.stringify(all);
})"""
BOXES = """() => [...document.querySelectorAll('.cc-banner .cc-actions > *')].map((button) => {
  const {x, y, width, height} = button.getBoundingClientRect();
  const hit = document.elementFromPoint(x + width / 2, y + height / 2) === button;
  return {width, height, hit};
})"""

LINES = """() => {
  const [text, line] = document.querySelectorAll('.cc-banner .cc-text, .cc-banner p');
  return text.clientHeight / parseFloat(getComputedStyle(line).lineHeight);
}"""

FOCUSED = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return [document.activeElement.innerText, outlineStyle, outlineWidth];
}"""


def sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_three_controls_have_the_same_style(page: Page, serve: Serve, scheme: Any) -> None:
    """FR-12, FR-13, EU-18."""
    page.emulate_media(color_scheme=scheme)
    page.goto(serve(site()))
    assert len(set(page.evaluate(STYLES))) == 1


@pytest.mark.parametrize("size", SIZES)
def test_all_controls_are_in_view_equal_and_large_enough(
    page: Page, serve: Serve, size: tuple[int, int]
) -> None:
    """FR-12, A-07, A-08: without scrolling, on a phone, on its side and at 400 % zoom."""
    sized(page, size)
    page.goto(serve(site()))
    boxes = page.evaluate(BOXES)
    assert [box["hit"] for box in boxes] == [True, True, True]
    for side in ("width", "height"):
        assert max(box[side] for box in boxes) - min(box[side] for box in boxes) <= 2
    assert min(box["height"] for box in boxes) >= 24
    # And lines enough of what it is about to read them.
    assert page.evaluate(LINES) >= 3


def test_there_is_no_width_at_which_one_choice_is_larger(page: Page, serve: Serve) -> None:
    """FR-12: where two of the three fit beside each other, too, and in larger text."""
    page.goto(serve(site()))
    for text in ("100%", "150%", "200%"):
        page.evaluate("(size) => document.documentElement.style.fontSize = size", text)
        for width in (320, 480, 600, 641, 650, 661, 700, 768, 900, 1000, 1100, 1280):
            sized(page, (width, 800))
            boxes = page.evaluate(BOXES)
            widths = [box["width"] for box in boxes]
            assert max(widths) - min(widths) <= 2, (text, width)
            assert [box["hit"] for box in boxes] == [True, True, True], (text, width)


def test_a_page_that_is_written_from_right_to_left_does_not_turn_it(
    page: Page, serve: Serve
) -> None:
    page.goto(serve(site()))
    page.evaluate("document.documentElement.dir = 'rtl'")
    direction = "getComputedStyle(document.querySelector('.cc-banner')).direction"
    assert page.evaluate(direction) == "ltr"
    assert [box["hit"] for box in page.evaluate(BOXES)] == [True, True, True]


@pytest.mark.parametrize("size", SIZES)
def test_the_page_stays_in_sight_and_nothing_scrolls_sideways(
    page: Page, serve: Serve, size: tuple[int, int]
) -> None:
    """P-02, A-07."""
    sized(page, size)
    page.goto(serve(site()))
    height = page.evaluate("document.querySelector('.cc-banner').getBoundingClientRect().height")
    assert height <= size[1] * 0.9
    overflow = "(e) => e.scrollWidth > e.clientWidth"
    assert not page.evaluate(f"({overflow})(document.documentElement)")
    assert not page.evaluate(f"({overflow})(document.querySelector('.cc-text'))")


@pytest.mark.parametrize("path", ["policy", "preferences"])
@pytest.mark.parametrize("width", [320, 390, 768])
def test_our_own_pages_do_not_scroll_sideways(
    page: Page, serve: Serve, path: str, width: int
) -> None:
    """A-07, WCAG 1.4.10: tables too."""
    sized(page, (width, 640))
    page.goto(f"{serve(site())}/consent/{path}")
    sideways = "[...document.querySelectorAll('html, .cc-table')]"
    assert page.evaluate(f"{sideways}.every((e) => e.scrollWidth <= e.clientWidth + 1)")


def test_on_a_desktop_the_whole_text_is_in_view(page: Page, serve: Serve) -> None:
    """FR-07: four purposes, without scrolling."""
    page.goto(serve(site()))
    box = page.locator(".cc-banner .cc-text")
    assert box.evaluate("(e) => e.scrollHeight <= e.clientHeight")


def test_with_wide_text_spacing_nothing_is_cut(page: Page, serve: Serve) -> None:
    """A-07, WCAG 1.4.12."""
    page.goto(serve(site()))
    page.add_style_tag(
        content="*{line-height:1.5!important;letter-spacing:.12em!important;"
        "word-spacing:.16em!important}p{margin-bottom:2em!important}"
    )
    cut = "(b) => b.scrollWidth > b.clientWidth + 1 || b.scrollHeight > b.clientHeight + 1"
    for height in (640, 200):
        sized(page, (320, height))
        assert not [b for b in page.locator(".cc-banner button").all() if b.evaluate(cut)]
        assert [box["hit"] for box in page.evaluate(BOXES)] == [True, True, True]


@pytest.mark.parametrize("size", SIZES)
def test_what_has_the_focus_is_never_under_the_bar(
    page: Page, serve: Serve, size: tuple[int, int]
) -> None:
    """A-04, WCAG 2.4.11."""
    sized(page, size)
    page.goto(f"{serve(site())}/form")
    for selector in ("#name", "#send", "#last"):
        page.locator(selector).focus()
        assert page.evaluate(
            """(selector) => {
              const element = document.querySelector(selector);
              const {x, y, width, height} = element.getBoundingClientRect();
              return document.elementFromPoint(x + width / 2, y + height / 2) === element;
            }""",
            selector,
        ), selector


def test_what_has_the_focus_is_seen_to_have_it(page: Page, serve: Serve) -> None:
    """A-05, WCAG 2.4.7 and 1.4.11: a line of two pixels or more around each button."""
    page.goto(serve(site()))
    buttons = page.locator(".cc-banner button")
    buttons.first.focus()
    lines = []
    for _ in range(buttons.count()):
        lines.append(page.evaluate(FOCUSED))
        page.keyboard.press("Tab")
    assert [name for name, *_ in lines] == buttons.all_inner_texts()
    assert all(style == "solid" and float(width[:-2]) >= 2 for _, style, width in lines)


def test_the_sites_own_styles_do_not_reach_it(page: Page, serve: Serve) -> None:
    page.goto(serve(site()))
    before = page.evaluate(STYLES), page.evaluate(BOXES)
    page.add_style_tag(
        content="body button{background:red;font-size:40px;display:none}"
        "ul li p{color:pink}main form,form{display:inline}"
    )
    assert (page.evaluate(STYLES), page.evaluate(BOXES)) == before


def test_it_is_not_printed(page: Page, serve: Serve) -> None:
    page.goto(serve(site()))
    assert page.locator(".cc-banner").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".cc-banner").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).paddingBottom") == "0px"


def test_nothing_moves(page: Page, serve: Serve) -> None:
    """A-15: there is no animation to be reduced."""
    page.goto(serve(site()))
    page.locator("#consent-ui [data-consent-open]").first.click()
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.getAnimations().length") == 0


def test_with_forced_colours_its_edge_can_be_seen(browser: Browser, serve: Serve) -> None:
    """A-15."""
    with browser.new_context(forced_colors="active") as context:
        page = context.new_page()
        page.goto(serve(site()))
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.cc-banner')).borderTopWidth")
            == "2px"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(320, 256), (375, 667), (1280, 720)])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/#panel",
        "/consent/preferences?lang=fr&next=/",
        "/consent/policy?lang=en&next=/",
        "/consent/mine?lang=fr&next=/",
    ],
)
def test_axe_finds_nothing(
    page: Page, serve: Serve, path: str, size: tuple[int, int], scheme: Any
) -> None:
    """A-01 to A-13: WCAG 2.2 A and AA, with every disclosure open."""
    sized(page, size)
    page.emulate_media(color_scheme=scheme)
    home = serve(site())
    if path.startswith("/consent/mine"):
        page.goto(f"{home}/consent/preferences")
        with page.expect_navigation():
            page.locator("button[value=accept_all]").click()
    page.goto(home + path)
    assert page.locator("a[href*='/mine/screen']").count() == path.startswith("/consent/mine")
    if path == "/#panel":
        page.locator("#consent-ui [data-consent-open]").first.click()
        page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.violations_count == 0, found.generate_report()
