"""Preferences, policy, confirmation and placeholder, and what goes into the head."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from consent.banner import Pages, page_state
from consent.banner.templates import LONGEST_NEXT, address
from consent.model import Choice
from tests.markup import one, parsed, text, texts
from tests.sites import SERVICES, service, site
from tests.written import config

CONFIG = site(languages=["en", "fr"])
PAGES = Pages(CONFIG)
MADE = datetime(2026, 8, 31, 12, tzinfo=UTC)
PREFIX = "/consent"


def choice(purposes: dict[str, bool], services: dict[str, bool] | None = None) -> Choice:
    return Choice(UUID(int=7), 1, MADE, purposes, services or {})


def preferences(made: Choice | None, **more: Any) -> str:
    return PAGES.preferences(lang="en", choice=made, prefix=PREFIX, next="/a", **more)


def test_nothing_is_ticked_before_the_visitor_has_chosen() -> None:
    """FR-11, EU-01, EU-16."""
    boxes = parsed(preferences(None)).findall(".//input[@type='checkbox']")
    assert [box.get("value") for box in boxes] == ["analytics", "marketing"]
    assert [box.get("checked") for box in boxes] == [None, None]


def test_afterwards_the_present_answers_are_shown() -> None:
    made = choice({"analytics": True, "marketing": False}, {"heatmap": False, "pixel": True})
    root = parsed(preferences(made))
    ticked = [box.get("value") for box in root.findall(".//input[@checked]")]
    assert ticked == ["analytics"]
    chosen = [option.get("value") for option in root.findall(".//option[@selected]")]
    assert chosen == ["", "-heatmap", "pixel"]


def test_services_are_in_view_where_one_has_an_answer_of_its_own() -> None:
    """FR-11: who allowed one service alone sees it without looking for it."""

    def opened(made: Choice | None) -> list[bool]:
        boxes = parsed(preferences(made)).findall(".//fieldset")
        return [box.find("details[@open]") is not None for box in boxes]

    refused = {"analytics": False, "marketing": False}
    assert opened(None) == [False, False]
    assert opened(choice(refused)) == [False, False]
    assert opened(choice(refused, {"pixel": True})) == [False, True]


def test_the_present_choice_is_dated_and_named() -> None:
    """FR-16, EU-28: with an end by the calendar, clamped at the end of February."""
    said = text(parsed(preferences(choice({"analytics": True}))))
    assert "Your choice of 31 August 2026 holds until 28 February 2027." in said
    assert "00000000-0000-0000-0000-000000000007" in said


def test_the_second_layer_repeats_the_choices_and_adds_saving() -> None:
    """FR-17; accepting is offered no more often than refusing (FR-14, EU-15)."""
    names = [button.get("value") for button in parsed(preferences(None)).findall(".//button")]
    assert names == ["refuse_all", "accept_all", "save"]


def test_each_purpose_is_a_group_whose_box_is_named_after_it() -> None:
    """A-01."""
    root = parsed(preferences(None))
    assert texts(root, ".//fieldset/legend")[0] == "Audience measurement"
    assert text(root.findall(".//label")[0]).startswith("Allow: Audience measurement")


def test_what_is_exempt_is_listed_with_its_reason_and_cannot_be_ticked() -> None:
    """FR-02, FR-21."""
    root = parsed(preferences(None))
    exempt = text(one(root, ".//section[@class='cc-exempt']"))
    assert "Till" in exempt
    assert ". It serves the payment you ask for" in exempt
    assert not root.findall(".//section[@class='cc-exempt']//input")


def test_a_site_without_exempt_services_shows_none() -> None:
    markup = Pages(site(services=(SERVICES[0],))).preferences(lang="en", choice=None, prefix="")
    assert "Till" not in markup


@pytest.mark.parametrize("message", ["saved", "error"])
def test_the_page_can_say_what_happened(message: str) -> None:
    status = one(parsed(preferences(None, message=message)), ".//p[@role='status']")
    assert text(status)


@pytest.mark.parametrize(("wanted", "lang"), [("fr-BE", "fr"), ("de", "en"), (None, "en")])
def test_a_page_speaks_the_wanted_language_or_the_sites_first(
    wanted: str | None, lang: str
) -> None:
    root = parsed(PAGES.preferences(lang=wanted, choice=None, prefix=PREFIX))
    assert one(root, ".").get("lang") == lang


def test_a_page_can_be_read_in_the_other_language() -> None:
    link = one(parsed(preferences(None)), ".//nav/a")
    assert (link.get("lang"), link.get("href")) == ("fr", "?lang=fr&next=/a")


def test_a_site_of_one_language_offers_no_other() -> None:
    assert "<nav>" not in Pages(site()).preferences(lang="en", choice=None, prefix="")


def policy(lang: str = "en", **more: Any) -> str:
    return text(parsed(PAGES.policy(lang=lang, prefix=PREFIX, **more)))


@pytest.mark.parametrize(
    "said",
    [
        "The controller is Shop Ltd, 1 Main St.",
        "shop@example.fr",
        "The legal basis is your consent",
        "kept for 6 months",
        "for as long as that choice can hold, 6 months at most, and for 5 years more",
        "access your data",
        "corrected",
        "erased",
        "restricted",
        "object to their processing",
        "withdraw your agreement",
        "machine-readable",
        "after your death",
        "3 place de Fontenoy",
        "Firefox",
        "Chrome",
        "Edge",
        "Safari",
        CONFIG.notice.hash,
    ],
)
def test_the_policy_has_everything_that_visitors_must_be_told(said: str) -> None:
    """EU-24, P-03, P-07 to P-09, P-19."""
    assert said in policy()


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_where_nothing_is_asked_the_policy_speaks_of_no_choice(lang: str) -> None:
    """P-17: neither how long it is kept, nor a control that is on no page; P-08 all the same."""
    till = service("till", "necessary", exempt_reason="basket")
    quiet = Pages(site(languages=["en", "fr"], services=(till,)))
    pages = [each.policy(lang=lang, prefix=PREFIX, next="/a") for each in (PAGES, quiet)]
    of_choices = ("/preferences?", "/mine?", "Manage cookies", "Gérer mes cookies")
    assert [any(each in page for each in of_choices) for page in pages] == [True, False]
    assert ["Firefox" in page and "13 mo" in page for page in pages] == [True, True]


def test_the_policy_lists_exempt_trackers_with_their_reason() -> None:
    """FR-25, P-06: the cookie of the choice among them."""
    said = policy("fr")
    assert "__Host-eu-consent" in said
    assert "Pourquoi il est dispensé : il retient votre choix" in said


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_no_cookie_of_the_policy_outlasts_what_it_says_of_them(lang: str) -> None:
    """P-07, EU-24: a site's own tagging server sets one of two years; what is ours is capped."""
    pages = Pages(site(languages=["en", "fr"], services=({"use": "google-analytics"},)))
    root = parsed(pages.policy(lang=lang, prefix=PREFIX))
    assert {"2 years", "2 ans"} & {*texts(root, ".//td")}
    said = next(each for each in texts(root, ".//p") if "13 mo" in each)
    assert "other servers" in said or "d’autres serveurs" in said


def test_our_own_service_has_a_name_in_each_language() -> None:
    """EU-24: plain language."""
    for lang, name in (("fr", "Mémoire de vos choix"), ("en", "Memory of your choices")):
        for markup in (
            PAGES.policy(lang=lang, prefix=PREFIX),
            PAGES.preferences(lang=lang, choice=None, prefix=PREFIX),
        ):
            said = text(parsed(markup))
            assert (name in said, re.search(r"\bConsent\b(?!ement)", said)) == (True, None)


def test_the_policy_says_since_when_it_holds() -> None:
    """P-19."""
    assert "in force since 31 August 2026" in policy(in_force_since=MADE)
    assert "in force since" not in policy()


def test_the_policy_says_whether_third_parties_have_access() -> None:
    """EU-03."""
    items = [{"name": "_c", "lifetime": "session", "third_party": True}]
    own = service("own", "analytics", company="Shop Ltd", items=items)
    other = service("other", "analytics", company="Count Inc.", items=items)
    root = parsed(Pages(site(services=(own, other))).policy(lang="en", prefix=""))
    assert texts(root, ".//td[4]")[:2] == ["No", "Yes: Count Inc."]
    assert texts(root, ".//td[2]")[:1] == ["until you close the browser"]


def test_the_policy_names_the_pages_to_which_a_service_is_confined() -> None:
    till = service("till", "necessary", exempt_reason="payment", paths=["/pay/*"])
    markup = Pages(site(services=(till,))).policy(lang="en", prefix="")
    assert "Only on these pages: /pay/*" in markup
    assert "uses no tracker that needs your agreement" in markup


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_sentences_of_the_policy_are_set_apart(lang: str) -> None:
    about = {"site": {"policy_url": "/privacy"}, "controller": {"dpo_email": "dpo@b.fr"}}
    root = parsed(Pages(config(**about)).policy(lang=lang, prefix=PREFIX))
    said = " ".join(text(each) for each in root.findall(".//p"))
    assert re.findall(r"\w+\.[A-ZÀÉ]\w*", said) == []


def test_the_sites_own_policy_is_linked_where_there_is_one() -> None:
    link = './/a[@href="/privacy"]'
    assert not parsed(PAGES.policy(lang="en", prefix=PREFIX)).findall(link)
    pages = Pages(site(policy_url="/privacy"))
    assert parsed(pages.policy(lang="en", prefix=PREFIX)).findall(link)


@pytest.mark.parametrize(
    ("written", "linked"),
    [("/privacy", "/shop/privacy"), ("https://a.fr/privacy", "https://a.fr/privacy")],
)
def test_a_path_of_the_configuration_is_one_below_the_mount(written: str, linked: str) -> None:
    """As ``exclude_paths`` and ``services.paths`` are: one file for wherever it is mounted."""
    page = parsed(Pages(site(policy_url=written)).policy(lang="en", prefix=f"/shop{PREFIX}"))
    assert page.findall(f'.//a[@href="{linked}"]')


def test_an_announced_policy_is_linked_below_the_mount() -> None:
    then = {"effective_from": "2099-01-01", "summary": {"fr": "a", "en": "a"}}
    pages = Pages(config(upcoming={**then, "site": {"policy_url": "/privacy"}}))
    page = parsed(pages.policy(lang="en", prefix=f"/shop{PREFIX}"))
    assert page.findall('.//section[@id="changes"]//a[@href="/shop/privacy"]')


@pytest.mark.parametrize(
    ("saved", "title"),
    [(True, "Your choice is saved"), (False, "Your choice could not be recorded")],
)
def test_a_form_is_answered_with_what_became_of_it(saved: bool, title: str) -> None:
    markup = PAGES.confirmation(lang="en", prefix=PREFIX, next="/a", saved=saved)
    assert texts(parsed(markup), ".//h1") == [title]
    assert {link.get("href") for link in parsed(markup).findall(".//main//a")} == {"/a"}


def test_a_refusal_of_the_log_says_that_nothing_was_activated() -> None:
    """design.md §2.4."""
    markup = PAGES.confirmation(lang="en", prefix=PREFIX, saved=False)
    assert "Nothing was switched on." in markup
    assert one(parsed(markup), ".//main//a").get("href") == "https://www.example.fr"


def test_a_held_frame_says_who_would_receive_what() -> None:
    pixel = service("pixel", "marketing", company="Ads Ltd", country="IE")
    pages = Pages(site(services=(pixel,)))
    said = text(parsed(pages.placeholder(lang="en", service="pixel", prefix=PREFIX)))
    assert "Ads Ltd (Ireland) would receive" in said
    assert "Purpose: Personalised advertising." in said


@pytest.mark.parametrize(
    ("decided", "said"), [(True, "Your other answers"), (False, "Nothing else is switched on")]
)
def test_its_button_allows_this_service_and_nothing_else(decided: bool, said: str) -> None:
    root = parsed(
        PAGES.placeholder(
            lang="en", service="pixel", prefix=PREFIX, decided=decided, next="/a", unframed=True
        )
    )
    form = one(root, ".//form")
    assert (form.get("action"), form.get("target")) == ("/consent/choice", "_top")
    assert sorted((field.get("name"), field.get("value")) for field in form.findall("input")) == [
        ("interface", "placeholder"),
        ("keep", "1"),
        ("lang", "en"),
        ("next", "/a"),
        ("notice", CONFIG.notice.hash),
        ("service", "pixel"),
    ]
    assert said in text(root)


@pytest.mark.parametrize(("answers", "target"), [(True, "_self"), (False, "_top")])
def test_the_answer_comes_into_the_frame_where_that_may_show_it(answers: bool, target: str) -> None:
    """The page around it keeps its place (design.md §3)."""
    root = parsed(
        PAGES.placeholder(lang="en", service="pixel", prefix=PREFIX, unframed=True, answers=answers)
    )
    assert one(root, ".//form").get("target") == target
    assert [field.get("value") for field in root.findall(".//input[@name='result']")] == [
        "frame"
    ] * answers


def test_where_a_frame_may_hold_the_page_a_placeholder_only_leads_out_of_it() -> None:
    root = parsed(PAGES.placeholder(lang="en", service="pixel", prefix=PREFIX, next="/a"))
    assert not root.findall(".//form")
    link = one(root, ".//a")
    assert link.get("target") == "_top"
    assert (link.get("href") or "").startswith("/consent/preferences?")


@pytest.mark.parametrize(("name", "said"), [("", "has not declared"), ("till", "on this page")])
def test_what_cannot_be_allowed_has_no_button(name: str, said: str) -> None:
    root = parsed(PAGES.placeholder(lang="en", service=name, prefix=PREFIX, unframed=True))
    assert not root.findall(".//form")
    assert said in text(root)


def test_where_nothing_is_asked_a_placeholder_leads_nowhere() -> None:
    pages = Pages(site(services=(SERVICES[-1],)))
    assert not parsed(pages.placeholder(lang="en", service="", prefix="")).findall(".//a")


def head(state: dict[str, object], nonce: str = "") -> str:
    return PAGES.head(state_json=state, prefix="/shop/consent", nonce=nonce, style_nonce=nonce)


def test_the_state_cannot_end_its_element() -> None:
    markup = head({"x": "</script><!--é&"})
    assert markup.isascii()
    data = one(parsed(markup), ".//script[@id='consent-state']").text or ""
    assert json.loads(data) == {"x": "</script><!--é&"}


def test_the_nonce_goes_on_what_a_policy_looks_at() -> None:
    """edges.md S1: escaped, and absent where there is none."""
    root = parsed(head({}, nonce='a"b'))
    assert [e.get("nonce") for e in root.findall(".//head/*")] == [None] + 3 * ['a"b']
    assert "nonce" not in head({})


def test_assets_are_below_the_place_where_the_site_is_mounted() -> None:
    root = parsed(head({}))
    assert one(root, ".//link").get("href", "").startswith("/shop/consent/assets/consent.")
    assert one(root, ".//script[@defer]").get("src", "").endswith(".js")


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/a?b=1&c=é", "/a?b=1&c=%C3%A9"),
        ("/a%20b", "/a%20b"),
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/evil.example/"),
        ("javascript:alert(1)", ""),
        ("https://evil.example/", ""),
        ("/a?" + "b" * LONGEST_NEXT, "/a"),
        ("", ""),
    ],
)
def test_a_link_back_is_a_short_path_of_this_site(page: str, kept: str) -> None:
    assert address(page) == kept


@pytest.mark.parametrize(
    ("blocking", "seal"),
    [
        ({}, True),
        ({"seal": "strict"}, True),
        ({"seal": False}, False),
        ({"undeclared_hosts": "allow"}, False),
    ],
)
def test_the_state_says_whether_the_document_is_sealed(
    blocking: dict[str, Any], seal: bool
) -> None:
    from consent import ConsentConfig

    config = ConsentConfig(
        site={"name": "Shop", "url": "https://www.example.fr"},
        controller={"name": "Shop Ltd", "address": "1 Main St", "email": "shop@example.fr"},
        cookie={"secrets": ["a secret of more than thirty-two characters"]},
        services=list(SERVICES),
        blocking=blocking,
    )
    state = page_state(config, {}, {}, decided=False, prefix="", method="GET")
    assert state["seal"] is seal
