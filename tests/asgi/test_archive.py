"""A record names the screen that was clicked on, and the log can show it (law.md EU-10)."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from consent.asgi.hooks import telling
from consent.banner.screens import stand_alone
from consent.html.insert import CLOSE, OPEN
from consent.log.memory import MemoryLog
from consent.model import Screen
from consent.record import Record
from tests.asgi.exchange import call, responds, scope_for, wrap
from tests.asgi.visits import SAME_ORIGIN, Visit
from tests.sites import SERVICES, site

CONFIG = site(languages=["en", "fr"], services=(*SERVICES, {"use": "youtube"}))
FILM = "https://www.youtube.com/embed/abc"
PAGE = b'<html lang="fr"><body><iframe src="' + FILM.encode() + b'"></iframe></body></html>'
PIXEL_PAGE = PAGE.replace(FILM.encode(), b"https://pixel.example.net/frame")


def served(page: bytes = PAGE) -> str:
    """A page of the site, as a visitor without a choice gets it.

    In pages, whose charset is the site's, letters beyond ASCII are written as references.
    """
    body = call(wrap(responds(page), CONFIG), scope_for("/")).body.decode()
    return re.sub(r"&#(\d{3,});", lambda letter: chr(int(letter[1])), body)


def screen_of(visit: Visit, record: Record | None = None) -> dict[str, Any]:
    """What the log keeps of the screen that the newest record names."""
    digest = (record or visit.log.records[-1]).screen
    assert digest is not None
    shown: dict[str, Any] = json.loads(visit.log.screens[digest].content)
    return shown


def test_the_banner_kept_is_the_banner_served_byte_for_byte() -> None:
    """On the start page; elsewhere only the addresses that lead back there differ."""
    visit = Visit(CONFIG)
    visit.send({"action": "accept_all", "lang": "fr", "interface": "banner"})
    found = re.findall(f"{OPEN.decode()}(.*?){CLOSE.decode()}", served(), re.S)
    assert screen_of(visit)["html"] in found


def test_the_preferences_kept_are_the_page_served_byte_for_byte() -> None:
    visit = Visit(CONFIG)
    page = visit.client.get("/consent/preferences?lang=fr&next=/").text
    visit.send({"action": "save", "lang": "fr", "interface": "preferences"})
    assert screen_of(visit)["html"] == page


def test_a_placeholder_that_keeps_its_place_is_kept_as_such() -> None:
    page = re.search(r'srcdoc="([^"]*)"', served(PIXEL_PAGE))
    assert page is not None
    visit = Visit(CONFIG)
    fields = {"action": "save", "service": "pixel", "keep": "1", "result": "frame"}
    visit.submit({**fields, "interface": "placeholder", "lang": "fr"})
    assert screen_of(visit)["html"] == html.unescape(page[1])


def test_the_placeholder_kept_is_the_one_served_but_for_its_frame() -> None:
    frame = re.search(r'srcdoc="([^"]*)"', served())
    assert frame is not None
    visit = Visit(CONFIG)
    fields = {"action": "once", "service": "youtube", "embed": FILM, "keep": "1"}
    visit.submit({**fields, "interface": "placeholder", "lang": "fr"})
    assert screen_of(visit)["html"] == html.unescape(frame[1]).replace(FILM, "")


@pytest.mark.parametrize(
    "fields, shown",
    [
        ({"action": "refuse_all"}, "banner"),
        ({"action": "save", "purpose": "analytics"}, "preferences"),
        ({"action": "accept_all", "service": ["", "", ""]}, "preferences"),
        ({"action": "refuse_all", "interface": "preferences"}, "preferences"),
    ],
)
def test_without_javascript_it_is_told_from_the_fields(fields: dict[str, Any], shown: str) -> None:
    visit = Visit(CONFIG)
    visit.submit(fields)
    assert screen_of(visit)["interface"] == shown


@pytest.mark.parametrize("interface", ["api", "placeholder"])
def test_what_no_screen_of_ours_was_clicked_for_names_none(interface: str) -> None:
    visit = Visit(CONFIG)
    visit.send({"action": "refuse_all", "interface": interface})
    assert visit.log.records[0].screen is None
    assert visit.log.records[0].scripts in visit.log.screens


def test_a_refusal_from_a_page_of_before_names_no_screen() -> None:
    """It holds, but what it was clicked on is not what would be shown now."""
    visit = Visit(CONFIG)
    visit.send({"action": "refuse_all", "interface": "banner", "notice": "0" * 64})
    assert [record.screen for record in visit.log.records] == [None]


def test_the_banner_that_respects_a_signal_is_another_screen() -> None:
    visit = Visit(CONFIG)
    for more in ({}, {"sec-gpc": "1"}):
        visit.client.cookies.clear()
        sent = {"action": "refuse_all", "interface": "banner"}
        visit.send(sent, headers={**SAME_ORIGIN, **more})
    plain, told = visit.log.records
    assert plain.screen != told.screen
    assert 'data-cc-role="signal"' in screen_of(visit, told)["html"]
    assert 'data-cc-role="signal"' not in screen_of(visit, plain)["html"]


def test_where_the_site_is_mounted_is_nothing_that_visitors_see() -> None:
    """Some servers take it from a header: nobody must be able to fill the log with screens."""
    log = MemoryLog()
    for place in ("", "/shop"):
        visit = Visit(CONFIG, log=log, root_path=place)
        visit.send({"action": "refuse_all", "interface": "banner"})
    assert len({record.screen for record in log.records}) == 1


def test_each_is_written_once() -> None:
    class Counting(MemoryLog):
        kept = 0

        async def keep_screen(self, shown: Screen) -> None:
            self.kept += 1
            await super().keep_screen(shown)

    log = Counting()
    visit = Visit(CONFIG, log=log)
    for _ in range(3):
        visit.send({"action": "refuse_all", "interface": "banner"})
    assert log.kept == len(log.screens) == 2


def test_a_grant_whose_screen_cannot_be_kept_is_not_acted_on() -> None:
    """E10; and nothing names a screen that is not there."""

    class Forgetful(MemoryLog):
        async def keep_screen(self, shown: Screen) -> None:
            self._fail_if(failing=True)

    visit = Visit(CONFIG, log=Forgetful())
    answer = visit.send({"action": "accept_all", "interface": "banner"})
    assert (answer.status_code, visit.log.records) == (503, [])


def test_a_log_that_keeps_no_screens_is_not_asked_to() -> None:
    class Plain:
        """What ``ProofLog`` asks for, and nothing else."""

        def __init__(self, log: MemoryLog) -> None:
            for name in ("append", "read", "newer", "notice", "close"):
                setattr(self, name, getattr(log, name))

    visit = Visit(CONFIG, proof=Plain(log := MemoryLog()))  # type: ignore[arg-type]
    assert visit.send({"action": "accept_all", "interface": "banner"}).status_code == 200
    assert len(log.records) == 1


@pytest.mark.anyio
async def test_hooks_ask_no_screens_of_a_log_that_keeps_none() -> None:
    class Plain(MemoryLog):
        keep_screen = None  # type: ignore[assignment]

    told, _ = telling(log := Plain(), {"crm": print}, CONFIG)
    await told.keep_screen(shown := Screen("", b""))
    assert await told.screen(shown.hash) is None
    assert log.screens == {}


@pytest.mark.anyio
async def test_hooks_leave_screens_to_the_log() -> None:
    log = MemoryLog()
    told, _ = telling(log, {"crm": print}, CONFIG)
    shown = Screen("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", b"")
    await told.keep_screen(shown)
    assert await told.screen(shown.hash) == shown


def test_what_the_log_gives_back_can_be_shown_again() -> None:
    visit = Visit(CONFIG)
    visit.send({"action": "accept_all", "lang": "fr", "interface": "banner"})
    digest = visit.log.records[0].screen
    assert digest is not None
    assert "Tout accepter" in stand_alone(visit.log.screens[digest])
