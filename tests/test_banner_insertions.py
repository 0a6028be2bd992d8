"""What goes into one response."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from consent.banner import PageInsertions, Pages
from consent.html import Insertions
from consent.model import Choice
from consent.policy import Policy
from tests.markup import one, parsed
from tests.sites import site

CONFIG = site(languages=["en", "fr"])
PAGES, POLICY = Pages(CONFIG), Policy(CONFIG)


def insertions(purposes: dict[str, bool] | None = None, **more: Any) -> Insertions:
    made = datetime(2026, 8, 31, tzinfo=UTC)
    choice = Choice(UUID(int=7), 1, made, purposes, {"pixel": True}) if purposes else None
    ruling = POLICY.ruling(choice, origin="https://www.example.fr", path="/a")
    return PageInsertions(PAGES, ruling, prefix="/consent", url="/a?b=1", **more)


def state(made: Insertions) -> dict[str, Any]:
    data = one(parsed(made.head()), ".//script[@id='consent-state']").text or ""
    read: dict[str, Any] = json.loads(data)
    return read


def test_before_a_choice_the_state_is_undecided() -> None:
    assert state(insertions()) == {
        "decided": False,
        "purposes": {"analytics": None, "marketing": None},
        "services": {},
        "notice": CONFIG.notice.hash,
        "prefix": "/consent",
        "seal": True,
        "method": "GET",
    }


def test_afterwards_the_state_has_the_answers_and_nothing_that_identifies() -> None:
    said = state(insertions({"analytics": True, "marketing": False}, method="POST"))
    assert said["decided"] is True
    assert said["purposes"] == {"analytics": True, "marketing": False}
    assert said["services"] == {"pixel": True}
    assert said["method"] == "POST"
    assert not said.keys() & {"subject", "seq"}


@pytest.mark.parametrize(
    ("purposes", "forms"),
    [(None, 1), ({"analytics": True}, 1), ({"analytics": False, "marketing": False}, 0)],
    ids=["undecided", "one purpose is new", "decided"],
)
def test_the_banner_is_there_until_every_purpose_is_answered(
    purposes: dict[str, bool] | None, forms: int
) -> None:
    """P-01, P-04, edges.md C14."""
    assert len(parsed(insertions(purposes).body("en")).findall(".//form")) == forms


@pytest.mark.parametrize(
    ("page", "visitor", "shown"),
    [("fr", "en", "fr"), (None, "fr", "fr"), ("de", "fr", "fr"), (None, None, "en")],
)
def test_the_banner_speaks_the_pages_language_then_the_visitors(
    page: str | None, visitor: str | None, shown: str
) -> None:
    """EU-22, A-10."""
    root = parsed(insertions(lang=visitor).body(page))
    assert one(root, ".//*[@id='consent-ui']").get("lang") == shown


def test_a_form_leads_back_to_the_page_it_was_on() -> None:
    assert one(parsed(insertions().body("en")), ".//input[@name='next']").get("value") == "/a?b=1"


def test_a_page_that_answered_a_post_is_not_shown_again() -> None:
    assert 'name="result"' in insertions(method="POST").body("en")
    assert 'name="result"' not in insertions().body("en")


FILM = "https://www.youtube.com/embed/abc"


@pytest.mark.parametrize(
    ("path", "more", "buttons"),
    [
        ("/film", {"unframed": True, "opens": True}, ["once", "save"]),
        ("/film", {"unframed": True}, ["save"]),
        ("/film", {"opens": True}, []),
        ("/other", {"unframed": True, "opens": True}, []),
    ],
)
def test_a_placeholder_has_the_buttons_that_would_work(
    path: str, more: dict[str, Any], buttons: list[str]
) -> None:
    """Not in a frame, not past the site's own policy, and not where the service has no place."""
    config = site(services=({"use": "youtube", "paths": ["/film"]},))
    ruling = Policy(config).ruling(None, origin="https://www.example.fr", path=path)
    made = PageInsertions(Pages(config), ruling, prefix="/consent", url=path, **more)
    root = parsed(made.placeholder("youtube", FILM, "en"))
    assert [button.get("value") for button in root.findall(".//button")] == buttons
    assert root.findall(".//a")


def test_a_placeholder_is_in_the_pages_language() -> None:
    root = parsed(insertions().placeholder("pixel", "", "fr"))
    assert one(root, ".").get("lang") == "fr"


def test_the_guard_is_told_what_has_no_place_on_this_page() -> None:
    config = site(services=({"use": "youtube", "paths": ["/film"]},))
    policy, pages = Policy(config), Pages(config)
    elsewhere = {}
    for path in ("/film", "/other"):
        ruling = policy.ruling(None, origin="https://www.example.fr", path=path)
        said = state(PageInsertions(pages, ruling, prefix="/consent", url=path))
        elsewhere[path] = said.get("elsewhere")
    assert elsewhere == {"/film": None, "/other": ["youtube"]}


def test_the_guard_is_told_the_domain_of_a_page_under_another_name() -> None:
    ruling = POLICY.ruling(None, origin="https://www.example.de", path="/")
    made = PageInsertions(PAGES, ruling, prefix="/consent", url="/")
    near = re.compile(state(made)["domains"])
    hosts = ["example.de", "a.b.example.fr", "an-example.de", "example.fr.net", "exampleXfr", ""]
    assert [host for host in hosts if near.search(host)] == hosts[:2]
    assert "domains" not in state(insertions())


def test_the_nonce_of_the_page_is_used() -> None:
    assert 'nonce="abc"' in insertions(nonce="abc").head()
