"""An archived screen shows what was served, and nothing of who saw it."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

import pytest

from consent.banner import Pages
from consent.banner.screens import Screens, added, stand_alone
from consent.config import ConsentConfig
from consent.model import Screen
from consent.objections import Objection
from tests.sites import SECRET, SERVICES, service, site

YOUTUBE = {"use": "youtube"}
CONFIG = site(languages=["en", "fr"], services=(*SERVICES, YOUTUBE))
PAGES = Pages(CONFIG)
SCREENS = Screens(PAGES)
SHOWN = {
    "banner": SCREENS.banner("fr"),
    "preferences": SCREENS.preferences("fr"),
    "placeholder": SCREENS.placeholder("fr", "youtube", decided=False, opens=True, answers=True),
}
anything = pytest.mark.parametrize("name", SHOWN)


def content(screen: Screen) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(screen.content)
    return found


@anything
def test_a_screen_is_named_by_the_hash_of_its_content(name: str) -> None:
    assert sha256(SHOWN[name].content).hexdigest() == SHOWN[name].hash


@anything
def test_it_says_which_interface_it_is_in_which_language(name: str) -> None:
    said = content(SHOWN[name])
    assert (said["form"], said["interface"], said["language"]) == (1, name, "fr")


@anything
def test_shown_again_it_is_the_same_markup_with_its_styles_added(name: str) -> None:
    """EU-10: taken away again, they leave what was served, byte for byte."""
    page = stand_alone(SHOWN[name])
    assert added(SHOWN[name]) in page
    assert content(SHOWN[name])["html"] in page.replace(added(SHOWN[name]), "")
    for style in content(SHOWN[name])["styles"].values():
        assert style in page


@anything
def test_every_style_sheet_that_it_asks_for_is_kept_with_it(name: str) -> None:
    """Without one of them it is another screen."""
    said = content(SHOWN[name])
    asked = re.findall(r"assets/([a-z-]+)\.[0-9a-f]+\.css", said["html"])
    assert {f"{each}.css" for each in asked} <= said["styles"].keys()


@anything
def test_shown_again_it_can_load_and_send_nothing(name: str) -> None:
    page = stand_alone(SHOWN[name])
    policy = page.index('http-equiv="Content-Security-Policy" content="default-src \'none\'')
    assert policy < page.index("<style>")
    assert "<link" not in page[:policy]
    assert "<script" not in page


def test_its_styles_cannot_end_their_element() -> None:
    styles = [style for one in SHOWN.values() for style in content(one)["styles"].values()]
    assert not any("</" in style for style in styles)


@pytest.mark.parametrize(
    "other",
    [
        SCREENS.banner("en"),
        SCREENS.banner("fr", objects=True),
        Screens(Pages(site(languages=["en", "fr"]))).banner("fr"),
    ],
    ids=["language", "signal", "services"],
)
def test_whatever_reads_otherwise_is_another_screen(other: Screen) -> None:
    assert other.hash != SHOWN["banner"].hash


def test_the_preferences_say_what_the_browser_objects_with() -> None:
    held = SCREENS.preferences("fr", Objection(("gpc",), holds=True))
    despite = SCREENS.preferences("fr", Objection(("gpc",), holds=False))
    assert len({held.hash, despite.hash, SHOWN["preferences"].hash}) == 3


def test_a_placeholder_differs_by_what_its_buttons_do() -> None:
    shown = [
        SCREENS.placeholder("fr", name, decided, opens, answers)
        for name, decided, opens, answers in [
            ("youtube", False, True, True),
            ("youtube", True, True, True),
            ("youtube", False, False, True),
            ("youtube", False, False, False),
            ("pixel", False, False, False),
        ]
    ]
    assert len({screen.hash for screen in shown}) == 5
    opening = ['value="once"' in content(one)["html"] for one in shown]
    assert opening == [True, True, False, False, False]


def test_nothing_is_rendered_before_it_is_asked_for_and_then_once() -> None:
    """Starting stays cheap."""
    screens = Screens(PAGES)
    assert not screens._found
    first = screens.banner("fr")
    assert screens.banner("fr") is first
    assert screens.find(first.hash) is first


def test_two_processes_come_to_the_same_hashes() -> None:
    again = Screens(Pages(CONFIG))
    assert again.preferences("fr") == SHOWN["preferences"]
    assert again.scripts() == SCREENS.scripts()


class TestScripts:
    """FR-24: the code itself, as the site sends it."""

    def test_they_are_those_that_the_pages_name(self) -> None:
        assert self.names_in(CONFIG) == self.kept_of(CONFIG) == {"guard.js", "consent.js"}

    def test_they_are_named_with_those_for_vendors_and_developers(self) -> None:
        config = site(url="http://localhost", services=({"use": "google-analytics"},))
        more = {"guard.js", "consent.js", "signals.js", "development.js"}
        assert self.names_in(config) == self.kept_of(config) == more

    def test_without_the_seal_the_one_that_releases_is_there(self) -> None:
        config = ConsentConfig(
            site={"name": "Shop", "url": "https://www.example.fr", "languages": ["en"]},
            controller={"name": "Shop Ltd", "address": "1 Main St", "email": "a@example.fr"},
            cookie={"secrets": [SECRET]},
            blocking={"seal": False},
            services=list(SERVICES),
        )
        assert "release.js" in self.kept_of(config)

    def test_a_guard_with_other_rules_is_another_code(self) -> None:
        other = Screens(Pages(site(services=(service("other", "analytics"),))))
        assert other.scripts().hash != SCREENS.scripts().hash

    def test_they_are_no_screen(self) -> None:
        with pytest.raises(ValueError, match="not a screen"):
            stand_alone(SCREENS.scripts())

    def names_in(self, config: Any) -> set[str]:
        head = Pages(config).head(state_json={}, prefix="/consent")
        return {f"{name}.js" for name in re.findall(r"assets/([\w-]+)\.\w+\.js", head)}

    def kept_of(self, config: Any) -> set[str]:
        kept = content(Screens(Pages(config)).scripts())["scripts"]
        files = Pages(config).assets
        assert all(files.body(name) == code.encode() for name, code in kept.items())
        return set(kept)
